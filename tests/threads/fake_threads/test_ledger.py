from pathlib import Path

import pytest

from muster.core.errors import SourceError
from muster.threads.fake_threads.ledger import Ledger
from threads.fake_platform import running_fake


def test_a_restart_keeps_posts_tokens_and_the_clock(tmp_path: Path) -> None:
    file = tmp_path / "fake.jsonl"
    with running_fake(file) as fake:
        token = fake.short_token("ai-jesus")
        first = fake.post(token, "The first.")
        fake.advance(1000)
        then = fake.control("GET", "clock")["now"]
    with running_fake(file) as fake:
        assert fake.control("GET", "clock")["now"] > then
        second = fake.post(token, "The second.")
        assert [post["id"] for post in fake.published()] == [first, second]
    assert file.stat().st_mode & 0o077 == 0


def test_a_change_that_was_half_written_did_not_happen(tmp_path: Path) -> None:
    file = tmp_path / "fake.jsonl"
    with running_fake(file) as fake:
        token = fake.short_token("ai-jesus")
        fake.post(token, "Done.")
        container = fake.graph(token, "POST", "me/threads", media_type="TEXT", text="Half.").json()["id"]
        before = file.stat().st_size
        fake.graph(token, "POST", "me/threads_publish", creation_id=container)
    with file.open("r+b") as lines:
        lines.truncate(before + 100)
    with running_fake(file) as fake:
        assert [post["text"] for post in fake.published()] == ["Done."]
        fake.graph(token, "POST", "me/threads_publish", creation_id=container).raise_for_status()
    assert len(Ledger(file).media) == 2


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "fake.jsonl"
    file.write_text('[{"kind": "poem"}]\n')
    with pytest.raises(SourceError, match="line 1 of"):
        Ledger(file)
