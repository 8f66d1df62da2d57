"""What a hostile script can't do. Each runs for real, in a real sandbox."""

import json
import os
import socket
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from aegis.executors.sandboxes import needs_bwrap, needs_memory_cgroup, run, sandbox
from muster.aegis.domain.workload import Workload
from muster.aegis.executors.supervisor.cgroups import find_parents
from muster.aegis.executors.supervisor.disk import descendants

pytestmark = needs_bwrap

_TRY = """
import json, os
said = {}
def attempt(name, act):
    try:
        said[name] = act()
    except BaseException as error:
        said[name] = type(error).__name__
"""
_SAY = "\nopen('outputs/said.json', 'w').write(json.dumps(said, default=repr))\n"


def attempts(folder: Path, script: str, *, inputs: dict[str, str] | None = None, **limits: int) -> dict[str, object]:
    """What the script said of its attempts."""
    executor = sandbox(folder)
    workload = Workload.model_validate(
        {
            "name": "job",
            "script": _TRY + textwrap.dedent(script) + _SAY,
            "inputs": inputs or {},
            "limits": limits,
        }
    )
    ended = executor.follow(executor.submit(workload), lambda metric: None)
    assert ended.exit_status == 0, ended.log_tail
    return json.loads((folder / "job/outputs/said.json").read_text())


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_server_on_the_hosts_loopback_is_out_of_reach(tmp_path: Path, listener: int) -> None:
    said = attempts(
        tmp_path,
        f"""
        import socket
        attempt("loopback", lambda: socket.create_connection(("127.0.0.1", {listener}), 2).fileno())
        attempt("interfaces", lambda: [name for _, name in socket.if_nameindex()])
        attempt("abroad", lambda: socket.create_connection(("192.0.2.1", 80), 2).fileno())
        """,
    )
    assert said == {"loopback": "ConnectionRefusedError", "interfaces": ["lo"], "abroad": "OSError"}


def test_abstract_sockets_of_the_host_are_out_of_reach(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(f"\0muster-{os.getpid()}")
        server.listen()
        script = f"""
        import socket
        attempt("abstract", lambda: socket.socket(socket.AF_UNIX).connect("\\0muster-{os.getpid()}"))
        """
        assert attempts(tmp_path, script) == {"abstract": "ConnectionRefusedError"}


def test_files_of_the_host_are_not_there(tmp_path: Path) -> None:
    secret, other = tmp_path / "secret", tmp_path / "jobs/other/outputs/adapter"
    other.parent.mkdir(parents=True)
    for file in (secret, other):
        file.write_text("private")
    paths = ["/etc/shadow", str(Path.home() / ".bashrc"), "/home", "/var/log", "/sys"]
    places = [*paths, str(secret), str(other), str(Path(__file__))]
    said = attempts(
        tmp_path / "jobs",
        f"""
        for path in {places!r}:
            attempt(path, lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())
        """,
    )
    assert set(said.values()) == {"FileNotFoundError"}


def test_etc_holds_nothing_but_a_list_of_nobody(tmp_path: Path) -> None:
    said = attempts(
        tmp_path,
        """attempt("etc", lambda: sorted(os.listdir("/etc"))); attempt("who", os.path.expanduser("~").strip)""",
    )
    assert set(said["etc"]) <= {"passwd", "ld.so.cache", "alternatives"}  # type: ignore[arg-type]


def test_nothing_but_outputs_and_sized_scratch_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model/weights").write_text("weights")
    places = ["/x", "/usr/x", "/etc/x", "/job/x", "/job/script.py", "/job/inputs/x", "/job/inputs/model/x", "/dev/x"]
    places += ["/job/inputs/model/weights", f"{sys.prefix}/x", "/etc/passwd"]
    said = attempts(
        tmp_path / "jobs",
        f"""
        for path in {places!r}:
            attempt(path, lambda: open(path, "a").write("x"))
        """,
        inputs={"model": str(tmp_path / "model")},
    )
    assert set(said.values()) <= {"OSError", "PermissionError"}
    assert (tmp_path / "model/weights").read_text() == "weights"


def test_no_file_anywhere_can_be_written_but_ones_own_and_harmless_devices(tmp_path: Path) -> None:
    """A look, not a write: what a kernel setting takes, the host has."""
    said = attempts(
        tmp_path,
        f"""
        def writable():
            for where, folders, names in os.walk("/"):
                folders[:] = [name for name in folders if os.path.join(where, name) not in {["/usr", sys.base_prefix]!r}]
                yield from (path for name in (*names, "") if os.access(path := os.path.join(where, name), os.W_OK))
        attempt("files", lambda: sorted(set(writable())))
        """,
    )
    devices = {f"/dev/{name}" for name in ("null", "zero", "full", "random", "urandom", "tty", "ptmx")}
    ours = ("/tmp/", "/dev/shm/", "/dev/pts/", "/job/outputs/", "/dev/std", "/proc/self/fd", "/dev/core")
    strange = [path for path in said["files"] if path not in devices and not path.startswith(ours)]  # type: ignore[union-attr]
    assert [path for path in strange if "/fd/" not in path] == []


def test_a_link_in_an_input_shows_no_file_beyond_it(tmp_path: Path) -> None:
    (tmp_path / "private").write_text("private")
    (tmp_path / "model").mkdir()
    (tmp_path / "model/config.json").write_text("{}")
    (tmp_path / "model/weights").symlink_to(tmp_path / "private")
    said = attempts(
        tmp_path / "jobs",
        """attempt("seen", lambda: os.listdir("inputs/model"))""",
        inputs={"model": str(tmp_path / "model")},
    )
    assert said == {"seen": ["config.json"]}


def test_links_of_a_model_cache_into_its_own_blobs_are_followed(tmp_path: Path) -> None:
    snapshot = tmp_path / "cache/snapshots/abc"
    snapshot.mkdir(parents=True)
    (tmp_path / "cache/blobs").mkdir()
    (tmp_path / "cache/blobs/1f").write_text("weights")
    (snapshot / "weights").symlink_to("../../blobs/1f")
    said = attempts(
        tmp_path / "jobs",
        """attempt("seen", lambda: open("inputs/model/weights").read())""",
        inputs={"model": str(snapshot)},
    )
    assert said == {"seen": "weights"}


def test_no_variable_of_the_host_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "planted-value")
    said = attempts(
        tmp_path,
        """
        attempt("env", lambda: dict(os.environ))
        attempt("first", lambda: open("/proc/1/environ").read())
        """,
    )
    assert "planted-value" not in json.dumps(said)
    assert str(Path.home()) not in str(said["env"]["PATH"]).split(":")  # type: ignore[index]


