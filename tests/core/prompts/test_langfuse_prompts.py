import time
from dataclasses import replace

import pytest
from pydantic import SecretStr

from core.http_double import http_double, saying
from core.prompts.samples import chat_prompt, include, text_prompt
from muster.core.errors import (
    AccessDeniedError,
    PromptError,
    ServiceFailureError,
    ServiceTimeoutError,
    SettingsError,
    UnreachableError,
    UsageError,
)
from muster.core.prompts.langfuse_prompts import LangfuseKeys, LangfusePrompts, open_langfuse
from muster.core.prompts.stored import StoredPrompt
from muster.core.testing.langfuse_double.server import RecordingLangfuse

CHAT = chat_prompt("greet", ("system", "Be kind."), ("user", "{{name}}"), config={"k": 1}, tags=["a"])


def found(prompt: StoredPrompt | None) -> StoredPrompt:
    assert prompt is not None
    return prompt


def test_a_version_that_was_created_is_found_by_its_label_and_its_number(server: LangfusePrompts) -> None:
    made = server.create(CHAT, "staging")
    assert made.version == 1
    assert server.labelled("greet", "staging") == server.numbered("greet", 1) == made
    assert made.says_the_same(CHAT)
    assert (made.tags, sorted(made.labels)) == (["a"], ["latest", "staging"])


def test_a_version_or_label_that_is_not_there_is_none(server: LangfusePrompts) -> None:
    server.create(CHAT, "staging")
    assert server.labelled("greet", "production") is None
    assert server.labelled("nope", "staging") is None
    assert server.numbered("greet", 2) is None


def test_what_is_included_is_put_in_and_can_be_left_out(server: LangfusePrompts) -> None:
    server.create(text_prompt("part", "kindly"), "production")
    server.create(text_prompt("whole", f"Do it {include('part')}."), "production")
    whole = found(server.labelled("whole", "production"))
    assert whole.prompt == "Do it kindly."
    assert found(server.written("whole", whole.version)).prompt == f"Do it {include('part')}."


def test_a_label_moves(server: LangfusePrompts) -> None:
    server.create(CHAT, "staging")
    server.create(chat_prompt("greet", ("user", "{{name}}")), "candidate")
    server.add_label("greet", 2, "staging")
    assert found(server.labelled("greet", "staging")).version == 2


def test_all_pages_of_the_list_are_read(server: LangfusePrompts) -> None:
    for number in range(101):
        server.create(text_prompt(f"p{number:03}", "x"), "staging")
    listed = server.listed()
    assert [meta.name for meta in listed] == [f"p{number:03}" for number in range(101)]
    assert (listed[0].versions, listed[0].labels) == ([1], ["latest", "staging"])


def test_an_empty_project_has_no_prompts(server: LangfusePrompts) -> None:
    assert server.listed() == ()


def test_how_a_prompt_was_optimized_survives(server: LangfusePrompts) -> None:
    server.create(text_prompt("a", "x", config={"k": 1}, dspy_metadata={"optimizer": "GEPA"}), "staging")
    back = found(server.labelled("a", "staging"))
    assert (back.config, back.dspy_metadata) == ({"k": 1}, {"optimizer": "GEPA"})


def test_a_protected_label_is_explained(langfuse: RecordingLangfuse, server: LangfusePrompts) -> None:
    server.create(CHAT, "staging")
    langfuse.project.protected_labels.add("production")
    with pytest.raises(AccessDeniedError) as refused:
        server.add_label("greet", 1, "production")
    assert "Protected labels are: production" in refused.value.message
    assert "An admin or owner may move it" in refused.value.advice
    with pytest.raises(AccessDeniedError, match="create a prompt with a protected label"):
        server.create(CHAT, "production")


def test_what_langfuse_does_not_take_is_told_in_its_words(server: LangfusePrompts) -> None:
    with pytest.raises(UsageError, match="Prompt dependency not found: nope - label production"):
        server.create(text_prompt("a", include("nope")), "staging")
    with pytest.raises(UsageError, match="Prompt 'a' version 3 not found"):
        server.add_label("a", 3, "staging")


def test_wrong_keys_are_named_by_their_settings(keys: LangfuseKeys) -> None:
    wrong = replace(keys, secret_key=SecretStr("sk-lf-wrong"))
    with open_langfuse(wrong, timeout_s=1.0) as client, pytest.raises(AccessDeniedError) as refused:
        LangfusePrompts(client).labelled("a", "production")
    assert "Invalid credentials" in refused.value.message
    assert "LANGFUSE_SECRET_KEY" in refused.value.advice
    assert "sk-lf" not in str(refused.value)


def test_a_server_that_never_answers_costs_a_second(langfuse: RecordingLangfuse, server: LangfusePrompts) -> None:
    langfuse.hang()
    began = time.monotonic()
    with pytest.raises(ServiceTimeoutError):
        server.labelled("a", "production")
    assert time.monotonic() - began < 2


def test_a_failing_server_is_asked_once(langfuse: RecordingLangfuse, server: LangfusePrompts) -> None:
    langfuse.fail(500)
    with pytest.raises(ServiceFailureError, match="500"):
        server.labelled("a", "production")
    assert len(langfuse.requests) == 1


def test_a_server_that_is_not_there_is_told(keys: LangfuseKeys) -> None:
    nobody = replace(keys, base_url="http://127.0.0.1:9")
    with open_langfuse(nobody, timeout_s=1.0) as client, pytest.raises(UnreachableError, match="LANGFUSE_BASE_URL"):
        LangfusePrompts(client).labelled("a", "production")


@pytest.mark.parametrize(
    ("status", "body"), [("404 Not Found", "<h1>no such page</h1>"), ("200 OK", "<h1>hello</h1>"), ("200 OK", "[]")]
)
def test_a_server_that_is_no_langfuse_is_told_from_a_missing_prompt(keys: LangfuseKeys, status: str, body: str) -> None:
    with (
        http_double(saying(status, body)) as (address, _),
        open_langfuse(replace(keys, base_url=address), timeout_s=1.0) as client,
    ):
        with pytest.raises((ServiceFailureError, PromptError)):
            LangfusePrompts(client).labelled("a", "production")
        with pytest.raises(ServiceFailureError):
            LangfusePrompts(client).listed()


def test_an_address_below_a_path_is_kept(keys: LangfuseKeys) -> None:
    with (
        http_double(saying("404 Not Found", "")) as (address, requests),
        open_langfuse(replace(keys, base_url=f"{address}/langfuse"), timeout_s=1.0) as client,
        pytest.raises(ServiceFailureError),
    ):
        LangfusePrompts(client).labelled("a", "production")
    assert requests[0].startswith(b"GET /langfuse/api/public/v2/prompts/a?label=production")


def test_an_address_that_is_none_is_refused(keys: LangfuseKeys) -> None:
    with (
        pytest.raises(SettingsError, match="LANGFUSE_BASE_URL"),
        open_langfuse(replace(keys, base_url="x"), timeout_s=1),
    ):
        pass
