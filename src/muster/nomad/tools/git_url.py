"""Git URLs: which texts are one, what they are called, and how they may be shown."""

import re

from muster.core.errors import SourceError

_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_SCP = re.compile(r"(?:[\w.+-]+@)?(?P<host>[\w.-]+):(?P<path>[^:].*)", re.DOTALL)  # git@github.com:owner/name
_SCHEMES = ("https", "http", "ssh", "git", "file")
_USER_INFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#\s]*@")
_ADVICE = "Give a path, or a git URL: https://..., ssh://..., git@host:owner/name, file://..."


def is_git_url(source: str) -> bool:
    """Whether the text means a repository elsewhere rather than a path."""
    return "://" in source or "::" in source or ("@" in source and _SCP.fullmatch(source) is not None)


def check_git_url(url: str) -> None:
    """Raise SourceError for a URL that git would read as an option or a command, or whose scheme is none of ours."""
    shown = shown_url(url)
    if not url.isprintable() or url.startswith("-") or "::" in url.partition("://")[0]:
        raise SourceError(f"{shown!r} is no git URL that is safe to clone", advice=_ADVICE)
    found = _SCHEME.fullmatch(url)
    if found and found["scheme"].lower() not in _SCHEMES:
        raise SourceError(f"{shown}: git URLs with {found['scheme']}:// are not cloned", advice=_ADVICE)
    host = found["rest"] if found else url
    if host.rpartition("@")[2].startswith("-") or not host.strip("/"):
        raise SourceError(f"{shown!r} is no git URL that is safe to clone", advice=_ADVICE)


def shown_url(url: str) -> str:
    """The URL without user, password or token."""
    return _USER_INFO.sub(r"\g<scheme>", url)


def name_of_url(url: str) -> str:
    """The repository's name: the last part of the path, without `.git`."""
    path = re.split(r"[?#]", url)[0].rstrip("/").removesuffix("/.git")
    return re.split(r"[/:]", path)[-1].removesuffix(".git")
