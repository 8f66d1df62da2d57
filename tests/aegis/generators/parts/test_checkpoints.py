import json
from pathlib import Path

import pytest

from muster.aegis.generators.parts.checkpoints import newest_checkpoint


def written(folder: Path, step: int) -> Path:
    folder.mkdir(parents=True)
    (folder / "trainer_state.json").write_text(json.dumps({"global_step": step}))
    return folder


def test_the_newest_is_by_step_and_not_by_name(tmp_path: Path) -> None:
    written(tmp_path / "checkpoint-9", 9)
    newest = written(tmp_path / "checkpoint-10", 10)
    assert newest_checkpoint(tmp_path) == newest


@pytest.mark.parametrize("half", [None, "", '{"global_st', "{}", "[]"])
def test_one_that_is_not_whole_is_none(tmp_path: Path, half: str | None) -> None:
    whole = written(tmp_path / "checkpoint-5", 5)
    (tmp_path / "checkpoint-10").mkdir()
    if half is not None:
        (tmp_path / "checkpoint-10/trainer_state.json").write_text(half)
    assert newest_checkpoint(tmp_path) == whole


def test_the_given_one_is_taken_where_none_was_written(tmp_path: Path) -> None:
    given = written(tmp_path / "given", 5)
    assert newest_checkpoint(tmp_path / "none", given) == given


def test_a_written_one_is_newer_than_the_given(tmp_path: Path) -> None:
    own = written(tmp_path / "own/checkpoint-6", 6)
    assert newest_checkpoint(tmp_path / "own", written(tmp_path / "given", 5)) == own


def test_there_may_be_none(tmp_path: Path) -> None:
    assert newest_checkpoint(tmp_path, tmp_path / "given") is None
