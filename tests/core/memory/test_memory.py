"""Memory: the same for what is kept in a folder and for the fake."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from muster.core.errors import ServiceError, ServiceTimeoutError
from muster.core.memory.embeddings import HashingEmbedder
from muster.core.memory.forgiving import ForgivingMemory, NoMemory
from muster.core.memory.health import server_address
from muster.core.memory.mem0_memory import Mem0Memory
from muster.core.memory.ports import Memory
from muster.core.memory.records import Memo
from muster.core.memory.settings import MemorySettings
from muster.core.testing.memory import InMemoryMemory

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def in_folder(folder: Path) -> Memory:
    return Mem0Memory(folder, HashingEmbedder(), {"path": str(folder / "qdrant")}, wait_s=0.2)


def in_process(folder: Path) -> Memory:
    return InMemoryMemory()


@pytest.fixture(params=[in_folder, in_process])
def memory(request: pytest.FixtureRequest, tmp_path: Path) -> Memory:
    opened: Callable[[Path], Memory] = request.param
    return opened(tmp_path)


def memo(text: str, *, kind: str = "failure", scope: str = "prod", minutes: int = 0, **data: str) -> Memo:
    return Memo(kind=kind, scope=scope, text=text, data=dict(data), at=NOON + timedelta(minutes=minutes))


def test_what_is_remembered_is_recalled_by_its_meaning_the_nearest_first(memory: Memory) -> None:
    for text in ("task killed, out of memory", "the image could not be pulled", "a port is taken"):
        memory.remember(memo(text, cure=text[:6]))
    found = memory.recall("killed because it ran out of memory", kind="failure", scope="prod", limit=2)
    assert len(found) == 2
    assert found[0].memo.data == {"cure": "task k"}
    assert 0 <= found[1].score < found[0].score <= 1


def test_each_kind_and_scope_is_by_itself(memory: Memory) -> None:
    memory.remember(memo("always amd64", kind="preference"))
    memory.remember(memo("always arm64", kind="preference", scope="edge"))
    found = memory.recall("always", kind="preference", scope="edge")
    assert [one.memo.text for one in found] == ["always arm64"]
    assert memory.recall("always", kind="failure", scope="edge") == ()


def test_a_star_is_a_scope_as_any_other(memory: Memory) -> None:
    memory.remember(memo("learnt in a simulation", scope="embedded"))
    known = memory.remember(memo("learnt on a cluster", scope="*"))
    assert [one.memo for one in memory.recall("learnt", kind="failure", scope="*")] == [known]
    assert memory.all(scope="*") == (known,)


def test_all_come_by_age_with_their_ids_and_one_can_be_forgotten(memory: Memory) -> None:
    late = memory.remember(memo("second", minutes=2))
    early = memory.remember(memo("first", minutes=1))
    assert memory.all() == (early, late)
    assert memory.all(scope="prod", kind="failure") == (early, late)
    assert memory.all(scope="edge") == ()
    assert memory.forget(early.id)
    assert not memory.forget(early.id)
    assert memory.all() == (late,)


def test_a_secret_is_taken_out_before_it_is_stored(memory: Memory) -> None:
    memory.remember(memo("refused: password=correct-horse-battery", DB_PASSWORD="correct-horse-battery"))
    (kept,) = memory.all()
    assert "correct-horse" not in kept.model_dump_json()


def test_an_empty_memory_has_nothing_and_makes_no_folder(tmp_path: Path) -> None:
    memory = in_folder(tmp_path)
    assert memory.all() == ()
    assert memory.recall("anything", kind="failure", scope="prod") == ()
    assert not memory.forget("nothing")
    assert list(tmp_path.iterdir()) == []


def test_a_secret_reaches_no_file_of_the_folder(tmp_path: Path) -> None:
    in_folder(tmp_path).remember(memo("AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", token="x" * 9))
    held = b"".join(file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())
    assert b"AWS_SECRET_ACCESS_KEY" in held
    assert b"wJalrXUtnFEMI" not in held


def read_and_write(memory: Memory) -> None:
    memory.all()
    memory.remember(memo("killed again"))


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("qdrant/meta.json", b"{}"),
        ("qdrant/meta.json", b"\xff"),
        ("qdrant/collection/muster_hashing/storage.sqlite", b"no database " * 400),
        ("history.db", b"no database " * 400),
    ],
)
def test_a_damaged_store_is_told_and_a_run_goes_on(tmp_path: Path, file: str, content: bytes) -> None:
    memory = in_folder(tmp_path)
    memory.remember(memo("task killed"))
    (tmp_path / file).write_bytes(content)
    with pytest.raises(ServiceError, match=r"the memory in .* can't be used: .*\n.*Move the folder .* away"):
        read_and_write(memory)
    assert ForgivingMemory(in_folder(tmp_path)).remember(memo("killed again")).id == ""


def test_a_port_in_the_servers_address_is_its_port() -> None:
    given = {"q": "http://q:6333", "q:7000": "http://q:7000", "https://q/db": "https://q:6333/db"}
    for host, meant in {**given, "http://127.0.0.1:6333": "http://127.0.0.1:6333"}.items():
        assert server_address(MemorySettings(qdrant_host=host)) == meant


def test_what_one_process_stored_another_one_finds(tmp_path: Path) -> None:
    in_folder(tmp_path).remember(memo("task killed"))
    assert [one.text for one in in_folder(tmp_path).all()] == ["task killed"]


HOLD = """
import fcntl, sys
file = open(sys.argv[1], "w")
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_writer_waits_and_then_says_who_is_in_the_way(tmp_path: Path) -> None:
    memory = in_folder(tmp_path)
    command = [sys.executable, "-c", HOLD, str(tmp_path / "memory.lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "held\n"
        with pytest.raises(ServiceTimeoutError, match=r"in use by another process.*\n.*QDRANT_HOST"):
            memory.remember(memo("task killed"))
        other.communicate("")
    assert memory.remember(memo("task killed")).id


def test_a_server_that_is_away_is_named(tmp_path: Path) -> None:
    memory = Mem0Memory(tmp_path, HashingEmbedder(), {"host": "127.0.0.1", "port": 9})
    with pytest.raises(ServiceError, match=r"Qdrant server 127\.0\.0\.1 can't be used.*\n.*QDRANT_HOST"):
        memory.all()


def test_a_run_goes_on_without_memory_and_one_warning_says_so(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    memory = ForgivingMemory(Mem0Memory(tmp_path, HashingEmbedder(), {"host": "127.0.0.1", "port": 9}))
    given = memo("task killed")
    assert memory.recall("killed", kind="failure", scope="prod") == ()
    assert memory.remember(given) == given
    assert memory.all() == ()
    assert not memory.forget("x")
    assert len([one for one in caplog.records if "goes on without memory" in one.message]) == 1


def test_where_none_is_wanted_nothing_is_remembered() -> None:
    memory = NoMemory()
    assert memory.remember(memo("task killed")).id == ""
    assert memory.all() == memory.recall("killed", kind="failure", scope="prod") == ()
    assert not memory.forget("x")
