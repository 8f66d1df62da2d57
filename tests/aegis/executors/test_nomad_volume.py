from pathlib import Path

import pytest

from muster.aegis.domain.workload import Workload
from muster.aegis.executors.nomad_volume import SharedVolume


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "volume"
    folder.mkdir()
    folder.chmod(0o755)
    return folder


def bring(root: Path, path: Path) -> str:
    return SharedVolume(root).bring(Workload(name="job", script="", inputs={"data": str(path)}))["data"]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_what_lies_in_the_volume_for_all_stays_where_it_is(root: Path) -> None:
    (root / "rows").write_text("rows")
    (root / "rows").chmod(0o644)
    assert bring(root, root / "rows") == "rows"


def test_a_file_beside_the_volume_is_copied_for_all_to_read(root: Path, tmp_path: Path) -> None:
    (tmp_path / "rows").write_text("rows")
    (tmp_path / "rows").chmod(0o600)
    brought = root / bring(root, tmp_path / "rows")
    assert (brought.read_text(), mode(brought)) == ("rows", 0o644)
    assert {mode(folder) for folder in list(brought.parents)[:2]} == {0o755}


def test_what_lies_in_a_closed_folder_of_the_volume_is_copied_too(root: Path) -> None:
    (root / "home").mkdir(mode=0o700)
    (root / "home/rows").write_text("rows")
    assert bring(root, root / "home/rows") == "muster-jobs/job/data"


def test_folders_keep_their_form(root: Path, tmp_path: Path) -> None:
    (tmp_path / "model/parts").mkdir(parents=True, mode=0o700)
    (tmp_path / "model/parts/one").write_text("1")
    brought = root / bring(root, tmp_path / "model")
    assert (brought / "parts/one").read_text() == "1"
    assert mode(brought) == mode(brought / "parts") == 0o755


def test_a_link_out_of_an_input_is_not_copied(root: Path, tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/config.json").write_text("{}")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "model/link").symlink_to(tmp_path / "secret")
    brought = root / bring(root, tmp_path / "model")
    assert sorted(file.name for file in brought.iterdir()) == ["config.json"]


def test_what_was_copied_for_a_job_goes_with_it(root: Path, tmp_path: Path) -> None:
    (tmp_path / "rows").write_text("rows")
    brought = root / bring(root, tmp_path / "rows")
    SharedVolume(root).clear("job")
    assert not brought.exists()
