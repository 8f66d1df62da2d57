import pytest

from muster.aegis.evals.held_out import Asked, answered_row, asked, choices, is_exact

TURNS = [{"role": "user", "content": "hi"}]


@pytest.mark.parametrize(
    ("row", "question"),
    [
        ({"prompt": "a", "completion": "b"}, Asked("a", "b")),
        ({"prompt": "a", "chosen": "b", "rejected": "c"}, Asked("a", "b", "c")),
        ({"messages": [*TURNS, {"role": "assistant", "content": "b"}]}, Asked(TURNS, "b")),
        ({"messages": TURNS}, None),
        ({"text": "abc"}, None),
    ],
)
def test_what_a_row_asks(row: dict[str, object], question: Asked | None) -> None:
    assert asked(row) == question


def test_a_conversation_is_answered_by_the_assistant() -> None:
    row = answered_row(Asked(TURNS, "b"), "other")
    assert row == {"messages": [*TURNS, {"role": "assistant", "content": "other"}]}


def test_wrong_answers_are_those_of_other_questions_and_never_the_right_one() -> None:
    questions = [Asked(str(place), str(place % 5)) for place in range(20)]
    for question, answers in choices(questions, seed=1):
        assert answers[0] == question.expected
        assert len(answers) == len(set(answers)) == 4


def test_a_preference_has_its_own_wrong_answer() -> None:
    assert choices([Asked("a", "b", "c"), Asked("d", "e", "f")], seed=1)[0][1] == ("b", "c")


def test_without_a_wrong_answer_there_is_no_choice() -> None:
    assert choices([Asked("a", "same"), Asked("b", "same")], seed=1) == []


def test_case_and_white_space_are_no_difference() -> None:
    assert is_exact(" Yes,\n sir", "yes, sir")
    assert not is_exact("yes", "no")
