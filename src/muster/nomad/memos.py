"""Lessons, preferences and answers as memos of the memory, and back."""

from datetime import datetime

from pydantic import JsonValue, TypeAdapter, ValidationError

from muster.core.gates.questions import AnswerValue, shown_answer
from muster.core.memory.ports import Memory
from muster.core.memory.records import Memo
from muster.core.redaction import redact_json
from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.remembering.lesson import Lesson
from muster.nomad.domain.remembering.ranking import Near
from muster.nomad.domain.remembering.signature import signature_of
from muster.nomad.domain.remembering.trust import is_storable

FAILURE, PREFERENCE, ANSWER = KINDS = ("failure", "preference", "answer")
MOST_TEXT = 2000
"""Characters of a memo's text."""
EMBEDDED = "embedded"
"""What memory calls the embedded cluster: what is learnt in a simulation stays in it."""
EVERYWHERE = "*"
_MOST_NEAR = 30

_ANSWER: TypeAdapter[AnswerValue] = TypeAdapter(AnswerValue)
_JSON: TypeAdapter[JsonValue] = TypeAdapter(JsonValue)


def scope_of_failures(cluster: str) -> str:
    """Lessons of all real clusters lie together, each with its cluster's name: they help elsewhere too."""
    return EMBEDDED if cluster == EMBEDDED else EVERYWHERE


def store_lesson(memory: Memory, lesson: Lesson) -> bool:
    """Keep a lesson once, whatever is called again; an older one that says the same is forgotten.

    False where it was there, or holds what looks like a secret: a masked patch could never be applied.
    """
    patch = lesson.patch.model_dump(mode="json")
    if not is_storable(lesson.patch) or redact_json(patch) != patch:
        return False
    stored = _lessons(memory, lesson.cluster)
    if any(one.key == lesson.key for _, one in stored):
        return False
    data = lesson.model_dump(mode="json")
    scope = scope_of_failures(lesson.cluster)
    memory.remember(Memo(kind=FAILURE, scope=scope, text=lesson.signature, data=data, at=lesson.at))
    for memo_id, one in stored:
        if one.says_the_same_as(lesson):
            memory.forget(memo_id)
    return True


def recall_lessons(memory: Memory, cluster: str) -> tuple[Lesson, ...]:
    """Every lesson that may be of use on this cluster, the oldest first."""
    return tuple(lesson for _, lesson in _lessons(memory, cluster))


def recall_near(memory: Memory, cause: Cause, cluster: str) -> tuple[Near, ...]:
    """Lessons about failures like this one, the nearest first."""
    found = memory.recall(signature_of(cause), kind=FAILURE, scope=scope_of_failures(cluster), limit=_MOST_NEAR)
    read = ((lesson_of(one.memo), one.score) for one in found)
    return tuple(Near(lesson=lesson, nearness=score) for lesson, score in read if lesson)


def lesson_of(memo: Memo) -> Lesson | None:
    """The lesson of a memo; None where it is none that this version understands."""
    try:
        return Lesson.model_validate(memo.data)
    except ValidationError:
        return None


def preference_memo(text: str, cluster: str, at: datetime) -> Memo:
    """A preference of a cluster, in the user's words."""
    return Memo(kind=PREFERENCE, scope=cluster, text=" ".join(text.split()), at=at)


def recall_preferences(memory: Memory, cluster: str) -> tuple[str, ...]:
    """The preferences of a cluster, the oldest first."""
    return tuple(memo.text for memo in memory.all(kind=PREFERENCE, scope=cluster))


def store_answer(memory: Memory, cluster: str, job: str, question: str, value: AnswerValue, at: datetime) -> bool:
    """Keep an answer for the next run of this application, in place of an earlier one.

    False where the very same is there, or it holds what looks like a secret.
    """
    about: dict[str, JsonValue] = {"job": job, "question": question}
    data = about | {"answer": _JSON.validate_python(value)}
    if redact_json(data["answer"], question) != value:
        return False
    earlier = [memo for memo in memory.all(kind=ANSWER, scope=cluster) if about.items() <= memo.data.items()]
    if any(memo.data == data for memo in earlier):
        return False
    text = f"{job}: {question} is {shown_answer(value)}"
    memory.remember(Memo(kind=ANSWER, scope=cluster, text=text, data=data, at=at))
    for memo in earlier:
        memory.forget(memo.id)
    return True


def recall_answers(memory: Memory, cluster: str, job: str) -> dict[str, AnswerValue]:
    """The answers that were kept for an application, by question id."""
    memos = [memo for memo in memory.all(kind=ANSWER, scope=cluster) if memo.data.get("job") == job]
    return {str(memo.data["question"]): answer_of(memo) for memo in memos if answer_of(memo) is not None}


def answer_of(memo: Memo) -> AnswerValue:
    """The answer of a memo; None where it is none that a question could take."""
    try:
        return _ANSWER.validate_python(memo.data.get("answer")) if "question" in memo.data else None
    except ValidationError:
        return None


def _lessons(memory: Memory, cluster: str) -> list[tuple[str, Lesson]]:
    memos = memory.all(kind=FAILURE, scope=scope_of_failures(cluster))
    read = ((memo.id, lesson_of(memo)) for memo in memos)
    return [(memo_id, lesson) for memo_id, lesson in read if lesson]
