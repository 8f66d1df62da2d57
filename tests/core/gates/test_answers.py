from pathlib import Path

import pytest
from rich.console import Console

from muster.core.errors import NoAnswerError, UsageError
from muster.core.gates.answers import AnswersFront, load_answers
from muster.core.gates.draft import Draft
from muster.core.gates.front import DefaultsFront, Front
from muster.core.gates.fronts import pick_front
from muster.core.gates.questions import ConfirmQuestion, Form, NumberQuestion, TextQuestion
from muster.core.gates.terminal import TerminalFront
from muster.core.testing.fronts import ScriptedFront

KNOWN = ("image", "count", "keep")
FORM = Form(
    title="T",
    questions=[
        TextQuestion(id="image", text="Image?"),
        NumberQuestion(id="count", text="How many?", default=1),
        ConfirmQuestion(id="keep", text="Keep?"),
    ],
)


def answers_file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "answers.yaml"
    path.write_text(text)
    return path


def with_file(path: Path, otherwise: Front) -> AnswersFront:
    return AnswersFront(load_answers(path, KNOWN), otherwise)


def test_the_file_answers_and_the_rest_is_asked(tmp_path: Path) -> None:
    terminal = ScriptedFront({"keep": True, "count": 2})
    front = with_file(answers_file(tmp_path, "image: app\n"), terminal)
    assert front.ask(FORM, Draft()) == {"image": "app", "keep": True, "count": 2}
    assert [[question.id for question in form.questions] for form in terminal.asked] == [["count", "keep"]]


def test_the_file_may_say_which_answers_to_remember(tmp_path: Path) -> None:
    front = with_file(answers_file(tmp_path, "image: app\nremember: [image, count]\n"), DefaultsFront())
    assert front.to_remember() == ["image", "count"]
    assert front.never_asked() == ["image"]


def test_what_is_never_asked_can_not_be_remembered(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'imagine' is no question; did you mean 'image'"):
        load_answers(answers_file(tmp_path, "remember: [imagine]"), KNOWN)
    with pytest.raises(UsageError, match="remember must be a list of question ids"):
        load_answers(answers_file(tmp_path, "remember: {image: yes}"), KNOWN)


def test_a_complete_file_asks_nothing(tmp_path: Path) -> None:
    terminal = ScriptedFront({})
    path = answers_file(tmp_path, "{image: app, count: 3, keep: no}")
    assert with_file(path, terminal).ask(FORM, Draft()) == {
        "image": "app",
        "count": 3,
        "keep": False,
    }
    assert terminal.asked == []


def test_without_questions_the_file_and_the_defaults_must_do(tmp_path: Path) -> None:
    path = answers_file(tmp_path, "image: app")
    front = pick_front(path, ask=False, console=Console(), known=KNOWN)
    with pytest.raises(NoAnswerError, match=r"T: keep \(Keep\?\) has no safe default\n") as caught:
        front.ask(FORM, Draft())
    assert caught.value.exit_code == 2


def test_without_a_file_the_flag_decides_who_answers() -> None:
    assert isinstance(pick_front(None, ask=True, console=Console()), TerminalFront)
    assert isinstance(pick_front(None, ask=False, console=Console()), DefaultsFront)


def test_all_unknown_ids_are_refused_at_once_with_the_nearest_known_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError) as caught:
        load_answers(answers_file(tmp_path, "imgae: x\ncuont: 1\nkeep: true\n"), KNOWN)
    assert "did you mean 'image'" in caught.value.message
    assert "did you mean 'count'" in caught.value.message


def test_all_answers_of_a_form_that_do_not_fit_are_refused_at_once(tmp_path: Path) -> None:
    path = answers_file(tmp_path, "count: many\nkeep: perhaps\n")
    with pytest.raises(UsageError) as caught:
        with_file(path, DefaultsFront()).ask(FORM, Draft())
    assert "count must be a whole number" in caught.value.message
    assert "keep must be yes or no" in caught.value.message


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("- a\n- b\n", "must hold a table"),
        ("just text", "must hold a table"),
        ("a: [", "is no YAML"),
        ("a: !!python/object/apply:os.system [ls]", "is no YAML"),
        ("[" * 10000, "is no YAML"),
        ("\x00", "is no YAML"),
        ("a: 2026-99-99", "is no YAML"),
        ("x" * 1_000_001, "too large"),
        ("a: 1\nb: 2\n'a': 3\n", "answers the same thing twice: 'a' stands in line 1 and again in line 3"),
        ("env:\n  A: 1\n  A: 2\n", "'A' stands in line 2 and again in line 3"),
        ("env: {A: 1, A: 2}", "'A' stands in line 1 and again in line 1"),
        ("a: [{b: 1, b: 2}]", "'b' stands in line 1"),
    ],
)
def test_a_file_that_is_no_table_of_answers_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        load_answers(answers_file(tmp_path, text), KNOWN)


def test_a_merged_table_may_be_overridden(tmp_path: Path) -> None:
    text = "a: &a {x: 1}\nb: {<<: *a, x: 2}\n"
    assert load_answers(answers_file(tmp_path, text), ()) == {"a": {"x": 1}, "b": {"x": 2}}


def test_an_empty_file_answers_nothing(tmp_path: Path) -> None:
    assert load_answers(answers_file(tmp_path, ""), KNOWN) == {}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"answers file .*nope\.yaml can't be read"):
        load_answers(tmp_path / "nope.yaml", KNOWN)


def test_ids_are_unchecked_where_the_agent_does_not_know_them(tmp_path: Path) -> None:
    assert load_answers(answers_file(tmp_path, "anything: 1"), ()) == {"anything": 1}


def test_a_question_id_may_be_a_pattern(tmp_path):
    file = tmp_path / "answers.yaml"
    file.write_text("web.image: shop:1\n")
    assert load_answers(file, ["*.image"]) == {"web.image": "shop:1"}
    with pytest.raises(UsageError, match="never asked"):
        load_answers(file, ["*.port"])


def test_what_the_file_answers_and_nobody_asked_is_known(tmp_path: Path) -> None:
    front = AnswersFront({"image": "app", "wbe.count": 3}, ScriptedFront({}))
    front.ask(FORM, Draft())
    assert front.never_asked() == ["wbe.count"]


def test_the_ids_that_the_file_answers_are_known_before_anything_is_asked() -> None:
    front = AnswersFront({"image": "app", "remember": ["image"]}, ScriptedFront({}))
    assert front.ids() == ["image"]
