"""What a platform puts around every line of a log: JSON, names of containers, times, labels of tasks.

From the forms of docker (json-file, compose), Kubernetes' CRI, journald, syslog, srun --label, mpirun and Ray; a logger
that nobody knows is told by what stands before a `Traceback`.
"""

import json
import re

_WORDS = (
    "log",
    "message",
    "msg",
    "text",
    "event",
    "error",
    "exception",
    "exc_info",
    "stack_trace",
    "stack",
    "traceback",
)
"""Fields of a record of JSON that hold what was logged."""
_TIME = r"(?:\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|[-+]\d\d:?\d\d)?)"
_FRAMES = re.compile(
    rf"^(?:[\w.-]{{1,60}}\s+\| |{_TIME} std(?:out|err) [FP] "
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,60} [\w./@-]{1,60}(?:\[\d+\])?: |\[pod/[^\]\s]{1,120}\] )"
)
_LOGGER = re.compile(
    r"^\[?(?:\d{4}-\d\d-\d\d[T ])?\d\d:\d\d:\d\d[\d:.,+Z-]*\]?[ :|-]{1,4}(?:[\w.]{1,60} - )?"
    r"\[?(?:ERROR|CRITICAL|FATAL)\]?[ :|-]{1,4}"
)
"""A logger's words for a failure; those of lower levels stay, and tell that a line is none."""
_TASK = re.compile(
    r"^(?: {0,3}(?P<srun>\d{1,4}): |\[\d+,(?P<mpi>\d+)\]<std(?:out|err)>: ?"
    r"|\(\w{1,60} pid=(?P<ray>\d+)(?:, ip=[\d.]+)?\) )"
)
_BEFORE = re.compile(r"^(?P<before>.{2,120}?)Traceback \(most recent call last\)", re.MULTILINE)
_RANK = re.compile(r"(?:^|\s)\[(?:rank|default)?\d+\]:?\s?$")
_SHAPES = re.compile(r"(?P<digits>\d+)|(?P<word>[^\W\d_]+)|(?P<other>.)", re.DOTALL)
_MOST_JSON = 100_000


def without_frames(log: str) -> str:
    """The log's own lines. A task's number stays, as `[rankN]: `, for tasks write over one another."""
    lines = [part for line in log.splitlines() for part in _unpacked(line).split("\n")]
    return _without_loggers("\n".join(_labelled(_LOGGER.sub("", _FRAMES.sub("", line))) for line in lines))


def _unpacked(line: str) -> str:
    """What a record of JSON says; a line that is none, or that says nothing, stays."""
    if not (line.startswith("{") and line.rstrip().endswith("}") and len(line) <= _MOST_JSON):
        return line
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return line
    said = [text for name in _WORDS if isinstance(text := record.get(name), str) and " " in text.strip()]
    return "\n".join(text.rstrip("\r\n") for text in said) or _whole(record, line)


def _whole(record: dict[str, object], line: str) -> str:
    only = record.get("log", record.get("message"))
    return only.rstrip("\r\n") if isinstance(only, str) else line


def _labelled(line: str) -> str:
    found = _TASK.match(line)
    return f"[rank{found['srun'] or found['mpi'] or found['ray']}]: {line[found.end() :]}" if found else line


def _without_loggers(log: str) -> str:
    """Without what stands before a traceback, wherever a line begins in its shape: other digits, another word."""
    before = {found["before"] for found in _BEFORE.finditer(f"{log[:_MOST_JSON]}\n{log[-_MOST_JSON:]}")}
    for shape in {_shape(one) for one in before if not _RANK.search(one) and one.strip()}:
        log = re.sub(f"^{shape}", "", log, flags=re.MULTILINE)
    return log


def _shape(before: str) -> str:
    return "".join(
        r"\d+" if found["digits"] else r"[^\W\d_]+" if found["word"] else re.escape(found["other"])
        for found in _SHAPES.finditer(before)
    )
