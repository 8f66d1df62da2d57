"""Numeric ids of users: those that a Dockerfile's own `useradd -u 1001 app` and `adduser -u 1001 app` give."""

import re
from collections.abc import Iterator

from muster.nomad.domain.extractors.start_commands import simple_commands

# Options of useradd and adduser that take a word.
_WITH_WORD = frozenset(
    {
        "-u", "--uid", "-g", "--gid", "-G", "--groups", "--ingroup", "-d", "--home", "--home-dir", "-h", "-s",
        "--shell", "-c", "--comment", "--gecos", "-k", "-K", "-e", "-p", "-b", "--base-dir", "--firstuid", "--lastuid",
    }
)  # fmt: skip
_UID = re.compile(r"(?:-u|--uid=)(\d+)|-[a-zA-Z]*u(\d+)")
_COMMANDS = re.compile(r"(?:.*/)?(?:useradd|adduser)")


def created_users(command: str) -> Iterator[tuple[str, int]]:
    """Users that a shell text creates with a number said, in order."""
    if "useradd" not in command and "adduser" not in command:
        return
    for words in simple_commands(("sh", "-c", command)):
        start = next((index for index, word in enumerate(words) if _COMMANDS.fullmatch(word)), None)
        if start is not None:
            yield from _created(words[start + 1 :])


def _created(words: list[str]) -> Iterator[tuple[str, int]]:
    uid: int | None = None
    names: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        following = words[position + 1] if position + 1 < len(words) else ""
        taken = _takes_word(word)
        if _says_uid(word) and following.isascii() and following.isdigit():
            uid = int(following[:9])
        elif found := _UID.fullmatch(word):
            uid = int((found[1] or found[2])[:9])
        elif not word.startswith("-"):
            names.append(word)
        position += 2 if taken else 1
    if uid is not None and names:
        yield names[0], uid


def _takes_word(word: str) -> bool:
    return word in _WITH_WORD or _says_uid(word)


def _says_uid(word: str) -> bool:
    """`-u`, `--uid`, and bundles that end in it: `-Dru 1001`."""
    return word == "--uid" or re.fullmatch(r"-[a-zA-Z]*u", word) is not None
