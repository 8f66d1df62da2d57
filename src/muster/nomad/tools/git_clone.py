"""Clones a repository, shallow, into a temporary folder; runs nothing of it and asks nobody for a password."""

import os
import re
import signal
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from muster.core.errors import (
    AccessDeniedError,
    MusterError,
    ServiceFailureError,
    ServiceTimeoutError,
    SourceError,
    TlsError,
    UnreachableError,
)
from muster.nomad.tools.git_url import check_git_url, shown_url

# `env` sets what git has no option for, so that the environment need not be read here. GIT_DIR and its like are set
# inside a git hook and would make the clone write into that repository.
_ENVIRONMENT = (
    "env",
    *("-u", "GIT_DIR", "-u", "GIT_WORK_TREE", "-u", "GIT_INDEX_FILE", "-u", "GIT_ASKPASS", "-u", "SSH_ASKPASS"),
    *("GIT_TERMINAL_PROMPT=0", "GIT_LFS_SKIP_SMUDGE=1", "LC_ALL=C"),
)
_OPTIONS = (
    *("-c", f"core.hooksPath={os.devnull}", "-c", "core.fsmonitor=false", "-c", "core.askPass="),
    *("-c", "protocol.ext.allow=never"),
)
_CLONE = ("clone", "--quiet", "--depth", "1", "--no-tags", "--single-branch", "--no-recurse-submodules", "--template=")

# What git says, and what it means; the first that matches counts. GitHub and others answer "log in" for a repository
# that does not exist, so that nobody can find out which ones do.
_MEANINGS: tuple[tuple[str, type[MusterError], str, str], ...] = (
    (
        r"host key verification failed",
        AccessDeniedError,
        "the host's SSH key is not known",
        "Connect once with `ssh` to accept the key, or use the https URL.",
    ),
    (
        r"authentication failed|could not read (?:username|password)|permission denied|access denied|terminal prompts"
        r"|returned error: 40[13]|invalid (?:username|credentials)|unauthorized",
        AccessDeniedError,
        "it is private, or does not exist",
        "Check the name; for a private one let git log in by itself (a credential helper or an SSH key), or clone it "
        "and give the path.",
    ),
    (
        r"certificate|ssl|tls|gnutls",
        TlsError,
        "the server's certificate is not trusted",
        "Add the authority to git's http.sslCAInfo, or clone it yourself and give the path.",
    ),
    (
        r"could not resolve|name or service not known|connection refused|failed to connect|could not connect"
        r"|unable to connect|timed out|network is unreachable|no route to host|connection (?:reset|closed)",
        UnreachableError,
        "the server can't be reached",
        "Check the host name and the network, or clone it elsewhere and give the path.",
    ),
    (
        r"returned error: 5\d\d|empty reply from server",
        ServiceFailureError,
        "the server failed",
        "Try again later, or clone it elsewhere and give the path.",
    ),
    (
        r"not found|does not exist|does not appear to be a git repository|no such (?:file|repository)",
        SourceError,
        "there is no such repository",
        "Check the spelling of the URL.",
    ),
)


@contextmanager
def cloned(url: str, *, timeout_s: float) -> Generator[Path]:
    """A shallow clone that is gone afterwards.

    Raises SourceError (no git URL, no such repository, git missing), AccessDeniedError (private), UnreachableError,
    TlsError, ServiceFailureError, or ServiceTimeoutError after `timeout_s` seconds.
    """
    check_git_url(url)
    with TemporaryDirectory(prefix="muster-clone-", ignore_cleanup_errors=True) as folder:
        target = Path(folder, "repository")
        _clone(url, target, timeout_s)
        yield target


def _clone(url: str, target: Path, timeout_s: float) -> None:
    argv = (*_ENVIRONMENT, "git", *_OPTIONS, *_CLONE, "--", url, str(target))
    # A session of its own has no terminal, so ssh can't ask for a password, and git's children die with it.
    process = subprocess.Popen(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        _, stderr = process.communicate(timeout=timeout_s)
    except subprocess.TimeoutExpired:
        raise ServiceTimeoutError(
            f"git clone {shown_url(url)} did not end within {timeout_s:g} s",
            advice="Clone the repository yourself and give the path.",
        ) from None
    finally:
        _end(process)
    if process.returncode:
        raise clone_error(url, stderr.decode(errors="replace"))


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Kill what still runs, git and the helpers it started."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    if process.stderr:
        process.stderr.close()


def clone_error(url: str, stderr: str) -> MusterError:
    """What git's complaint means, with advice. The URL's credentials are in none of it."""
    shown = shown_url(url)
    said = shown_url(stderr.replace(url, shown)).strip()
    if re.match(r"env: .?git.?: no such file", said, re.IGNORECASE):
        return SourceError("git is not installed", advice="Install git, or give the path of a folder.")
    words = said.replace(shown.rstrip("/"), "")  # a repository may be called "tls" or "not found"
    for pattern, error, meaning, advice in _MEANINGS:
        if re.search(pattern, words, re.IGNORECASE):
            return error(f"git clone {shown}: {meaning}\n{said}", advice=advice)
    return SourceError(f"git clone {shown} failed\n{said}", advice="Try the same URL with `git ls-remote`.")
