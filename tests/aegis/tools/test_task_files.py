"""A task's own files go with it, and nothing else of the folder that it lies in."""

from pathlib import Path

import pytest

from muster.aegis.tools.task_files import copy_task, look_at_task

TASK = """
task: capitals
include: common.yaml
dataset_path: json
dataset_kwargs: {data_files: {test: data/capitals.jsonl}}
doc_to_text: !function capitals.text
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "work"
    (place / "data").mkdir(parents=True)
    (place / "task.yaml").write_text(TASK)
    (place / "common.yaml").write_text("output_type: generate_until\nfewshot_config: {file: shots.txt}\n")
    for name in ("data/capitals.jsonl", "capitals.py", "shots.txt", ".env", "id_rsa", "data/other.jsonl"):
        (place / name).write_text(name)
    return place


def copied(folder: Path) -> set[str]:
    into = folder.parent / "into"
    copy_task(folder / "task.yaml", into)
    return {str(path.relative_to(into)) for path in into.rglob("*") if path.is_file()}


def test_what_the_task_names_is_copied_and_nothing_else(folder: Path) -> None:
    assert copied(folder) == {"task.yaml", "common.yaml", "data/capitals.jsonl", "capitals.py", "shots.txt"}


@pytest.mark.parametrize("name", ["../secret", "{outside}/secret", "link"])
def test_a_file_outside_of_its_folder_stays_there(folder: Path, name: str) -> None:
    (folder.parent / "secret").write_text("s")
    (folder / "link").symlink_to(folder.parent / "secret")
    (folder / "task.yaml").write_text(f"task: t\nfile: {name.format(outside=folder.parent)}\n")
    assert copied(folder) == {"task.yaml"}


@pytest.mark.parametrize("text", ["task: [", "include: task.yaml", "a: &a [*a]", "\x00"])
def test_a_broken_or_circular_task_is_copied_alone(folder: Path, text: str) -> None:
    (folder / "task.yaml").write_text(text)
    assert copied(folder) == {"task.yaml"}


def test_a_task_that_is_not_there_leaves_an_empty_folder(folder: Path) -> None:
    (folder / "task.yaml").unlink()
    assert copied(folder) == set()


def test_a_task_that_is_named_as_lm_eval_names_it_is_fine(folder: Path) -> None:
    assert list(look_at_task(folder / "task.yaml")) == []


@pytest.mark.parametrize("text", [None, "", "include: common.yaml\n", "group: g\n"])
def test_a_task_that_no_evaluation_could_read_is_a_problem(folder: Path, text: str | None) -> None:
    file = folder / "task.yaml"
    file.unlink() if text is None else file.write_text(text)
    (problem,) = look_at_task(file)
    assert (problem.severity, problem.where) == ("error", "evaluation.tasks")
