"""What a run recalls at its start: the user's preferences and answers, and what its application taught before."""

from collections.abc import Iterable, Iterator, Sequence

from muster.core.gates.questions import AnswerValue
from muster.nomad.domain.remembering.lesson import Application, Lesson
from muster.nomad.domain.remembering.preferences import Preferences
from muster.nomad.domain.values import Part

_MOST_TOLD = 3


class Remembered(Part):
    """Frozen at the start, so that every step of a run and its resumption see the same."""

    preferences: Preferences = Preferences()
    answers: dict[str, AnswerValue] = {}
    """By question id: answers for this application that were marked to be remembered."""
    lessons: tuple[Lesson, ...] = ()
    """Those of this application, the oldest first."""


def about(lessons: Iterable[Lesson], job: str) -> tuple[Lesson, ...]:
    """The lessons of one application."""
    return tuple(one for one in lessons if one.application.job == job)


def worth_telling(lessons: Sequence[Lesson], applications: Sequence[Application]) -> tuple[Lesson, ...]:
    """Failures seen before in these applications, their images or their languages: the nearest kin first, the newest
    of each kind of failure, a few."""
    first: dict[str, Lesson] = {}
    for one in _by_kin(lessons, applications):
        if one.result == "worked":
            first.setdefault(f"{one.cause} {one.patch.model_dump_json(exclude={'group', 'task', 'service'})}", one)
    return tuple(first.values())[:_MOST_TOLD]


def _by_kin(lessons: Sequence[Lesson], applications: Sequence[Application]) -> Iterator[Lesson]:
    newest = sorted(lessons, key=lambda one: one.at, reverse=True)
    for field in ("job", "image", "language"):
        wanted = {getattr(one, field) for one in applications} - {""}
        yield from (one for one in newest if getattr(one.application, field) in wanted)
