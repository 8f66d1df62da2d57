"""The core's own prompts: files that fit the code, and that a run's library gives as it gives an agent's."""

import json
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, Field, SecretStr

from core.llm.asking import CORE_FILES, GOOD, asked, model_of
from core.prompts.samples import folder_of, text_prompt
from muster.core.llm.answers import schema_of
from muster.core.llm.ports import Completed
from muster.core.llm.prompt_uses import ANSWER_CORRECTION, ANSWER_FORM, CORE_PROMPTS
from muster.core.prompts.langfuse_prompts import LangfuseKeys, LangfusePrompts, open_langfuse
from muster.core.prompts.library import FilePrompts, LangfuseFirstPrompts
from muster.core.prompts.uses import PromptUse, variables_in
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.core.testing.openai_double import OpenAIDouble, says

FOLDER = CORE_PROMPTS.folder
USES = pytest.mark.parametrize("use", CORE_PROMPTS.uses, ids=lambda use: use.name)


class Variable(BaseModel):
    """An answer whose fields are about secrets."""

    api_key: str = Field(default="", description="The NAME alone, such as DB_PASSWORD; never the value of a secret.")
    password: str | None = None
    place: Literal["vault", "token"] = "vault"


def test_every_file_is_used_and_every_use_has_its_file() -> None:
    assert set(FOLDER.names()) == {use.name for use in CORE_PROMPTS.uses}


@USES
def test_a_prompt_asks_for_what_the_code_gives_and_uses_it(use: PromptUse) -> None:
    assert set(variables_in(CORE_FILES.stored(use))) == set(use.variables)


@USES
def test_a_file_is_written_as_a_pull_would_write_it(use: PromptUse) -> None:
    assert FOLDER.file(use.name).read_text(encoding="utf-8") == FOLDER.read(use.name).document()


def test_the_library_of_any_agent_has_them(tmp_path: Path) -> None:
    of_an_agent = FilePrompts(folder_of(tmp_path, text_prompt("fix", "Repair.")))
    assert of_an_agent.prompt(ANSWER_CORRECTION, {"problem": "it is empty"}).material == (
        "That answer can't be used: it is empty. Answer again, with the whole JSON object alone."
    )


def test_a_schema_about_secrets_reaches_the_model_whole() -> None:
    with OpenAIDouble(says("{}")) as double:
        asked(model_of(double), Variable)
    (request,) = double.requests
    told = CORE_FILES.prompt(ANSWER_FORM, {"schema": "<>"}).material.partition("<>")[0]
    system = str(request.body["messages"][0]["content"])
    assert json.loads(system.partition(told)[2]) == schema_of(Variable)


def test_langfuse_s_version_is_what_a_model_is_told() -> None:
    with RecordingLangfuse() as langfuse, OpenAIDouble(says("no"), says(GOOD)) as double:
        keys = LangfuseKeys(langfuse.address, langfuse.public_key, SecretStr(langfuse.secret_key))
        with open_langfuse(keys, timeout_s=1.0) as client:
            server = LangfusePrompts(client)
            server.create(text_prompt("answer_form", "Give {{schema}} back."), "production")
            server.create(text_prompt("answer_correction", "No: {{problem}}."), "production")
            model = model_of(double, prompts=LangfuseFirstPrompts(server, CORE_FILES, ("production",)))
            assert isinstance(asked(model), Completed)
    first, second = double.requests
    assert 'Give {"' in str(first.body["messages"][0])
    assert second.body["messages"][-1]["content"] == "No: there is no JSON object in it."
