"""The journal brings a cluster back as it was."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from muster.core.errors import UsageError
from muster.nomad.embedded.host import Host
from muster.nomad.embedded.state.values import SECOND
from nomad.embedded.jobs import START_NS, job

NODES = [{"name": "one"}]


@contextmanager
def opened(folder: Path, images: list[dict[str, Any]] | None = None, now_ns: int = START_NS) -> Iterator[Host]:
    host = Host(folder / "journal.jsonl", NODES, images or [], now_ns, "test")
    try:
        yield host
    finally:
        host.close()


def test_a_cluster_that_was_killed_comes_back_as_it_was(tmp_path: Path) -> None:
    with opened(tmp_path) as before:
        before.write("register", job=job(), enforce=None)
        before.advance_to(START_NS + 30 * SECOND)
        before.mark()
    with opened(tmp_path, now_ns=START_NS + 999 * SECOND) as after:
        assert after.now_ns == before.now_ns
        assert after.cluster.store.allocations == before.cluster.store.allocations
        assert after.cluster.store.index == before.cluster.store.index


def test_a_line_that_was_cut_off_is_forgotten(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        first.write("register", job=job(), enforce=None)
    path = tmp_path / "journal.jsonl"
    path.write_text(path.read_text() + '{"op":"dereg')
    with opened(tmp_path) as second:
        assert len(second.cluster.store.jobs) == 1
        second.write("deregister", namespace="default", job_id="web", purge=True)
    with opened(tmp_path) as third:
        assert not third.cluster.store.jobs


def test_a_broken_line_in_the_middle_is_refused_with_its_number(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    path = tmp_path / "journal.jsonl"
    path.write_text(path.read_text() + "zip\n{}\n")
    with pytest.raises(UsageError, match="line 2"), opened(tmp_path):
        pass


def test_other_images_count_from_the_next_start_on(tmp_path: Path) -> None:
    with opened(tmp_path) as first:
        first.write("register", job=job(), enforce=None)
        first.advance_to(START_NS + 30 * SECOND)
        first.mark()
    with opened(tmp_path, [{"image": "app:*", "exit_code": 1}]) as second:
        assert {a.client_status for a in second.cluster.store.allocations.values()} == {"running"}
        second.write("register", job=job(job_id="other"), enforce=None)
        second.advance_to(START_NS + 60 * SECOND)
        other = second.cluster.store.job_allocations(("default", "other"))
        assert {a.client_status for a in other} == {"failed"}