def test_a_job_is_nobody_without_capabilities_and_gets_none_back(tmp_path: Path) -> None:
    said = attempts(
        tmp_path,
        """
        import ctypes
        status = dict(line.split(":", 1) for line in open("/proc/self/status").read().splitlines())
        attempt("caps", lambda: [int(status[name], 16) for name in ("CapPrm", "CapEff", "CapBnd", "CapAmb")])
        attempt("privileges", lambda: int(status["NoNewPrivs"]))
        attempt("who", lambda: [os.getuid(), os.getgid(), os.getgroups()])
        attempt("root", lambda: os.setuid(0))
        attempt("chroot", lambda: os.chroot("/tmp"))
        attempt("own namespace", lambda: ctypes.CDLL(None).unshare(0x10000000))
        """,
    )
    assert said["caps"] == [0, 0, 0, 0]
    assert said["privileges"] == 1
    assert said["who"] == [65534, 65534, [65534]] or said["who"] == [65534, 65534, []]
    assert (said["root"], said["chroot"]) == ("PermissionError", "PermissionError") or said["root"] == "OSError"
    assert said["own namespace"] == -1


@pytest.mark.parametrize("path", ["/dev/null", "/proc/self/fd/0", "/proc/1/exe", "/usr/bin/env", sys.base_prefix])
def test_nothing_of_the_host_changes_its_mode_even_where_root_runs_the_job(tmp_path: Path, path: str) -> None:
    said = attempts(tmp_path, f"""attempt("chmod", lambda: os.chmod({path!r}, os.stat({path!r}).st_mode & 0o7777))""")
    assert said["chmod"] in ("PermissionError", "OSError")


def test_a_job_of_root_is_not_root_outside_either(tmp_path: Path) -> None:
    executor = sandbox(tmp_path)
    run(executor, "open('outputs/mine', 'w')")
    assert (tmp_path / "job/outputs/mine").stat().st_uid == (os.geteuid() or 65534)


def test_processes_of_the_host_are_neither_seen_nor_signalled(tmp_path: Path) -> None:
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        said = attempts(
            tmp_path,
            f"""
            import signal
            attempt("seen", lambda: [pid for pid in os.listdir("/proc") if pid.isdigit()])
            attempt("kill", lambda: os.kill({victim.pid}, signal.SIGKILL))
            attempt("all", lambda: [signal.signal(signal.SIGTERM, signal.SIG_IGN), os.kill(-1, signal.SIGTERM)][1])
            """,
        )
        assert len(said["seen"]) <= 3  # type: ignore[arg-type]
        assert said["kill"] == "ProcessLookupError"
        assert victim.poll() is None
    finally:
        victim.kill()
        victim.wait()


