"""A shell for tests that go through the command lines."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.calling import Shell
from muster.nomad.embedded.launch import EmbeddedCluster, ensure_cluster, stop_cluster


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """The command lines in this process, in a folder and a home of their own."""
    before = signal.getsignal(signal.SIGTERM)
    yield Shell(tmp_path / "muster-home", capsys, monkeypatch)
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def cluster(shell: Shell) -> Iterator[EmbeddedCluster]:
    """The embedded cluster of the shell's home, as `--embedded` finds it."""
    home = shell.home / "embedded"
    yield ensure_cluster(home)
    stop_cluster(home)
