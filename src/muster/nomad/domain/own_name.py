"""What an application is called."""

import re

_SAYS_NOTHING = re.compile(
    r"(?:my[-_]?)?(?:apps?|application|project)|src|source|code|repo|repository|workspace|monorepo|root|work|build"
    r"|checkout|clone|main|master|trunk|core|cmd|server|client|backend|frontend|api|web|www|site|service|worker"
    r"|examples?|samples?|demo|template|boilerplate|starter|tests?|te?mp\w*|v\d+",
    re.IGNORECASE,
)
_BETWEEN_WORDS = re.compile(r"[^a-z0-9]+")


def own_name(repository: str, package: str) -> str:
    """As its package file says, unless that says nothing (`app`, `server`), or less than the repository's name."""
    if not package or not repository or _SAYS_NOTHING.fullmatch(package):
        return repository or package
    if _SAYS_NOTHING.fullmatch(repository):
        return package
    return repository if _words(package) < _words(repository) else package


def _words(name: str) -> set[str]:
    return set(_BETWEEN_WORDS.split(name.lower()))
