import pytest

from muster.core.gates.menu import draw, open_menu, press
from muster.core.gates.questions import Choice, ChoiceQuestion

ONE = ChoiceQuestion(id="c", text="?", choices=[Choice(value=v, label=v.upper()) for v in ("a", "b", "c")])
MANY = ONE.model_copy(update={"multiple": True})


def pressed(question: ChoiceQuestion, *keys: str) -> tuple[bool, list[str]]:
    menu = open_menu(question)
    for key in keys:
        menu = press(menu, key)
    return menu.done, menu.chosen()


@pytest.mark.parametrize(
    ("keys", "chosen"),
    [
        (["enter"], ["a"]),
        (["down", "enter"], ["b"]),
        (["up", "enter"], ["c"]),
        (["down", "down", "down", "enter"], ["a"]),
        (["3", "enter"], ["c"]),
        (["9", "x", "", " ", "enter"], ["a"]),
    ],
)
def test_keys_pick_one(keys: list[str], chosen: list[str]) -> None:
    assert pressed(ONE, *keys) == (True, chosen)


def test_space_marks_several_and_unmarks() -> None:
    assert pressed(MANY, " ", "down", "down", " ", "enter") == (True, ["a", "c"])
    assert pressed(MANY, " ", " ", "down", " ", "enter") == (True, ["b"])


def test_nothing_marked_cannot_be_taken() -> None:
    assert pressed(MANY, "enter") == (False, [])


def test_the_defaults_are_where_it_starts() -> None:
    assert pressed(ONE.model_copy(update={"default": ["b"]}), "enter") == (True, ["b"])
    assert pressed(MANY.model_copy(update={"default": ["b", "c"]}), "enter") == (True, ["b", "c"])


def test_it_shows_labels_marks_and_the_cursor() -> None:
    lines = draw(press(press(open_menu(MANY), " "), "down")).plain.splitlines()
    assert lines[:3] == ["   1 [x] A", ">  2 [ ] B", "   3 [ ] C"]
