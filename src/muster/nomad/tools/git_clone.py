"""Clones a repository, shallow, into a temporary folder; runs nothing of it and asks nobody for a password."""

import logging
import os
import re
import signal
import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from muster.core.errors import MusterError, ServiceTimeoutError, SourceError
from muster.nomad.tools.git_complaints import complaint_about
from muster.nomad.tools.git_url import GitUrl, check_git_url, parse_git_url, shown_url

_LOG = logging.getLogger(__name__)

# `env` sets what git has no option for, so that the environment need not be read here. GIT_DIR and its like are set
# inside a git hook and would make the clone write into that repository.
_UNSET = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_OBJECT_DIRECTORY", "GIT_NAMESPACE"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_TEMPLATE_DIR", "GIT_ASKPASS", "SSH_ASKPASS"),
)
_ENVIRONMENT = (
    "env",
    *(word for name in _UNSET for word in ("-u", name)),
    *("GIT_TERMINAL_PROMPT=0", "SSH_ASKPASS_REQUIRE=never", "GIT_LFS_SKIP_SMUDGE=1", "LC_ALL=C"),
    "GIT_ALLOW_PROTOCOL=https:http:ssh:git:file",
)
_OPTIONS = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "core.askPass="),
    *("-c", "fetch.recurseSubmodules=false", "-c", "advice.detachedHead=false", "-c", "gc.auto=0"),
    *("-c", "fetch.unpackLimit=1"),  # what arrives is written down at once, so that its size is seen
)
_SHALLOW = ("--quiet", "--depth", "1", "--no-tags")
# The strongest word on attributes: no filter of the user's runs because a repository asks for it.
_ATTRIBUTES = "* -filter -ident -text -eol -working-tree-encoding\n"
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")


@dataclass(frozen=True)
class Bounds:
    """How long a clone may take, and how much it may bring."""

    timeout_s: float = 300.0
    max_bytes: int = 4 * 2**30


@contextmanager
def cloned(url: str, bounds: Bounds) -> Generator[Path]:
    """The folder that a URL means, in a shallow clone that is gone afterwards.

    Raises SourceError (no git URL, no such repository, branch or folder, too large, git missing), AccessDeniedError
    (private), UnreachableError, TlsError, ServiceFailureError, or ServiceTimeoutError.
    """
    check_git_url(url)
    wanted = parse_git_url(url)
    with TemporaryDirectory(prefix="muster-clone-", ignore_cleanup_errors=True) as folder:
        target, template = Path(folder, "repository"), Path(folder, "template")
        (template / "info").mkdir(parents=True)
        (template / "info/attributes").write_text(_ATTRIBUTES)
        deadline = time.monotonic() + bounds.timeout_s
        for command in _commands(wanted, target, template):
            _run((*_ENVIRONMENT, "git", *_OPTIONS, *command), wanted, Path(folder), bounds, deadline)
        yield _inside(target, wanted)


def _commands(wanted: GitUrl, target: Path, template: Path) -> Iterator[tuple[str, ...]]:
    """What git is told: `clone` knows branches and tags, a commit has to be fetched by its hash."""
    if not _COMMIT.fullmatch(wanted.ref):
        branch = (f"--branch={wanted.ref}",) if wanted.ref else ()
        options = ("--single-branch", "--no-recurse-submodules", f"--template={template}", *branch)
        yield ("clone", *_SHALLOW, *options, "--", wanted.url, str(target))
        return
    yield ("init", "--quiet", f"--template={template}", "--", str(target))
    yield ("-C", str(target), "fetch", *_SHALLOW, "--", wanted.url, wanted.ref)
    yield ("-C", str(target), "checkout", "--quiet", "--detach", "FETCH_HEAD")


def _run(argv: tuple[str, ...], wanted: GitUrl, folder: Path, bounds: Bounds, deadline: float) -> None:
    # A session of its own has no terminal, so ssh can't ask for a password, and git's children die with it.
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        stderr = _watched(process, wanted, folder, bounds, deadline)
    finally:
        _end(process)
    _LOG.debug("git ended", extra={"command": " ".join(argv), "exit_code": process.returncode})
    if process.returncode:
        raise clone_error(wanted.url, stderr.decode(errors="replace"))


def _watched(
    process: "subprocess.Popen[bytes]", wanted: GitUrl, folder: Path, bounds: Bounds, deadline: float
) -> bytes:
    """What git says on its way; looked after ever more seldom, since to sum up a clone takes time as well."""
    pause_s = 0.25
    while True:
        try:
            return process.communicate(timeout=min(pause_s, max(0.0, deadline - time.monotonic())))[1]
        except subprocess.TimeoutExpired:
            shown, pause_s = shown_url(wanted.url), min(2 * pause_s, 8.0)
        if time.monotonic() >= deadline:
            raise ServiceTimeoutError(
                f"git clone {shown} did not end within {bounds.timeout_s:g} s",
                advice="Clone the repository yourself and give the path.",
            )
        if _size(folder) > bounds.max_bytes:
            raise SourceError(
                f"git clone {shown}: it is larger than {bounds.max_bytes / 2**30:.2g} GiB",
                advice="Clone the part that you need yourself and give the path.",
            )


def _size(folder: Path) -> int:
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):  # git moves its files about
                total += os.lstat(os.path.join(where, name)).st_size  # noqa: PTH118  # a clone has very many
    return total


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill what still runs, git and the helpers it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stderr:
        process.stderr.close()


def _inside(target: Path, wanted: GitUrl) -> Path:
    folder = (target / wanted.folder).resolve()
    if not folder.is_dir() or not folder.is_relative_to(target.resolve()):
        raise SourceError(
            f"there is no folder {wanted.folder!r} in {shown_url(wanted.url)}",
            advice="Behind # write a branch, tag or commit, then the folder: URL#main:services/api",
        )
    return folder


def clone_error(url: str, stderr: str) -> MusterError:
    """What git's complaint means, with advice. The URL's credentials are in none of it."""
    shown = shown_url(url)
    said = shown_url(stderr.replace(url, shown)).strip()
    if re.match(r"env: .?git.?: no such file", said, re.IGNORECASE):
        return SourceError("git is not installed", advice="Install git, or give the path of a folder.")
    complaint = complaint_about(said.replace(shown.rstrip("/"), ""))  # a repository may be called "tls" or "not found"
    if complaint is None:
        return SourceError(f"git clone {shown} failed\n{said}", advice="Try the same URL with `git ls-remote`.")
    return complaint.error(f"git clone {shown}: {complaint.meaning}\n{said}", advice=complaint.advice)
