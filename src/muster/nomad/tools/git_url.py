"""Git URLs: which texts are one, what they are called, and how they may be shown."""

import re
from dataclasses import dataclass
from urllib.parse import unquote

from muster.core.errors import SourceError
from muster.core.redaction import redact

_SCHEME = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*)://(?P<rest>.*)", re.DOTALL)
_SCP = re.compile(r"(?:[\w.+-]+@)?(?P<host>[\w.-]+):(?P<path>[^:].*)", re.DOTALL)  # git@github.com:owner/name
_SCHEMES = ("https", "http", "ssh", "git", "file")
# user:password@ wherever one may hide, also before a host that git could not read; a port is no password
_PASSWORD = re.compile(r"(?:\w[\w.+-]*://)?[^/@\s]*:(?!//|\d+(?:/|$))[^@]*@.*", re.DOTALL)
_HTTP_USER = re.compile(r"https?://[^/?#]*@.*", re.DOTALL | re.IGNORECASE)
_USER_INFO = re.compile(r"(?P<scheme>[a-zA-Z][a-zA-Z0-9+.-]*://)[^/?#\s]*@")
_REF = re.compile(r"(?!.*(?:\.\.|//|@\{))[A-Za-z0-9_][\w./+@-]{0,200}")
_ADVICE = "Give a path, or a git URL: https://..., ssh://..., git@host:owner/name, file://..."


@dataclass(frozen=True)
class GitUrl:
    """`URL#REF:FOLDER`, the form that BuildKit has; `ref` is a branch, a tag or a whole commit hash, "" the default."""

    url: str
    ref: str = ""
    folder: str = ""


def parse_git_url(source: str) -> GitUrl:
    """The parts of a git URL. `@` starts no ref, since a path may hold one."""
    url, _, fragment = source.partition("#")
    ref, _, folder = fragment.partition(":")
    return GitUrl(url, ref, folder.strip("/"))


def is_git_url(source: str) -> bool:
    """Whether the text means a repository elsewhere rather than a path."""
    return "://" in source or "::" in source or ("@" in source and _SCP.fullmatch(source) is not None)


def check_git_url(url: str) -> None:
    """Raise SourceError for a URL with credentials, with a scheme that is none of ours, or that git would read as an
    option or a command."""
    refuse_credentials(url)
    shown = shown_url(url)
    wanted = parse_git_url(url)
    if wanted.ref and not _REF.fullmatch(wanted.ref):
        raise SourceError(f"{wanted.ref!r} is no branch, tag or commit", advice="Behind # write one: URL#v1.2")
    if not url.isprintable() or url.startswith("-") or "::" in url.partition("://")[0]:
        raise SourceError(f"{shown!r} is no git URL that is safe to clone", advice=_ADVICE)
    found = _SCHEME.fullmatch(url)
    if found and found["scheme"] not in _SCHEMES:
        raise SourceError(f"{shown}: git URLs with {found['scheme']}:// are not cloned", advice=_ADVICE)
    host = found["rest"] if found else url
    if host.rpartition("@")[2].startswith("-") or not host.strip("/"):
        raise SourceError(f"{shown!r} is no git URL that is safe to clone", advice=_ADVICE)


def refuse_credentials(source: str) -> None:
    """Raise SourceError, quoting nothing, for a URL with a password or a token in it: sources are stored with runs."""
    if not (_PASSWORD.fullmatch(source) or _HTTP_USER.fullmatch(source) or redact(source) != source):
        return
    raise SourceError(
        "the URL holds credentials, and what is asked for is stored with the run",
        advice="Leave out what stands before the @ and let git log in by itself (a credential helper or an SSH key), "
        "or clone it and give the path.",
    )


def shown_url(url: str) -> str:
    """The URL without user, password or token."""
    return _USER_INFO.sub(r"\g<scheme>", url)


def name_of_url(url: str) -> str:
    """The repository's name: the last part of the path, decoded, without `.git`; or that of the folder asked for."""
    folder = parse_git_url(url).folder
    if folder:
        return folder.rpartition("/")[2]
    path = re.split(r"[?#]", url)[0].rstrip("/").removesuffix("/.git")
    return unquote(re.split(r"[/:]", path)[-1].removesuffix(".git"))
