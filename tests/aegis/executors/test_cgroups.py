"""Control groups of version 2, on folders that look like them: no machine here had such a hierarchy with memory."""

from pathlib import Path

import pytest

from muster.aegis.executors.supervisor.cgroups import Group, Limits, find_parents, make_group

LIMITS = Limits(memory_mb=64, pids=10, cpus=1.5)


@pytest.fixture
def unified(tmp_path: Path) -> Path:
    """Mounted at `cgroup`; we are in `user/session`, and `user` hands out all controllers."""
    session = tmp_path / "cgroup/user/session"
    session.mkdir(parents=True)
    for folder, given in ((session, ""), (session.parent, "cpu memory pids\n"), (tmp_path / "cgroup", "memory\n")):
        (folder / "cgroup.controllers").write_text("cpu memory pids\n")
        (folder / "cgroup.subtree_control").write_text(given)
        (folder / "cgroup.procs").touch()
    (tmp_path / "mounts").write_text(f"cgroup2 {tmp_path}/cgroup cgroup2 rw,nosuid 0 0\n")
    return tmp_path


@pytest.fixture
def proc(unified: Path, tmp_path: Path) -> Path:
    folder = tmp_path / "proc"
    folder.mkdir()
    (folder / "mounts").write_text((unified / "mounts").read_text())
    (folder / "cgroup").write_text("0::/user/session\n")
    return folder


def made(proc: Path) -> Group:
    group = make_group("job", LIMITS, proc)
    assert group is not None
    return group


def test_a_group_lies_beside_ours_below_the_nearest_that_hands_out_memory(proc: Path, unified: Path) -> None:
    assert set(find_parents(proc).values()) == {unified / "cgroup/user"}


def test_one_folder_has_all_limits(proc: Path, unified: Path) -> None:
    (folder,) = set(made(proc).folders.values())
    assert folder.parent == unified / "cgroup/user"
    files = ("memory.max", "memory.swap.max", "pids.max", "cpu.max")
    assert [(folder / file).read_text() for file in files] == [str(64 * 2**20), "0", "10", "150000 100000"]


def test_kills_and_the_peak_are_read_from_its_own_files(proc: Path) -> None:
    group = made(proc)
    (group.folders["memory"] / "memory.events").write_text("low 0\noom 3\noom_kill 2\n")
    (group.folders["memory"] / "memory.peak").write_text(f"{48 * 2**20}\n")
    assert (group.oom_kills(), group.memory_peak_mb()) == (2, 48.0)


def test_a_kernel_that_tells_no_peak_leaves_it_unknown(proc: Path) -> None:
    assert made(proc).memory_peak_mb() is None


def test_a_process_joins_by_one_file(proc: Path) -> None:
    group = made(proc)
    group.join()
    assert (group.folders["memory"] / "cgroup.procs").read_text() == "0"


def test_where_nobody_hands_out_memory_there_is_no_group(proc: Path, unified: Path) -> None:
    for folder in (unified / "cgroup/user", unified / "cgroup"):
        (folder / "cgroup.subtree_control").write_text("pids\n")
    assert make_group("job", LIMITS, proc) is None
