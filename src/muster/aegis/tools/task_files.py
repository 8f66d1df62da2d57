"""The files of an lm-eval task: its YAML and what that names, copied away from a folder that may hold anything else."""

import shutil
from pathlib import Path

import yaml

MOST_BYTES = 1024 * 1024
_YAML = (".yaml", ".yml")


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
