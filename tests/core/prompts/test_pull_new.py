"""A prompt that only Langfuse has is pulled to one agent's folder, and never to a guessed one."""

import pytest

from core.prompts.desk import Desk
from core.prompts.samples import text_prompt
from core.prompts.test_pull import edit_there
from muster.core.prompts.files import PromptFolder
from muster.core.prompts.uses import CORE


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """Langfuse has a prompt `tone` that no agent has."""
    edit_there(desk, text_prompt("tone", "Softly."))
    return desk


def folder(desk: Desk, agent: str) -> PromptFolder:
    return next(one.folder for one in desk.others if one.agent == agent)


def test_it_goes_to_the_only_agent_and_never_to_the_core(desk: Desk) -> None:
    both = desk.beside(CORE)
    assert both("pull", "-n", "tone").out == "tone: version 1\n"
    assert both.folder.has("tone")
    assert not folder(both, CORE).has("tone")


def test_of_several_agents_one_has_to_be_named_before_langfuse_is_asked(desk: Desk) -> None:
    several = desk.beside("other").beside(CORE)
    said = several("pull", "-n", "tone")
    assert said.code == 2
    assert said.err == "no agent has a prompt tone yet\nSay whose it will be by --agent: sample, other.\n"
    assert several.langfuse.requests == []


def test_it_goes_to_the_agent_that_was_named(desk: Desk) -> None:
    several = desk.beside("other")
    assert several("pull", "-n", "tone", "--agent", "other").code == 0
    assert folder(several, "other").read("tone").prompt == "Softly."
    assert not several.folder.has("tone")


@pytest.mark.parametrize("agent", ["nobody", CORE])
def test_an_agent_that_takes_none_is_told_with_those_that_do(desk: Desk, agent: str) -> None:
    said = desk.beside(CORE)("pull", "-n", "tone", "--agent", agent)
    assert said.code == 2
    assert "Say whose it will be by --agent: sample." in said.err


def test_a_prompt_that_is_here_stays_whose_it_is(desk: Desk) -> None:
    several = desk.beside("other", text_prompt("theirs", "Loudly."))
    edit_there(several, text_prompt("theirs", "Loudly."))
    said = several("pull", "-n", "theirs", "--agent", "sample")
    assert said.code == 2
    assert "the prompt theirs is kept by other" in said.err
    assert several("pull", "-n", "theirs").code == 0
    assert not several.folder.has("theirs")


def test_an_agent_without_a_name_is_wrong_use(desk: Desk) -> None:
    said = desk("pull", "--agent", "sample")
    assert said.code == 2
    assert "Give --name too" in said.err