def test_a_fork_bomb_stays_small_and_ends_with_the_job(tmp_path: Path) -> None:
    ended = run(
        sandbox(tmp_path),
        """
import os, sys, time
made = 0
try:
    while True:
        if os.fork() == 0:
            time.sleep(600)
        made += 1
except OSError:
    print("made", made)
    sys.stdout.flush()
    os._exit(7)
""",
    )
    assert ended.exit_status == 7
    assert int(ended.log_tail.split()[-1]) <= 64
    assert "600" not in _sleepers()


def _sleepers() -> str:
    """Command lines of what still runs below any supervisor that we started."""
    return " ".join(
        Path(f"/proc/{pid}/cmdline").read_text() for pid in descendants(os.getpid()) if Path(f"/proc/{pid}").exists()
    )


def test_what_a_script_leaves_running_ends_with_it(tmp_path: Path) -> None:
    script = """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    while True:
        open("outputs/beat", "w").write(str(time.monotonic()))
        time.sleep(0.01)
while not os.path.exists("outputs/beat"): time.sleep(0.01)
"""
    assert run(sandbox(tmp_path), script).exit_status == 0
    before = (tmp_path / "job/outputs/beat").read_bytes()
    time.sleep(0.3)
    assert (tmp_path / "job/outputs/beat").read_bytes() == before


def test_one_file_that_fills_the_disk_is_refused_at_the_limit(tmp_path: Path) -> None:
    script = """
import signal
file = open("outputs/full", "wb")
while True: file.write(bytes(2**20))
"""
    ended = run(sandbox(tmp_path), script, disk_mb=16)
    assert "File too large" in ended.log_tail
    assert (tmp_path / "job/outputs/full").stat().st_size <= 16 * 2**20


@pytest.mark.parametrize(
    "leave", ["", "os.unlink(name)"], ids=["many files", "files that were deleted but are still open"]
)
def test_outputs_past_their_limit_end_the_job(tmp_path: Path, leave: str) -> None:
    script = f"""
import os, time
kept = []
for number in range(1000):
    name = f"outputs/{{number}}"
    kept.append(open(name, "wb")); kept[-1].write(bytes(2**20)); kept[-1].flush()
    {leave or "pass"}
    time.sleep(0.02)
time.sleep(600)
"""
    ended = run(sandbox(tmp_path), script, disk_mb=16)
    assert ended.disk_limited
    assert ended.exit_status == 137
    assert ended.stopped_for is None


def test_scratch_is_bounded(tmp_path: Path) -> None:
    said = attempts(
        tmp_path,
        """
        for folder in ("/tmp", "/dev/shm"):
            status = os.statvfs(folder)
            attempt(folder, lambda: status.f_blocks * status.f_frsize)
        """,
    )
    assert said == {"/tmp": 512 * 2**20, "/dev/shm": 512 * 2**20}


@needs_memory_cgroup
def test_a_memory_hog_is_told_by_the_kernels_counter(tmp_path: Path) -> None:
    ended = run(sandbox(tmp_path), "kept = [bytearray(2**24) for _ in range(1000)]", memory_mb=128)
    assert ended.oom_kills >= 1
    assert ended.exit_status == 137
    assert not ended.cpu_limited
    assert ended.memory_peak_mb is not None
    assert 100 < ended.memory_peak_mb <= 129


@pytest.mark.skipif("memory" in find_parents(), reason="a control group bounds the memory here")
def test_without_a_control_group_each_process_has_its_memory_bounded(tmp_path: Path) -> None:
    ended = run(sandbox(tmp_path), "kept = [bytearray(2**24) for _ in range(1000)]", memory_mb=128)
    assert ended.exit_status == 1
    assert ended.log_tail.rstrip().endswith("MemoryError")


def test_a_log_without_end_is_kept_within_bounds(tmp_path: Path) -> None:
    ended = run(sandbox(tmp_path), "for _ in range(2**15): print('x' * 1023)")
    assert ended.exit_status == 0
    assert sum(file.stat().st_size for file in (tmp_path / "job").glob("stdout.log*")) <= 2 * 2**22


def test_cpu_time_that_is_used_up_is_told_as_such(tmp_path: Path) -> None:
    ended = run(sandbox(tmp_path), "while True: pass", cpu_seconds=1)
    assert ended.cpu_limited
    assert ended.exit_status == 128 + 24


def test_links_and_pipes_among_the_outputs_are_not_followed(tmp_path: Path) -> None:
    script = """
import os
os.symlink("/etc/passwd", "outputs/metrics.jsonl")
os.symlink("/etc", "outputs/folder")
os.mkfifo("outputs/pipe")
open("outputs/real", "w").write("1")
"""
    executor = sandbox(tmp_path / "jobs")
    assert run(executor, script).metrics == ()
    job = executor.find("job")
    assert job is not None
    assert executor.collect(job, tmp_path / "got") == ("real",)
