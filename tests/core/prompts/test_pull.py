import pytest

from core.prompts.desk import FIX, PLAIN, Desk
from core.prompts.samples import chat_prompt, include, text_prompt
from muster.core.prompts.stored import StoredPrompt
from muster.core.testing.langfuse_double.prompt_versions import add_version


def edit_there(desk: Desk, prompt: StoredPrompt, label: str = "staging") -> None:
    """Change a prompt in Langfuse's own editor."""
    fields = prompt.model_dump(mode="json", include={"name", "type", "prompt", "config", "tags"})
    add_version(desk.langfuse.project, {**fields, "labels": [label]})


@pytest.fixture
def pushed(desk: Desk) -> Desk:
    """Files and Langfuse say the same."""
    desk("push")
    return desk


def test_what_is_the_same_is_left(pushed: Desk) -> None:
    pushed("pull")
    said = pushed("pull")
    assert said.out == "fix: version 1 already\nplain: version 1 already\nrules: version 1 already\n"


def test_a_new_version_replaces_a_file_that_nobody_changed(pushed: Desk) -> None:
    edit_there(pushed, text_prompt("plain", "Say good day."))
    said = pushed("pull", "-n", "plain")
    assert said == type(said)(0, "plain: version 2\n", "")
    pulled = pushed.folder.read("plain")
    assert (pulled.prompt, pulled.version, sorted(pulled.labels)) == ("Say good day.", 2, ["latest", "staging"])


def test_a_pulled_prompt_is_pushed_as_unchanged(pushed: Desk) -> None:
    edit_there(pushed, text_prompt("plain", "Say good day.", config={"temperature": 0.1}))
    pushed("pull")
    before = pushed.writes()
    assert "plain: unchanged, version 2" in pushed("push").out
    assert pushed.writes() == before


def test_pinned_parts_are_included_by_label_in_files(pushed: Desk) -> None:
    pushed("pull", "-n", "fix")
    assert pushed.folder.read("fix").prompt == FIX.prompt


@pytest.mark.parametrize(("typed", "text"), [("yes\n", "Say good day."), ("no\n", "Mine."), ("\n", "Mine.")])
def test_a_file_that_was_changed_here_is_shown_and_asked_about(pushed: Desk, typed: str, text: str) -> None:
    pushed.edit(text_prompt("plain", "Mine."))
    edit_there(pushed, text_prompt("plain", "Say good day."))
    said = pushed("pull", "-n", "plain", typed=typed)
    assert said.code == 0
    assert "-Mine.\n+Say good day." in said.out
    assert "plain was changed here" in said.err
    assert pushed.folder.read("plain").prompt == text


def test_a_pipe_that_answers_nothing_keeps_the_file(pushed: Desk) -> None:
    pushed.edit(text_prompt("plain", "Mine."))
    said = pushed("pull")
    assert said.code == 2
    assert "nobody answered" in said.err
    assert pushed.folder.read("plain").prompt == "Mine."


def test_a_file_whose_version_langfuse_never_had_counts_as_changed_here(pushed: Desk) -> None:
    pushed.edit(text_prompt("plain", "Mine.", version=77))
    assert "plain was changed here" in pushed("pull", "-n", "plain", typed="no\n").err


def test_a_file_that_was_pushed_from_here_does_not_count_as_changed_here(pushed: Desk) -> None:
    pushed.edit(text_prompt("plain", "Mine."))
    pushed("push", "-n", "plain")
    assert pushed.folder.read("plain").version == 1
    edit_there(pushed, text_prompt("plain", "Say good day."))
    said = pushed("pull", "-n", "plain")
    assert said == type(said)(0, "plain: version 3\n", "")


def test_a_dry_run_shows_the_change_and_writes_nothing(pushed: Desk) -> None:
    pushed.edit(text_prompt("plain", "Mine."))
    said = pushed("pull", "--dry-run")
    assert said.code == 0
    assert "-Mine.\n+Say hello." in said.out
    assert "plain: would be version 1" in said.out
    assert pushed.folder.read("plain").prompt == "Mine."


def test_pulling_all_goes_on_past_a_missing_one_with_a_warning(desk: Desk) -> None:
    desk("push", "-n", "plain")
    desk("push", "-n", "rules")
    edit_there(desk, text_prompt("plain", "Say good day."))
    said = desk("pull")
    assert said.code == 0
    assert said.err == "! fix: Langfuse has no version labelled staging\n"
    assert desk.folder.read("plain").prompt == "Say good day."


def test_one_missing_prompt_is_an_error(desk: Desk) -> None:
    said = desk("pull", "-n", "plain")
    assert said.code == 2
    assert "Langfuse has no version labelled staging of the prompt plain" in said.err


def test_a_version_that_does_not_fit_the_code_is_not_taken(pushed: Desk) -> None:
    edit_there(pushed, chat_prompt("fix", ("user", "{{eror}}")))
    said = pushed("pull", "-n", "fix")
    assert said.err.startswith("! fix is left as it is: the prompt fix (version 2) can't be used: it asks for {{eror}}")
    assert pushed.folder.read("fix").prompt == FIX.prompt


def test_a_version_is_pulled_by_its_number(pushed: Desk) -> None:
    edit_there(pushed, text_prompt("plain", "Say good day."))
    pushed("pull", "-n", "plain")
    said = pushed("pull", "-n", "plain", "--version", "1")
    assert said.out == "plain: version 1\n"
    assert pushed.folder.read("plain").prompt == PLAIN.prompt


def test_a_version_needs_a_name(desk: Desk) -> None:
    said = desk("pull", "-v", "1")
    assert said.code == 2
    assert "Give --name too" in said.err


def test_a_part_that_is_only_in_langfuse_can_be_pulled_too(pushed: Desk) -> None:
    edit_there(pushed, text_prompt("tone", "Softly."), "production")
    edit_there(pushed, text_prompt("plain", f"Say hello. {include('tone')}"))
    said = pushed("pull", "-n", "plain")
    assert said.err == "! plain includes tone, which has no file: pull it too\n"
    pushed("pull", "-n", "tone", "-l", "production")
    assert pushed.folder.read("tone").prompt == "Softly."
    assert "plain: unchanged" in pushed("push", "-n", "plain").out.splitlines()[-2]


def test_a_broken_file_is_replaced_only_on_a_yes(pushed: Desk) -> None:
    pushed.folder.file("plain").write_text("{")
    assert pushed("pull", "-n", "plain").code == 2
    assert pushed("pull", "-n", "plain", typed="yes\n").code == 0
    assert pushed.folder.read("plain").prompt == PLAIN.prompt


def test_how_a_prompt_was_optimized_comes_back(desk: Desk) -> None:
    desk.edit(text_prompt("plain", "Say hello.", dspy_metadata={"optimizer": "GEPA"}))
    desk("push", "-n", "plain")
    desk.edit(PLAIN)
    desk("pull", "-n", "plain", typed="yes\n")
    assert desk.folder.read("plain").dspy_metadata == {"optimizer": "GEPA"}
