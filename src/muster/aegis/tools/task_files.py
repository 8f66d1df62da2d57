"""The files of an lm-eval task: its YAML and what that names, copied away from a folder that may hold anything else."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import yaml

from muster.aegis.domain.preflight.problem import Problem, error

MOST_BYTES = 1024 * 1024
NAMED = r"^task:\s*['\"]?[\w.-]+"
"""As the evaluation looks for it."""
_YAML = (".yaml", ".yml")


def look_at_task(path: Path) -> Iterator[Problem]:
    """Whether an evaluation will find it, and the line that names it."""
    where, advice = "evaluation.tasks", "name the YAML of an lm-eval task, or leave it out"
    try:
        with path.open("rb") as opened:
            text = opened.read(MOST_BYTES).decode(errors="replace")
    except (OSError, ValueError) as problem:  # ValueError: a path with a zero byte
        why = problem.strerror if isinstance(problem, OSError) else problem
        yield error("dataset_missing", f"the task {str(path)!r} can't be read: {why}", where=where, advice=advice)
        return
    if not re.search(NAMED, text, re.MULTILINE):
        yield error("dataset_missing", f"the task {str(path)!r} has no line `task: NAME`", where=where, advice=advice)


def copy_task(path: Path, into: Path) -> None:
    """The YAML as `into/NAME`, and below it every file that it names and that lies in its own folder; a YAML that is
    named is looked through too. Of a file that can't be read as YAML nothing more is known than itself."""
    into.mkdir(parents=True, exist_ok=True)
    folder, waiting, seen = path.parent.resolve(), [path.name], set[str]()
    while waiting:
        name = waiting.pop()
        found = (folder / name).resolve()
        if name in seen or not (found.is_file() and found.is_relative_to(folder)):
            continue
        seen.add(name)
        target = into / found.relative_to(folder)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(found, target)
        if found.suffix in _YAML:
            waiting += _named(found)


def _named(file: Path) -> list[str]:
    """Every text that may be a file's name; `!function module.name` is of `module.py`."""
    with file.open("rb") as opened:
        text = opened.read(MOST_BYTES)
    names: list[str] = []
    try:
        for event in yaml.parse(text, yaml.SafeLoader):
            if isinstance(event, yaml.ScalarEvent):
                module = event.value.rpartition(".")[0].replace(".", "/")
                names.append(f"{module}.py" if event.tag == "!function" else event.value)
    except (yaml.YAMLError, UnicodeDecodeError):
        pass
    return [name for name in names if name and "\0" not in name and len(name) < 200 and not Path(name).is_absolute()]
