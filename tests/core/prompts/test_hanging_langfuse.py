"""A Langfuse that takes connections and never answers: one wait, one message, and nothing changed."""

import time

import pytest

from core.prompts.desk import PLAIN, Desk

COMMANDS = ["list", "diff", "push", "pull", "promote"]


@pytest.fixture
def hanging(desk: Desk) -> Desk:
    desk.langfuse.hang()
    return desk


@pytest.mark.parametrize("command", COMMANDS)
def test_a_langfuse_that_never_answers_is_waited_for_once(hanging: Desk, command: str) -> None:
    began = time.monotonic()
    said = hanging(command)
    assert time.monotonic() - began < 8  # an ordinary answer would be given 10
    assert len(hanging.langfuse.requests) == 1
    assert (said.code, said.out) == (3, "")


def test_the_message_names_the_address_and_its_setting(hanging: Desk) -> None:
    told, advice = hanging("push", "-n", "plain").err.splitlines()
    assert hanging.langfuse.address in told
    assert "of Langfuse: no answer in time" in told
    assert advice.startswith("Check LANGFUSE_BASE_URL")
    assert hanging.folder.read("plain") == PLAIN
