"""The environment variables that code reads: how a read says whether one is needed, and the fact that follows."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.code.findings import EXPLICIT, GUESS, LISTED, Finding
from muster.nomad.domain.extractors.code.folders import is_main_code

NAME = r"[A-Za-z_][A-Za-z0-9_]{0,79}"
UPPER_NAME = r"[A-Z][A-Z0-9_]{1,79}"


class How(IntEnum):
    """How a variable is read, what says most within a file first."""

    DEFAULT = 0
    TESTED = 1
    """Only looked at (`if os.getenv("X")`): the code goes on without it."""
    NEEDED = 2
    """The code fails without it."""
    BARE = 3
    """Read without a default; what happens without it is not seen."""


@dataclass(frozen=True)
class EnvRead:
    """One read. `default` None with How.DEFAULT: there is one, computed."""

    name: str
    line: int
    how: How
    default: str | None = None


# The system, a shell or the platform sets these; nobody configures an application with them.
_SYSTEM = re.compile(
    r"HOME|PATH|PWD|OLDPWD|USER|USERNAME|LOGNAME|SHELL|TERM|TMPDIR|TEMP|TMP|LANG|LANGUAGE|LC_\w+|HOSTNAME|DISPLAY|EDITOR"
    r"|COLUMNS|LINES|CI|NO_COLOR|FORCE_COLOR|COLORTERM|XDG_\w+|APPDATA|LOCALAPPDATA|USERPROFILE|PROGRAMFILES|COMSPEC"
    r"|VIRTUAL_ENV|CONDA_\w+|PYTHON(?:PATH|HOME|UNBUFFERED|DONTWRITEBYTECODE|HASHSEED)|PYTEST_\w+|WERKZEUG_\w+"
    r"|GOPATH|GOROOT|npm_\w+|NODE_PATH|NODE_OPTIONS|JEST_\w+|VITEST\w*|KUBERNETES_\w+|AWS_LAMBDA_\w+|INVOCATION_ID"
    r"|NOMAD_(?:PORT|ADDR|HOST|IP|HOST_PORT|ALLOC|META|UPSTREAM)_\w+"
    r"|NOMAD_(?:ALLOC_DIR|TASK_DIR|SECRETS_DIR|TASK_NAME|GROUP_NAME|JOB_NAME|JOB_ID|CPU_LIMIT|MEMORY_LIMIT|DC|REGION|NAMESPACE)"
    r"|HTTP_(?:X_\w+|ACCEPT\w*|USER_AGENT|REFERER|COOKIE|AUTHORIZATION)|Http_\w+|REQUEST_METHOD|QUERY_STRING|REMOTE_ADDR"
    r"|BUNDLE_\w+|GEM_(?:HOME|PATH)|RUBY(?:OPT|LIB)|BOOTSNAP_\w+|MIX_(?:ENV|TARGET|HOME)|ELIXIR_ERL_OPTIONS|ERL_\w+"
    r"|RELEASE_(?:ROOT|NAME|VSN|MODE|COMMAND|PROG|TMP|SYS_CONFIG)|COMPOSER_\w+|PHPRC"
    r"|NOTIFY_SOCKET|LISTEN_(?:FDS|PID)|SSH_AUTH_SOCK|LD_(?:LIBRARY_PATH|PRELOAD)|GITHUB_(?:ACTIONS|REF|SHA|RUN_\w+|WORKSPACE)"
)
# Code that reads these without a default runs without them: tools give them a meaning, not the application.
_NEVER_NEEDED = re.compile(
    r"(?:NODE|RAILS|RACK|HANAMI|APP)_ENV|DEBUG|TZ|LOG_?LEVEL|(?:HTTPS?|NO|ALL)_PROXY|CUDA_VISIBLE_DEVICES"
    r"|FLASK_\w+"
    r"|(?:NEXT_PUBLIC|VITE|REACT_APP|VERCEL|RENDER|RAILWAY|FLY|HEROKU|NETLIFY)_\w+|VERCEL|RENDER|DYNO|ANALYZE"
)
# A server has an address of its own, Django's entry files name its settings: only what is seen to fail needs these.
_NEEDED_WHERE_IT_FAILS = frozenset({"HOST", "DJANGO_SETTINGS_MODULE"})
# Django's entry files give it a default before any other file reads it.
_SET_AT_THE_START = frozenset({"DJANGO_SETTINGS_MODULE"})
_ACROSS_FILES = (How.NEEDED, How.DEFAULT, How.TESTED, How.BARE)
_CONFIDENCE = {How.NEEDED: EXPLICIT, How.DEFAULT: EXPLICIT, How.TESTED: LISTED, How.BARE: LISTED}


Reads = Sequence[tuple[str, Sequence[EnvRead]]]
"""What each file reads, by its path."""


def unit_env_findings(reads: Reads, unit: str) -> list[Finding]:
    """One finding for each variable of a unit. What only side code (examples, scripts) reads is not needed.

    Within a file a default or a test beats a bare read of the same name; across files one that fails without it wins.
    """
    main = [(path, found) for path, found in reads if is_main_code(path, unit)]
    known = {read.name for _, found in main for read in found}
    side = [(path, [read for read in found if read.name not in known]) for path, found in reads]
    return [*_findings(main, side=False), *_findings(side, side=True)]


def _findings(reads_by_path: Reads, *, side: bool) -> list[Finding]:
    chosen: dict[str, tuple[str, EnvRead]] = {}
    for path, reads in reads_by_path:
        for read in _one_a_name(reads):
            known = chosen.get(read.name)
            if known is None or _rank_across(read) < _rank_across(known[1]):
                chosen[read.name] = (path, read)
    return [_finding(path, read, side=side) for path, read in chosen.values()]


def _one_a_name(reads: Sequence[EnvRead]) -> list[EnvRead]:
    best: dict[str, EnvRead] = {}
    for read in reads:
        if _SYSTEM.fullmatch(read.name) or read.name.endswith("_"):  # the latter begins names put together elsewhere
            continue
        if read.name not in best or _rank(read) < _rank(best[read.name]):
            best[read.name] = read
    return list(best.values())


def _rank(read: EnvRead) -> tuple[int, bool]:
    return (read.how, read.default is None)


def _rank_across(read: EnvRead) -> int:
    return read.how if read.name in _SET_AT_THE_START else _ACROSS_FILES.index(read.how)


def _finding(path: str, read: EnvRead, *, side: bool) -> Finding:
    without = read.how in {How.NEEDED, How.BARE}
    required = without and not side and _is_needed(read)
    fact = env_fact(read.name, read.default or None, required=required)
    confidence = GUESS if without and not required else _CONFIDENCE[read.how]
    return Finding(path, read.line, fact, _reason(read), confidence)


def _is_needed(read: EnvRead) -> bool:
    """Whether a read without a default needs the variable."""
    forgiven = read.how is How.BARE and read.name in _NEEDED_WHERE_IT_FAILS
    return not forgiven and not _NEVER_NEEDED.fullmatch(read.name)


def _reason(read: EnvRead) -> str:
    match read.how:
        case How.DEFAULT:
            return f"the code reads {read.name} and has a default"
        case How.TESTED:
            return f"the code looks whether {read.name} is set"
        case How.NEEDED:
            return f"the code fails without {read.name}"
        case How.BARE:
            return f"the code reads {read.name} and has no default"
