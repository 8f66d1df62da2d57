"""Every prompt command that writes has `--dry-run`, and it touches nothing."""

import pytest

from core.prompts.desk import Desk
from core.prompts.samples import text_prompt
from core.prompts.test_pull import edit_there

WRITES = {
    "push": ["push"],
    "pull": ["pull", "-l", "candidate"],
    "promote": ["promote", "-l", "production"],
}


def files(desk: Desk) -> dict[str, tuple[bytes, int]]:
    return {one.name: (one.read_bytes(), one.stat().st_mtime_ns) for one in desk.folder.path.iterdir()}


@pytest.mark.parametrize("words", WRITES.values(), ids=WRITES)
def test_a_dry_run_touches_nothing_where_the_command_would(desk: Desk, words: list[str]) -> None:
    desk("push")
    edit_there(desk, text_prompt("plain", "Say good day."), "candidate")
    desk.edit(text_prompt("plain", "Mine."))
    before = files(desk), list(desk.langfuse.project.prompts), desk.writes()
    assert desk(*words, "--dry-run").code == 0
    assert (files(desk), desk.langfuse.project.prompts, desk.writes()) == before
    desk(*words, typed="yes\n")
    assert (files(desk), desk.langfuse.project.prompts) != before[:2]


@pytest.mark.parametrize("command", WRITES)
def test_the_help_says_that_nothing_is_changed(desk: Desk, command: str) -> None:
    said = " ".join(desk(command, "--help").out.split())
    assert "--dry-run Say what would be done; change nothing, here or in Langfuse." in said
