import json
from pathlib import Path

import pytest

from core.prompts.samples import chat_prompt, folder_of, raw_file, text_prompt
from muster.core.errors import PromptError, UsageError
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.stored import StoredPrompt, read_stored

CHAT = chat_prompt("greet", ("system", "Be kind."), ("user", "{{name}}"), config={"temperature": 0.2}, tags=["a"])


def test_a_prompt_that_was_written_is_read_back(tmp_path: Path) -> None:
    assert folder_of(tmp_path, CHAT).read("greet") == CHAT


def test_a_file_has_langfuses_fields_in_its_order(tmp_path: Path) -> None:
    fields = json.loads(folder_of(tmp_path, CHAT).file("greet").read_text())
    assert list(fields) == ["name", "type", "prompt", "config", "version", "labels", "tags"]


def test_how_a_prompt_was_optimized_is_kept_in_its_file(tmp_path: Path) -> None:
    optimized = text_prompt("a", "x", dspy_metadata={"optimizer": "GEPA"})
    assert json.loads(folder_of(tmp_path, optimized).file("a").read_text())["dspy_metadata"] == {"optimizer": "GEPA"}


def test_how_a_prompt_was_optimized_travels_inside_the_config() -> None:
    optimized = text_prompt("a", "x", config={"k": 1}, dspy_metadata={"optimizer": "GEPA"})
    assert optimized.sent_config() == {"k": 1, "dspy_metadata": {"optimizer": "GEPA"}}
    assert text_prompt("a", "x", config=optimized.sent_config()) == optimized


def test_fields_of_a_full_export_that_nobody_needs_are_left_out() -> None:
    exported = {"id": "1", "projectId": "p", "createdAt": "2026", "commitMessage": None, "isActive": None}
    assert text_prompt("a", "x", **exported) == text_prompt("a", "x")


def test_a_config_of_null_is_an_empty_one() -> None:
    assert text_prompt("a", "x", config=None).config == {}


def test_names_are_sorted(tmp_path: Path) -> None:
    assert folder_of(tmp_path, text_prompt("b", "x"), text_prompt("a", "x")).names() == ("a", "b")


def test_a_missing_prompt_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(PromptError) as refused:
        folder_of(tmp_path, CHAT).read("nope")
    assert refused.value.message == "there is no prompt nope"
    assert refused.value.advice == "The prompts are greet."


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("{", "can't be read"),
        ("[" * 100_000, "can't be read"),
        ([], "no prompt in Langfuse's export format"),
        ({"name": "a", "type": "text", "prompt": "x"}, "version: Field required"),
        ({"name": "a", "type": "text", "prompt": "x", "version": 0}, "version: "),
        ({"name": "a", "type": "speech", "prompt": "x", "version": 1}, "type: "),
        ({"name": "../a", "type": "text", "prompt": "x", "version": 1}, "name: "),
        ({"name": "b", "type": "text", "prompt": "x", "version": 1}, "the file a.json holds a prompt named b"),
        ({"name": "a", "type": "chat", "prompt": "x", "version": 1}, "has the type chat"),
        ({"name": "a", "type": "text", "prompt": [], "version": 1}, "has the type text"),
        ({"name": "a", "type": "chat", "prompt": [{"type": "placeholder", "name": "h"}], "version": 1}, "prompt."),
    ],
)
def test_a_file_that_is_no_prompt_is_refused_with_the_reason(tmp_path: Path, document: object, said: str) -> None:
    with pytest.raises(PromptError) as refused:
        raw_file(tmp_path / "a.json", document).read("a")
    assert said in refused.value.message


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xfe{")
    with pytest.raises(PromptError, match="can't be read"):
        PromptFolder(tmp_path).read("a")


def test_a_folder_that_is_not_there_can_not_be_written_to(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="can't be written"):
        PromptFolder(tmp_path / "gone").write(CHAT)


def test_a_folder_that_is_not_there_has_no_prompts(tmp_path: Path) -> None:
    assert PromptFolder(tmp_path / "gone").names() == ()


def test_version_labels_and_tags_make_no_difference_to_a_model() -> None:
    assert text_prompt("a", "x").says_the_same(text_prompt("a", "x", version=7, labels=["b"], tags=["c"]))


@pytest.mark.parametrize("other", [text_prompt("a", "y"), text_prompt("a", "x", config={"k": 1})])
def test_text_and_config_do_make_a_difference(other: StoredPrompt) -> None:
    assert not text_prompt("a", "x").says_the_same(other)


def test_messages_carry_only_role_and_content() -> None:
    stored = read_stored(
        {"name": "a", "type": "chat", "prompt": [{"type": "message", "role": "user", "content": "x"}], "version": 1},
        "it",
    )
    assert stored == chat_prompt("a", ("user", "x"))
