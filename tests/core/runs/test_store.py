from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muster.core.errors import RunStateError, UsageError
from muster.core.runs.lock import hold_lock
from muster.core.runs.row import RunRow, checked_run_id, new_run_id
from muster.core.runs.store import RunStore, write_atomically
from muster.core.testing.clock import FakeClock

NOW = datetime(2026, 11, 21, 4, 11, 37, tzinfo=UTC)


def row(run_id: str = "r1") -> RunRow:
    return RunRow(
        id=run_id, agent="sample", version="1", intent="x", cwd="/", options={"a": [1]}, created_at=NOW, updated_at=NOW
    )


def test_ids_are_short_and_sort_by_time() -> None:
    first, later = new_run_id(NOW), new_run_id(NOW + timedelta(seconds=1))
    assert first.startswith("20261121-041137-")
    assert len(first) == 19
    assert first < later
    assert checked_run_id(first) == first


@pytest.mark.parametrize("odd", ["", ".", "..", "../x", "/etc", "a/b", "a\\b", "-x", "A", "a b", "a\n", "x" * 64, "é"])
def test_odd_ids_are_refused(tmp_path: Path, odd: str) -> None:
    store = RunStore(tmp_path)
    with pytest.raises(UsageError, match="is no run id"):
        store.folder(odd)
    with pytest.raises(UsageError, match="is no run id"):
        store.create(row(odd))


def test_a_row_comes_back_as_it_was_written(tmp_path: Path) -> None:
    store = RunStore(tmp_path / "home")
    store.create(row())
    assert store.folder("r1").row() == row()


def test_an_id_is_taken_once(tmp_path: Path) -> None:
    RunStore(tmp_path).create(row())
    with pytest.raises(RunStateError, match="already"):
        RunStore(tmp_path).create(row())


def test_runs_that_begin_in_the_same_second_get_different_ids(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with ExitStack() as going:
        ids = [going.enter_context(store.claimed_id(NOW)) for _ in range(1000)]  # by chance alone, seventeen pairs
        assert len(set(ids)) == 1000


def test_an_id_is_kept_by_the_run_that_was_made_of_it_and_by_nothing_else(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    with store.claimed_id(NOW) as kept:
        store.create(row(kept))
    with store.claimed_id(NOW):
        pass
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [kept]


def test_an_unknown_run_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no run r9"):
        RunStore(tmp_path).folder("r9")


def test_a_home_that_cannot_be_made_names_the_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="can't be made") as caught:
        RunStore(tmp_path / "file").create(row())
    assert "MUSTER_HOME" in caught.value.advice


def test_runs_are_listed_oldest_first_and_strangers_left_out(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    assert store.folders() == ()
    for name in ("b", "a"):
        store.create(row(name))
    (tmp_path / "runs" / "stray").mkdir()
    assert [folder.path.name for folder in store.folders()] == ["a", "b"]


def test_a_damaged_row_is_an_error_that_names_it(tmp_path: Path) -> None:
    folder = RunStore(tmp_path).create(row())
    (folder.path / "run.json").write_text("{")
    with pytest.raises(RunStateError, match="r1 can't be read"):
        folder.row()


def test_running_with_a_free_lock_is_crashed(tmp_path: Path) -> None:
    folder = RunStore(tmp_path).create(row())
    assert folder.current_row().status == "crashed"
    with hold_lock(folder.lock):
        assert folder.current_row().status == "running"
    assert folder.current_row().status == "crashed"


def test_only_a_running_run_can_be_crashed(tmp_path: Path) -> None:
    folder = RunStore(tmp_path).create(row())
    folder.set_status("waiting", "Plan", FakeClock())
    assert folder.current_row().status == "waiting"


def test_a_status_carries_no_secret(tmp_path: Path) -> None:
    folder = RunStore(tmp_path).create(row())
    assert "hunter2" not in folder.set_status("failed", "password=hunter2", FakeClock()).note


def test_a_held_lock_names_its_holder(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with hold_lock(lock), pytest.raises(RunStateError, match=r"pid \d+"), hold_lock(lock):
        pass
    with hold_lock(lock):
        pass


def test_an_atomic_write_leaves_no_draft(tmp_path: Path) -> None:
    write_atomically(tmp_path / "x", "one")
    write_atomically(tmp_path / "x", "two")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
    assert (tmp_path / "x").read_text() == "two"


def test_a_write_that_fails_leaves_no_draft(tmp_path: Path) -> None:
    (tmp_path / "x").mkdir()
    with pytest.raises(IsADirectoryError):
        write_atomically(tmp_path / "x", "one")
    assert [path.name for path in tmp_path.iterdir()] == ["x"]
