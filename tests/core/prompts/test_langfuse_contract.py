"""The same facts through the real SDK and through our adapter: the double speaks the wire that both speak."""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from typing import Any, Protocol

import pytest

from core.prompts.samples import include, text_prompt
from muster.core.errors import AccessDeniedError
from muster.core.prompts.langfuse_prompts import LangfuseKeys, LangfusePrompts, open_langfuse
from muster.core.testing.langfuse_double.server import RecordingLangfuse

pytest.importorskip("langfuse")

from langfuse import Langfuse
from langfuse.api import AccessDeniedError as SdkAccessDeniedError
from langfuse.api import NotFoundError, UnauthorizedError


class Speaker(Protocol):
    """The few things that both clients do."""

    def create(self, name: str, text: str, label: str) -> int: ...
    def text(self, name: str, label: str) -> str | None: ...
    def move(self, name: str, version: int, label: str) -> None: ...
    def names(self) -> list[str]: ...


class Sdk:
    def __init__(self, client: Any) -> None:
        self.client = client

    def create(self, name: str, text: str, label: str) -> int:
        return self.client.create_prompt(name=name, prompt=text, labels=[label]).version

    def text(self, name: str, label: str) -> str | None:
        try:
            return self.client.get_prompt(
                name, label=label, max_retries=0, fetch_timeout_seconds=1, cache_ttl_seconds=0
            ).prompt
        except NotFoundError:
            return None

    def move(self, name: str, version: int, label: str) -> None:
        self.client.update_prompt(name=name, version=version, new_labels=[label])

    def names(self) -> list[str]:
        return [meta.name for meta in self.client.api.prompts.list(limit=50).data]


class Ours:
    def __init__(self, client: LangfusePrompts) -> None:
        self.client = client

    def create(self, name: str, text: str, label: str) -> int:
        return self.client.create(text_prompt(name, text), label).version

    def text(self, name: str, label: str) -> str | None:
        found = self.client.labelled(name, label)
        return found.texts()[0] if found else None

    def move(self, name: str, version: int, label: str) -> None:
        self.client.add_label(name, version, label)

    def names(self) -> list[str]:
        return [meta.name for meta in self.client.listed()]


def open_sdk(double: RecordingLangfuse, secret_key: str, left: ExitStack) -> Any:
    client = Langfuse(
        public_key=double.public_key, secret_key=secret_key, base_url=double.address, tracing_enabled=False, timeout=1
    )
    left.callback(client.shutdown)
    return client


def _sdk(langfuse: RecordingLangfuse, keys: LangfuseKeys, left: ExitStack) -> Speaker:
    return Sdk(open_sdk(langfuse, langfuse.secret_key, left))


def _ours(langfuse: RecordingLangfuse, keys: LangfuseKeys, left: ExitStack) -> Speaker:
    return Ours(LangfusePrompts(left.enter_context(open_langfuse(keys, timeout_s=1.0))))


@pytest.fixture(params=[_sdk, _ours], ids=["sdk", "ours"])
def speaker(request: pytest.FixtureRequest, langfuse: RecordingLangfuse, keys: LangfuseKeys) -> Generator[Speaker]:
    make: Callable[[RecordingLangfuse, LangfuseKeys, ExitStack], Speaker] = request.param
    with ExitStack() as left:
        yield make(langfuse, keys, left)


def test_versions_count_up_and_a_label_names_one_of_them(speaker: Speaker) -> None:
    assert [speaker.create("a", text, "staging") for text in ("one", "two")] == [1, 2]
    assert speaker.text("a", "staging") == "two"


def test_the_newest_version_is_labelled_latest(speaker: Speaker) -> None:
    speaker.create("a", "one", "staging")
    assert speaker.text("a", "latest") == "one"


def test_a_label_that_nobody_has_finds_nothing(speaker: Speaker) -> None:
    speaker.create("a", "one", "staging")
    assert speaker.text("a", "production") is None


def test_a_moved_label_names_the_other_version(speaker: Speaker) -> None:
    speaker.create("a", "one", "staging")
    speaker.create("a", "two", "other")
    speaker.move("a", 1, "other")
    assert speaker.text("a", "other") == "one"


def test_included_prompts_are_put_in(speaker: Speaker) -> None:
    speaker.create("part", 'say "$1"', "production")
    speaker.create("whole", f"[{include('part')}|{include('part', 'version=1')}]", "staging")
    assert speaker.text("whole", "staging") == '[say "$1"|say "$1"]'


def test_prompts_are_listed_by_name(speaker: Speaker) -> None:
    for name in ("b", "a"):
        speaker.create(name, "x", "staging")
    assert speaker.names() == ["a", "b"]


def test_a_protected_label_stays(speaker: Speaker, langfuse: RecordingLangfuse) -> None:
    speaker.create("a", "one", "staging")
    langfuse.project.protected_labels.add("production")
    with pytest.raises((AccessDeniedError, SdkAccessDeniedError)):
        speaker.move("a", 1, "production")
    assert speaker.text("a", "production") is None


def test_the_sdk_is_refused_with_wrong_keys(langfuse: RecordingLangfuse) -> None:
    with ExitStack() as left:
        client = open_sdk(langfuse, "sk-lf-wrong", left)
        with pytest.raises(UnauthorizedError, match="Invalid credentials"):
            client.api.prompts.list()


def test_the_sdk_falls_back_when_the_double_hangs(langfuse: RecordingLangfuse) -> None:
    with ExitStack() as left:
        client = open_sdk(langfuse, langfuse.secret_key, left)
        langfuse.hang()
        prompt = client.get_prompt("a", fallback="as ever", max_retries=0, fetch_timeout_seconds=1)
    assert (prompt.prompt, prompt.is_fallback) == ("as ever", True)


def test_the_sdk_finds_the_project_of_its_keys(langfuse: RecordingLangfuse) -> None:
    with ExitStack() as left:
        found = open_sdk(langfuse, langfuse.secret_key, left).api.projects.get()
    assert [project.name for project in found.data] == ["double"]
