"""Whether a line of code listens on a port: a number in prose, in a comment or in a message opens nothing."""

import re
from collections.abc import Iterable

_QUOTED = re.compile(r"([\"'`])((?:\\.|(?!\1)[^\\])*)(?:\1|$)")
_COMMENT_BEHIND = re.compile(r"/\*.*?(?:\*/|$)|(?:^|\s)(?:#|//).*$")
_COMMAND = re.compile(r"\s*(?:(?:CMD|ENTRYPOINT)\s|\"(?:start|serve|prod|dev)[\w:-]*\"\s*:)", re.IGNORECASE)
"""Lines whose quoted text is a command line and no prose."""
_FLAGS = (
    r"(?:^|[\s\"'\[,])(?:--?(?:\w+-)*(?:port|listen|bind|addr|host|publish|http)[\w-]*|-[pPbSl])[=\s\"',]+[^\s\"',]*?",
    r"(?:runserver|http\.server)[\s\"',]+[^\s\"',]*?",
)
_FORMS = (
    *_FLAGS,
    r"^\s*EXPOSE\s.*?",
    r"^\s*(?:listen|(?:ENV\s+\w*)?port|bind)\s+\S*?",
    r"(?:listen|bind|port|serve|addr|htons)(?=.{0,80}[(=:>,|{])(?:(?![A-Za-z]\s+[A-Za-z]).){0,80}?[^\w\s]\s*(?:or\s+)?",
    r"\(\s*[\"'](?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\])?:",
    r":port\s+",
)


def listens_on(port: int, lines: Iterable[str]) -> bool:
    """Whether one of the lines has the number where something listens: `EXPOSE 80`, `listen(80)`, `--port 80`."""
    return any(_listens(port, line) for line in lines)


def _listens(port: int, line: str) -> bool:
    is_command = _COMMAND.match(line) is not None
    code = line if is_command else _COMMENT_BEHIND.sub(" ", _QUOTED.sub(_without_prose, line))
    forms = _FLAGS if is_command else _FORMS
    return any(re.search(rf"{form}(?<![\w.]){port}(?!\w|\.\d)", code, re.IGNORECASE) for form in forms)


def _without_prose(found: re.Match[str]) -> str:
    return f"{found[1]}{found[1]}" if re.search(r"\s", found[2]) else found[0]
