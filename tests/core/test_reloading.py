import operator
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from muster.core.evidence import Sourced
from muster.core.gates.questions import AnswerValue, Choice, ChoiceQuestion, Form, Row, TableQuestion, TextQuestion
from muster.core.repairs import Repair
from muster.core.runs.events import RunEvent
from muster.core.testing.reloading import reloaded


class Patch(BaseModel):
    model_config = ConfigDict(frozen=True)
    memory_mb: int


class CoreState(BaseModel):
    """Everything of the core that an agent's state may hold."""

    model_config = ConfigDict(frozen=True)
    port: Sourced[int] | None = None
    repairs: list[Repair[Patch]] = []
    form: Form | None = None
    answers: dict[str, AnswerValue] = {}
    events: Annotated[list[RunEvent], operator.add] = []


class UntypedState(BaseModel):
    held: Any = None


ANSWERS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**63), 2**63 - 1), st.text(), st.lists(st.text()),
    st.dictionaries(st.text(), st.text()),
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(answers=st.dictionaries(st.text(), ANSWERS), text=st.text(), port=st.integers(0, 65535))
def test_the_cores_types_survive_a_checkpoint(answers: dict[str, Any], text: str, port: int) -> None:
    state = CoreState(
        port=Sourced(value=port, source=text),
        repairs=[Repair(patch=Patch(memory_mb=port), reason=text, expected_effect=text)],
        form=Form(
            title=text,
            questions=[
                TextQuestion(id="t", text=text),
                ChoiceQuestion(id="c", text=text, choices=[Choice(value=text)], default=[text]),
                TableQuestion(id="e", text=text, rows=[Row(key=text, value=None)]),
            ],
        ),
        answers=answers,
        events=[
            RunEvent(at=datetime(2026, 1, 1, tzinfo=UTC), node="n", kind="found", text=text, data={"x": [1, text]})
        ],
    )
    back = reloaded(state)
    assert back == state
    assert isinstance(back.repairs[0].patch, Patch)


def test_a_model_in_an_untyped_field_does_not_survive(caplog: pytest.LogCaptureFixture) -> None:
    assert reloaded(UntypedState(held=Patch(memory_mb=1))).held != Patch(memory_mb=1)
