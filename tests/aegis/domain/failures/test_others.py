"""Logs of libraries and platforms that were written before the rules were read, and what platforms put around them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from muster.aegis.domain.failures.classify import diagnose_log

OTHERS = [
    (kind, log.rstrip("\n"))
    for kind, _, log in (
        part.partition("\n") for part in Path(__file__).with_name("others.txt").read_text().split("%% ")[1:]
    )
]
"""The class, and the log; `none` is a sound one."""
TIME = "2026-01-07T22:01:44.101234567Z"


def around(frame: str) -> Callable[[str], str]:
    return lambda log: "\n".join(frame.format(line=line) for line in log.split("\n"))


def as_json(**more: str) -> Callable[[str], str]:
    return lambda log: "\n".join(json.dumps({"time": TIME, "log": f"{line}\n", **more}) for line in log.split("\n"))


FRAMES: dict[str, Callable[[str], str]] = {
    "compose": around("trainer-1  | {line}"),
    "cri": around(f"{TIME} stderr F {{line}}"),
    "srun": around("3: {line}"),
    "mpirun": around("[1,3]<stderr>:{line}"),
    "ray": around("\x1b[36m(RayTrainWorker pid=3321, ip=10.0.0.4)\x1b[0m {line}"),
    "syslog": around("Nov 21 10:11:12 gpu07 trainer[88]: {line}"),
    "json lines": as_json(stream="stderr"),
    "one record": lambda log: json.dumps({"level": "error", "msg": "training failed", "exception": log}),
    "crlf": lambda log: log.replace("\n", "\r\n"),
    "colours": around("\x1b[1;31m{line}\x1b[0m"),
}
"""What stands around every line."""


def kind_of(log: str) -> str:
    diagnosis = diagnose_log(log)
    return diagnosis.kind if diagnosis else "none"


@pytest.mark.parametrize(("kind", "log"), OTHERS, ids=[f"{place}-{kind}" for place, (kind, _) in enumerate(OTHERS)])
def test_a_log_is_named(kind: str, log: str) -> None:
    assert kind_of(log) == kind


@pytest.mark.parametrize("frame", FRAMES)
def test_what_a_platform_puts_around_its_lines_changes_nothing(frame: str) -> None:
    assert [kind_of(FRAMES[frame](log)) for _, log in OTHERS] == [kind for kind, _ in OTHERS]


def test_a_logger_that_nobody_knows_is_told_by_what_stands_before_a_traceback() -> None:
    lines = ["Traceback (most recent call last):", '  File "t.py", line 3, in f', "    x()", "KeyError: 'response'"]
    log = "\n".join(f"<{place}> job/77 @gpu{place} :: {line}" for place, line in enumerate(lines, 10))
    assert kind_of(log) == "dataset_columns"


def test_tasks_that_write_over_one_another_are_read_one_by_one() -> None:
    first = ["Traceback (most recent call last):", '  File "t.py", line 3, in f', "    x()", "MemoryError"]
    second = ["loading shard 1", "loading shard 2", "loading shard 3", "loading shard 4"]
    log = "\n".join(line for pair in zip(first, second, strict=True) for line in (f"0: {pair[0]}", f"1: {pair[1]}"))
    assert kind_of(log) == "oom_host"


def test_a_container_that_was_not_killed_for_memory_says_so_and_is_believed() -> None:
    assert kind_of('"State": {\n    "OOMKilled": false,\n    "ExitCode": 0\n}') == "none"


def test_an_error_of_a_program_that_no_rule_knows_decides_nothing() -> None:
    assert kind_of("error: the printer is out of paper") == "none"


@pytest.mark.parametrize(
    "text", ['{"log": ' * 20_000, '{"log": "' + "x" * 90_000 + '"}', "1: " * 100_000, "a | " * 100_000]
)
def test_a_hostile_frame_ends_in_an_answer(text: str) -> None:
    diagnose_log(f"{text}\nMemoryError")
