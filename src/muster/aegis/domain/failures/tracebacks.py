"""Exceptions out of a log: Python's own form, chains, several ranks, and lines without a traceback."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from muster.aegis.domain.failures.framing import without_frames
from muster.aegis.domain.failures.printed import find_losses

_COLOUR = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_BAR = re.compile(r"\r(?!\n)")
_STAMP = re.compile(
    r"^\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[-+]\d\d:?\d\d)?[ \t](?=Traceback| |\w[\w.]*(?:Error|Exception)\b)", re.MULTILINE
)
_RANK = re.compile(r"^\[(?:rank|default)?(?P<rank>\d+)\]:?\s?(?=\S|\s|$)")
_START = re.compile(r"Traceback \(most recent call last\)")
_FRAME = re.compile(r'^\s+File "[^"]+", line \d+')
"""Of a traceback whose beginning is cut off."""
_CHAIN = re.compile(r"^(?:During handling of the above exception|The above exception was the direct cause)")
_RAISED = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?::\s?(?P<message>.*))?$")
_BARE = re.compile(
    r"^(?:[EWF]?\s*|.{0,60}?(?:ERROR|CRITICAL|FATAL)\W.{0,60}?)"
    r"(?P<type>(?:\w+\.)*(?:[A-Z]\w*)?(?:Error|Exception|Interrupt|Disconnected|Timeout))(?::\s(?P<message>.*)|$)"
)
_ENDS_MESSAGE = re.compile(r'^(?:"""|wandb: |[WEI]\d{4} |\[\d{4}-|\d{4}-\d\d-\d\d |Process \S+:|\s*\d+%\|)')
_SOUND = re.compile(r"train_runtime|\b(?:eval_)?loss[\"']?\s?[:=]\s?[\"']?\d")
"""What is printed by a training that goes on: an exception before was handled."""

MOST_LINES = 40
MOST_CHARACTERS = 4000


class Complaint(NamedTuple):
    """An exception that was not handled. `chained`: the one before is its cause, or was being handled."""

    type: str
    """The last word of its dotted name."""
    message: str
    frames: str = ""
    chained: bool = False

    @property
    def line(self) -> str:
        """As Python prints it."""
        return f"{self.type}: {self.message}" if self.message else self.type


def read_complaints(text: str) -> tuple[Complaint, ...]:
    """The exceptions of a text, oldest first; those of numbered ranks before those of their parent."""
    streams: dict[str, list[str]] = {"": []}
    for line in text.splitlines():
        rank = _RANK.match(line)
        streams.setdefault(rank["rank"] if rank else "", []).append(line[rank.end() :] if rank else line)
    parent = streams.pop("")
    return tuple(complaint for lines in (*streams.values(), parent) for complaint in _complaints(lines))


def without_noise(log: str) -> str:
    """The log without colours and a platform's frame, and with a line for every state of a progress bar."""
    return _STAMP.sub("", without_frames(_BAR.sub("\n", _COLOUR.sub("", log))))


def after_sound_work(text: str) -> str:
    """What follows the last line of a training that was still sound."""
    lines = text.splitlines()
    last = max((index for index, line in enumerate(lines) if _is_sound(line)), default=-1)
    return "\n".join(lines[last + 1 :])


def _is_sound(line: str) -> bool:
    told = _SOUND.search(line) or any(one.loss[0].isdigit() for one in find_losses(line))
    return bool(told) and not _BARE.match(line)


def _complaints(lines: list[str]) -> Iterator[Complaint]:
    frames: list[str] | None = None
    chained = False
    for index, line in enumerate(lines):
        if _START.search(line):
            frames = []
        elif _CHAIN.match(line):
            chained = True
        elif frames is not None and (line.startswith((" ", "\t")) or not line.strip()):
            frames.append(line)
        elif _FRAME.match(line):
            frames = [line]
        elif found := (_RAISED if frames is not None or _is_chained(lines, index) else _BARE).match(line):
            yield _complaint(found, lines[index + 1 :], frames or (), chained)
            frames, chained = None, False


def _is_chained(lines: list[str], index: int) -> bool:
    """Whether the words that chain two exceptions follow: what is before them is one, whatever its name."""
    after = next((line for line in lines[index + 1 : index + 4] if line.strip()), "")
    return bool(_CHAIN.match(after)) and bool(lines[index].strip())


def _complaint(found: re.Match[str], rest: list[str], frames: Iterable[str], chained: bool) -> Complaint:
    message = "\n".join([found["message"] or "", *_continued(rest)]).strip()
    return Complaint(found["type"].rpartition(".")[2], message[:MOST_CHARACTERS], "\n".join(frames), chained)


def _continued(rest: list[str]) -> Iterator[str]:
    for line in rest[:MOST_LINES]:
        if _START.search(line) or _CHAIN.match(line) or _ENDS_MESSAGE.match(line) or _BARE.match(line):
            return
        yield line
