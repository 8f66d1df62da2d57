"""`threads demo` as a user runs it."""

import re
from pathlib import Path

import pytest

from threads.commands.stack import environment, run


@pytest.mark.e2e
def test_the_demo_publishes_eight_posts_and_shows_a_blocked_and_a_repeated_one(tmp_path: Path) -> None:
    done = run(["demo"], environment(tmp_path), tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "8 published once each, 1 duplicate, 1 blocked" in done.stdout
    states = re.findall(r"^[0-9a-f]{8}  ai-\w+ +(\w+)", done.stdout, re.MULTILINE)
    assert sorted(states) == ["blocked", "duplicate", *["published"] * 8]


@pytest.mark.e2e
def test_the_demo_leaves_nothing_behind_and_says_nothing_but_its_board(tmp_path: Path) -> None:
    settings = {"OPENAI_API_KEY": "a-real-key", "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    settings |= {"HOME": str(tmp_path / "user"), "TMPDIR": str(tmp_path)}
    done = run(["demo"], environment(tmp_path / "muster", **settings), tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.glob("muster*")) == []
