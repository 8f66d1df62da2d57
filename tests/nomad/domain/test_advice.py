"""What a human is asked where no rule knows a repair."""

import pytest

from muster.core.gates.questions import TextQuestion
from muster.core.gates.validate import Accepted, Rejected, check_answer
from muster.nomad.domain.advice import advice_question, advised_repair
from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.patches.task import SetImage

NO_IMAGE = Cause(kind="image_not_found", remedy="human", summary="no such image", group="web", task="app")


@pytest.mark.parametrize("image", ["http://x", "https://registry.example/app:1", "Two words", "a b", "/app"])
def test_what_is_no_image_is_not_taken(image: str) -> None:
    assert isinstance(check_answer(question(), image), Rejected)


@pytest.mark.parametrize("image", ["app", "registry.example:5000/team/app:1.2", f"app@sha256:{'0' * 64}"])
def test_another_image_is_registered_as_it_was_given(image: str) -> None:
    assert check_answer(question(), image) == Accepted(image)
    repair = advised_repair(NO_IMAGE, image)
    assert repair
    assert repair.patch == SetImage(group="web", task="app", image=image)


def test_an_empty_answer_gives_up() -> None:
    assert check_answer(question(), "") == Accepted("")
    assert advised_repair(NO_IMAGE, "") is None


def question() -> TextQuestion:
    asked = advice_question(NO_IMAGE)
    assert asked
    return asked
