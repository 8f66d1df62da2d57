import json
from pathlib import Path

import pytest

from muster.aegis.tools.disk_workspace import DiskWorkspace


@pytest.fixture
def workspace(tmp_path: Path) -> DiskWorkspace:
    return DiskWorkspace(tmp_path)


def evaluation(workspace: DiskWorkspace, text: str) -> None:
    workspace.outputs("job").mkdir(parents=True)
    (workspace.outputs("job") / "evaluation.json").write_text(text)


def test_a_script_comes_back_as_it_was_kept(workspace: DiskWorkspace) -> None:
    workspace.keep_script("job", "print('ä')\n")
    assert workspace.script("job") == "print('ä')\n"


def test_a_measurement_is_read(workspace: DiskWorkspace) -> None:
    evaluation(workspace, json.dumps({"measurement": {"base": {}, "tuned": {}}}))
    assert workspace.measurement("job") is not None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"measurement": 1}', "[" * 100_000, '{"measurement": {"base": {}}}'])
def test_what_is_no_measurement_is_none(workspace: DiskWorkspace, text: str) -> None:
    evaluation(workspace, text)
    assert workspace.measurement("job") is None


def test_a_job_that_left_nothing_measured_nothing(workspace: DiskWorkspace) -> None:
    assert workspace.measurement("job") is None


def test_a_folders_digest_changes_with_a_files_name(workspace: DiskWorkspace, tmp_path: Path) -> None:
    folder = tmp_path / "artefact"
    folder.mkdir()
    (folder / "a").write_text("weights")
    before = workspace.digest(folder)
    (folder / "a").rename(folder / "b")
    assert workspace.digest(folder) != before


def test_nothing_has_no_digest(workspace: DiskWorkspace, tmp_path: Path) -> None:
    assert workspace.digest(tmp_path / "nothing") == ""


def test_a_run_without_checkpoints_has_none_to_go_on_from(workspace: DiskWorkspace) -> None:
    assert workspace.last_checkpoint("job") == ""
