"""Memos as JSON lines: what `export` writes and `import` reads. A file may come from anybody."""

from collections.abc import Iterable

from pydantic import ValidationError

from muster.core.errors import SourceError
from muster.core.memory.records import Memo
from muster.core.redaction import redact, redact_json
from muster.nomad.domain.remembering.trust import is_storable
from muster.nomad.memos import ANSWER, FAILURE, KINDS, MOST_TEXT, answer_of, lesson_of

_MOST_NAMED = 10


def memo_lines(memos: Iterable[Memo]) -> str:
    """One memo a line, without the ids that its store gave."""
    return "".join(memo.model_dump_json(exclude={"id"}) + "\n" for memo in memos)


def read_memo_lines(text: str, where: str) -> tuple[Memo, ...]:
    """The memos without their secrets. Raises SourceError naming the lines that are none."""
    read = [(number, _read(line)) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    faults = [f"  {where}:{number}: {memo}" for number, memo in read if isinstance(memo, str)]
    if faults:
        more = f"\n  and {len(faults) - _MOST_NAMED} more" if len(faults) > _MOST_NAMED else ""
        raise SourceError(
            f"{where} holds lines that are no memories; nothing was imported:\n"
            + "\n".join(faults[:_MOST_NAMED])
            + more,
            advice="Correct or remove these lines.",
        )
    return tuple(memo for _, memo in read if isinstance(memo, Memo))


def says_the_same(one: Memo, other: Memo) -> bool:
    """Whether it is the same memory, whenever and under whichever id it was stored."""
    return (one.kind, one.scope, one.text, one.data) == (other.kind, other.scope, other.text, other.data)


def _read(line: str) -> Memo | str:
    """The memo, or why there is none; the line itself is not quoted, for it may hold a secret."""
    try:
        memo = Memo.model_validate_json(line)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        return f"{'.'.join(str(part) for part in first['loc']) or 'the line'}: {first['msg']}"
    if memo.kind not in KINDS or not memo.scope or not 0 < len(memo.text) <= MOST_TEXT:
        return f"kind must be one of {', '.join(KINDS)}, scope and text must say something"
    clean = memo.model_copy(
        update={
            "id": "",
            "text": redact(memo.text),
            "data": {name: redact_json(one, name) for name, one in memo.data.items()},
        }
    )
    lesson = lesson_of(clean)
    if memo.kind == FAILURE and (lesson is None or not is_storable(lesson.patch)):
        return "data: no repair that may be remembered"
    if memo.kind == ANSWER and answer_of(clean) is None:
        return "data: no answer to a question"
    return clean
