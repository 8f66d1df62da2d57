"""What git and the hosts behind it say when a clone fails, and what that means."""

import re
from dataclasses import dataclass

from muster.core.errors import (
    AccessDeniedError,
    MusterError,
    ServiceFailureError,
    SourceError,
    TlsError,
    UnreachableError,
)

_ELSEWHERE = "or clone it elsewhere and give the path."


@dataclass(frozen=True)
class Complaint:
    """Words of git or of a host in small letters, what they mean, and what to do."""

    said: "re.Pattern[str]"
    error: type[MusterError]
    meaning: str
    advice: str


def _complaint(said: str, error: type[MusterError], meaning: str, advice: str) -> Complaint:
    return Complaint(re.compile(said), error, meaning, advice)


# The first that matches counts. GitHub and others answer "log in" for a repository that does not exist, so that nobody
# can find out which ones do; logged in, they say "not found" of a repository that the account may not see.
COMPLAINTS = (
    _complaint(
        r"remote host identification has changed",
        AccessDeniedError,
        "the host's SSH key is not the one that is known",
        "Ask those who run the host; where the change is right, `ssh-keygen -R HOST` forgets the old key.",
    ),
    _complaint(
        r"host key verification failed|no \S+ host key is known",
        AccessDeniedError,
        "the host's SSH key is not known",
        "Connect once with `ssh` to accept the key, or use the https URL.",
    ),
    _complaint(
        r"(?:code|response|error:?) 407|proxy authentication",
        AccessDeniedError,
        "the proxy wants a login",
        f"Set it up in git's http.proxy, {_ELSEWHERE}",
    ),
    _complaint(
        r"resolve proxy|connect tunnel failed|from proxy after connect|proxy connect aborted",
        UnreachableError,
        "the proxy can't be reached, or does not let git through",
        f"Check git's http.proxy and the variables https_proxy and no_proxy, {_ELSEWHERE}",
    ),
    _complaint(
        r"permission denied \([a-z,-]*(?:publickey|password|keyboard)|too many authentication failures",
        AccessDeniedError,
        "the host takes none of your SSH keys",
        "Add your key to your account there (`ssh -T git@HOST` says who you are), or use the https URL.",
    ),
    _complaint(
        r"authentication failed|http basic: access denied|bad credentials"
        r"|invalid (?:username|credentials|password|authentication)|password authentication was removed",
        AccessDeniedError,
        "the server does not take the credentials that git has for it",
        "Renew the token in git's credential helper, or remove it where the repository is public.",
    ),
    _complaint(
        r"could not read (?:username|password)|terminal prompts disabled|returned error: 401|unauthorized",
        AccessDeniedError,
        "it is private, or does not exist",
        "Check the name; for a private one let git log in by itself (a credential helper or an SSH key), or clone it "
        "and give the path.",
    ),
    _complaint(
        r"dubious ownership",
        AccessDeniedError,
        "the repository belongs to another user",
        "Give its path instead of a URL, or trust it: `git config --global --add safe.directory PATH`.",
    ),
    _complaint(
        r"returned error: 403|access to repository not granted|permission to \S+ denied|permission denied|access denied"
        r"|not authorized|forbidden",
        AccessDeniedError,
        "you may not read it",
        "Ask its owners for access; a token needs the right to read repositories.",
    ),
    _complaint(
        r"resolve host|name or service not known|in name resolution|nodename nor servname",
        UnreachableError,
        "the host name is not known",
        f"Check its spelling and the network, {_ELSEWHERE}",
    ),
    _complaint(
        r"timed out|timeout",
        UnreachableError,
        "the server does not answer",
        f"Check the network and whether the port is open, {_ELSEWHERE}",
    ),
    _complaint(
        r"connection refused|failed to connect|could(?:n't| not) connect|unable to connect|network is unreachable"
        r"|no route to host|connection (?:was )?(?:reset|closed|aborted)",
        UnreachableError,
        "the server can't be reached",
        f"Check the host name and the network, {_ELSEWHERE}",
    ),
    _complaint(
        r"certificate|ssl|tls",
        TlsError,
        "the server's certificate is not trusted",
        "Add the authority to git's http.sslCAInfo, or clone it yourself and give the path.",
    ),
    _complaint(
        r"returned error: 5\d\d|empty reply from server|internal server error",
        ServiceFailureError,
        "the server failed",
        f"Try again later, {_ELSEWHERE}",
    ),
    _complaint(
        r"remote branch .* not found|remote ref|not our ref|unadvertised object",
        SourceError,
        "there is no such branch, tag or commit",
        "Behind # write a branch, a tag or a whole commit hash: URL#v1.2",
    ),
    _complaint(
        r"no space left|disk quota",
        SourceError,
        "there is no room for the clone",
        "Free some, or set TMPDIR to another disk.",
    ),
    _complaint(
        r"not found|does not exist|could not be found|does not appear to be a git repository"
        r"|no such (?:file|repository)",
        SourceError,
        "there is no such repository, or your account may not see it",
        "Check the spelling of the URL, and whether you are logged in as the right account.",
    ),
)


def complaint_about(words: str) -> Complaint | None:
    """What the words of git mean, None for new ones."""
    text = words.lower()
    return next((one for one in COMPLAINTS if one.said.search(text)), None)
