from itertools import pairwise
from typing import get_args

import pytest

from muster.threads.common.states import ENDED, TaskState, may_become

STATES: tuple[TaskState, ...] = get_args(TaskState)
COURSE: tuple[TaskState, ...] = (
    "queued", "drafted", "moderated", "deduplicated", "approved", "container_created", "published",
)  # fmt: skip


def test_the_whole_course_can_be_gone() -> None:
    assert all(may_become(before, after) for before, after in pairwise(COURSE))


def test_no_step_is_left_out() -> None:
    pairs = [(one, other) for at, one in enumerate(COURSE) for other in COURSE[at + 2 :]]
    assert not [pair for pair in pairs if may_become(*pair)]


@pytest.mark.parametrize("state", sorted(ENDED - {"failed"}))
def test_what_has_ended_stays(state: TaskState) -> None:
    assert not [after for after in STATES if may_become(state, after)]


@pytest.mark.parametrize("state", sorted(set(STATES) - ENDED))
def test_whatever_goes_on_may_fail(state: TaskState) -> None:
    assert may_become(state, "failed")


@pytest.mark.parametrize("state", ["unknown", "published"])
def test_what_may_be_out_is_not_cancelled(state: TaskState) -> None:
    assert not may_become(state, "cancelled")
