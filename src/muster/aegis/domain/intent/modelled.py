"""What a language model reads of the words that no rule reads. It is untrusted: each value needs the words that say it,
and none takes the place of what the rules read."""

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError

from muster.aegis.domain.intent.contradictions import contradictions
from muster.aegis.domain.intent.intent import PLACES, Intent
from muster.aegis.domain.intent.parse import telling_clauses
from muster.aegis.domain.spec import TrainingSpec

MOST_WISHES = 40
FIELDS = frozenset({*PLACES, "batch"})
LITERAL = frozenset({"model", "data", "eval_data", "name", "targets", "soft_usd", "max_usd"})
"""Their value stands in the quote: no path, name or amount of money is made up."""


class Wish(BaseModel):
    """One value of a model's answer."""

    model_config = ConfigDict(frozen=True)

    field: str
    value: str
    quote: str


class IntentAnswer(BaseModel):
    """The answer to the prompt `parse_intent`."""

    model_config = ConfigDict(frozen=True)

    wishes: list[Wish] = []


def add_wishes(intent: Intent, answer: IntentAnswer) -> Intent:
    """The intent with what can be believed of an answer. What differs from the rules stays to be asked about; what has
    no words for it, or is out of bounds, is told as left out."""
    for wish in answer.wishes[:MOST_WISHES]:
        intent = _with_wish(intent, wish)
    if over := len(answer.wishes) - MOST_WISHES:
        intent = _told(intent, f"{over} more wishes") if over > 0 else intent
    return intent


def known_lines(intent: Intent) -> str:
    """What is read so far: `epochs: 3.0 ("for 3 epochs")`."""
    said = ((name, getattr(intent, name)) for name in sorted(FIELDS))
    return "\n".join(f"{name}: {one.value} ({one.where})" for name, one in said if one is not None)


def _with_wish(intent: Intent, wish: Wish) -> Intent:
    quote, shown = " ".join(wish.quote.split()), f"{wish.field[:40]} {wish.value[:80]!r}"
    if wish.field not in FIELDS:
        return _told(intent, f"{shown}: there is no such field")
    if not any(_holds(clause, quote) for clause in intent.not_understood):
        return _told(intent, f"{shown}: the words that no rule reads do not say {quote[:80]!r}")
    if wish.field in LITERAL and not _holds(quote, wish.value):
        return _told(intent, f"{shown}: {quote[:80]!r} does not say it so")
    read = _read(intent, wish, quote)
    if read is None:
        return _told(intent, f"{shown}: it is no value of that field")
    before = getattr(intent, wish.field)
    if before is not None and before.value != getattr(read, wish.field).value:
        return _told(intent, f"{shown}: {before.where} says otherwise")
    if before is not None:
        return _without(intent, quote)
    if clash := set(contradictions(read)) - set(contradictions(intent)):
        return _told(intent, f"{shown}: {min(clash)}")
    return _without(read, quote)


def _read(intent: Intent, wish: Wish, quote: str) -> Intent | None:
    """The intent with the value in it, or None where neither it nor the spec takes such a value."""
    if not _within_bounds(wish):
        return None
    sourced = {"value": wish.value, "source": "model", "where": f'"{quote}"', "reason": "a model reads it so"}
    try:
        return Intent.model_validate({**intent.model_dump(), wish.field: sourced})
    except ValidationError:
        return None


def _within_bounds(wish: Wish) -> bool:
    """By the spec's own field; of `batch` by the number of sequences that a micro batch may have."""
    *blocks, name = PLACES.get(wish.field, "optimization.micro_batch").split(".")
    document: JsonValue = {name: [wish.value] if wish.field == "targets" else wish.value}
    for block in reversed(blocks):
        document = {block: document}
    try:
        TrainingSpec.model_validate(document)
    except ValidationError as problem:
        # half of a budget may contradict the default of the other half, which follows from it
        return all(one["type"] == "missing" or one["loc"] == ("budget",) for one in problem.errors())
    return True


def _holds(text: str, words: str) -> bool:
    wanted = " ".join(words.split()).casefold()
    return bool(wanted) and wanted in text.casefold()


def _told(intent: Intent, why: str) -> Intent:
    return intent.model_copy(update={"left_out": (*intent.left_out, why)})


def _without(intent: Intent, quote: str) -> Intent:
    """The clauses without the quoted words, once; what is left of one stays where it says something."""
    left: list[str] = []
    done = False
    for clause in intent.not_understood:
        start = clause.casefold().find(quote.casefold())
        if done or start < 0:
            left.append(clause)
            continue
        left += telling_clauses(f"{clause[:start]};{clause[start + len(quote) :]}")
        done = True
    return intent.model_copy(update={"not_understood": tuple(left)})
