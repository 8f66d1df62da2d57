import logging
import time
from pathlib import Path

import pytest

from core.prompts.samples import chat_prompt, folder_of, include, text_prompt
from muster.core.errors import PromptError
from muster.core.llm.ports import Prompt
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.langfuse_prompts import LangfusePrompts
from muster.core.prompts.library import FilePrompts, LangfuseFirstPrompts
from muster.core.prompts.ref import PromptRef
from muster.core.prompts.uses import PromptUse
from muster.core.testing.langfuse_double.server import RecordingLangfuse

FIX = PromptUse("fix", ("error",))
OTHER = PromptUse("other", ())
VALUES = {"error": "OOM"}


@pytest.fixture
def folder(tmp_path: Path) -> PromptFolder:
    fix = chat_prompt("fix", ("system", f"Repair. {include('rules')}"), ("user", "file: {{error}}"), version=4)
    return folder_of(tmp_path, fix, text_prompt("rules", "Widen nothing."), text_prompt("other", "other"))


@pytest.fixture
def files(folder: PromptFolder) -> FilePrompts:
    return FilePrompts(folder)


def first(server: LangfusePrompts, files: FilePrompts, *labels: str) -> LangfuseFirstPrompts:
    return LangfuseFirstPrompts(server, files, labels or ("production",))


def served(server: LangfusePrompts, text: str, label: str = "production") -> None:
    server.create(text_prompt("fix", text), label)


def ref_of(prompt: Prompt) -> PromptRef:
    assert prompt.ref is not None
    return prompt.ref


def test_a_file_is_composed_and_filled(files: FilePrompts) -> None:
    assert files.prompt(FIX, VALUES) == Prompt(
        "Repair. Widen nothing.", "file: OOM", PromptRef("fix", 4, "production", "file")
    )


def test_a_text_prompt_is_one_message_of_the_user(tmp_path: Path) -> None:
    files = FilePrompts(folder_of(tmp_path, text_prompt("fix", "Repair {{error}}.")))
    told = files.prompt(FIX, VALUES)
    assert (told.instructions, told.material) == ("", "Repair OOM.")


def test_examples_of_a_talk_are_told_with_who_spoke(tmp_path: Path) -> None:
    chat = chat_prompt("fix", ("system", "Repair."), ("user", "x"), ("assistant", "y"), ("user", "{{error}}"))
    told = FilePrompts(folder_of(tmp_path, chat)).prompt(FIX, VALUES)
    assert (told.instructions, told.material) == ("Repair.\n\nuser: x\n\nassistant: y", "OOM")


def test_a_file_is_read_once(files: FilePrompts, folder: PromptFolder) -> None:
    before = files.prompt(FIX, VALUES)
    folder.file("fix").unlink()
    assert files.prompt(FIX, VALUES) == before


def test_a_file_that_does_not_fit_the_code_is_refused(folder: PromptFolder) -> None:
    with pytest.raises(PromptError, match=r"the prompt fix \(version 4\) can't be used: it asks for \{\{error\}\}"):
        FilePrompts(folder).prompt(PromptUse("fix", ()), {})


def test_values_that_are_not_those_of_the_use_are_refused(files: FilePrompts) -> None:
    with pytest.raises(PromptError, match="the prompt fix was given errors, and is for error"):
        files.prompt(FIX, {"errors": "x"})


def test_langfuse_comes_first(server: LangfusePrompts, files: FilePrompts) -> None:
    served(server, "From the server: {{error}}")
    told = first(server, files).prompt(FIX, VALUES)
    assert told.material == "From the server: OOM"
    assert told.ref == PromptRef("fix", 1, "production", "langfuse")


def test_the_label_decides(server: LangfusePrompts, files: FilePrompts) -> None:
    served(server, "one {{error}}", "production")
    served(server, "two {{error}}", "staging")
    assert first(server, files, "staging").prompt(FIX, VALUES).material == "two OOM"


def test_an_experiment_uses_its_label_where_there_is_one(server: LangfusePrompts, files: FilePrompts) -> None:
    served(server, "one {{error}}", "production")
    served(server, "two {{error}}", "candidate")
    server.create(text_prompt("other", "as ever"), "production")
    library = first(server, files, "candidate", "production")
    assert ref_of(library.prompt(FIX, VALUES)).label == "candidate"
    assert library.prompt(OTHER, {}).ref == PromptRef("other", 1, "production", "langfuse")


def test_a_run_is_not_told_two_versions(server: LangfusePrompts, files: FilePrompts) -> None:
    served(server, "one {{error}}")
    library = first(server, files)
    before = library.prompt(FIX, VALUES)
    served(server, "two {{error}}")
    assert library.prompt(FIX, VALUES) == before


def test_a_prompt_is_fetched_once(langfuse: RecordingLangfuse, server: LangfusePrompts, files: FilePrompts) -> None:
    served(server, "one {{error}}")
    library = first(server, files)
    langfuse.requests.clear()
    for _ in range(3):
        library.prompt(FIX, VALUES)
    assert len(langfuse.requests) == 1


def test_the_file_stands_in_for_a_prompt_that_langfuse_has_not(
    server: LangfusePrompts, files: FilePrompts, caplog: pytest.LogCaptureFixture
) -> None:
    told = first(server, files).prompt(FIX, VALUES)
    assert told.ref == PromptRef("fix", 4, "production", "file", fallback=True)
    assert "no version of the prompt fix with the label production" in caplog.text


def test_the_file_stands_in_for_a_version_that_does_not_fit_the_code(
    server: LangfusePrompts, files: FilePrompts, caplog: pytest.LogCaptureFixture
) -> None:
    served(server, "one {{err}}")
    assert ref_of(first(server, files).prompt(FIX, VALUES)).fallback
    assert "{{err}}" in caplog.text
    assert "{{error}}" in caplog.text


def test_a_server_that_never_answers_costs_one_second_for_the_whole_run(
    langfuse: RecordingLangfuse, server: LangfusePrompts, files: FilePrompts, caplog: pytest.LogCaptureFixture
) -> None:
    langfuse.hang()
    library = first(server, files, "candidate", "production")
    began = time.monotonic()
    assert ref_of(library.prompt(FIX, VALUES)).fallback
    assert ref_of(library.prompt(OTHER, {})).fallback
    assert time.monotonic() - began < 2
    assert len(langfuse.requests) == 1
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


@pytest.mark.parametrize("status", [401, 403, 429, 500, 503])
def test_a_server_that_refuses_is_asked_once(
    langfuse: RecordingLangfuse, server: LangfusePrompts, files: FilePrompts, status: int
) -> None:
    langfuse.fail(status)
    library = first(server, files)
    library.prompt(FIX, VALUES)
    library.prompt(OTHER, {})
    assert len(langfuse.requests) == 1


def test_a_wrong_file_is_an_error_even_where_langfuse_was_to_have_it(server: LangfusePrompts, tmp_path: Path) -> None:
    files = FilePrompts(folder_of(tmp_path, text_prompt("fix", "no variable")))
    with pytest.raises(PromptError, match=r"does not use \{\{error\}\}"):
        first(server, files).prompt(FIX, VALUES)
