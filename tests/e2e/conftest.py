"""A shell for tests that go through the command lines."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.calling import Shell


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    """The command lines in this process, in a folder and a home of their own."""
    before = signal.getsignal(signal.SIGTERM)
    yield Shell(tmp_path / "muster-home", capsys, monkeypatch)
    signal.signal(signal.SIGTERM, before)
