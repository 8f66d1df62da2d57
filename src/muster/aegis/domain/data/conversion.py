"""A record in any of the formats becomes a canonical row, or a reason why it is left out."""

from collections.abc import Callable

from pydantic import JsonValue

from muster.aegis.domain.data.dropped import Drop
from muster.aegis.domain.data.formats import Layout
from muster.aegis.domain.data.records import Entry, Unreadable
from muster.aegis.domain.data.rows import Completion, Messages, Preference, Row, Text, Turn
from muster.aegis.domain.data.turns import NO_ASSISTANT, in_order, read_turns
from muster.aegis.domain.spec import DataFormat

NO_OBJECT = Drop("dataset_row", "not an object")
SAME_ANSWERS = Drop("dataset_row", "chosen and rejected are the same")
OTHER_PROMPT = Drop("dataset_row", "the answers do not share their prompt")

# The texts that Stanford Alpaca trained with (tatsu-lab/stanford_alpaca, train.py, PROMPT_DICT).
ALPACA = (
    "Below is an instruction that describes a task. Write a response that appropriately completes the request."
    "\n\n### Instruction:\n{instruction}\n\n### Response:\n"
)
ALPACA_WITH_INPUT = (
    "Below is an instruction that describes a task, paired with an input that provides further context. Write a "
    "response that appropriately completes the request."
    "\n\n### Instruction:\n{instruction}\n\n### Input:\n{input}\n\n### Response:\n"
)

Fields = dict[str, JsonValue]


def convert(entry: Entry, layout: Layout) -> Row | Drop:
    """The row of an entry, or why there is none."""
    if isinstance(entry, Unreadable):
        return Drop(entry.kind, entry.reason, entry.detail)
    if not isinstance(entry.value, dict):
        return NO_OBJECT
    return _READ[layout.format](entry.value, layout)


def _text_of(fields: Fields, layout: Layout, name: str) -> str | Drop:
    """A text that is there and says something."""
    value = layout.value(fields, name)
    column = layout.columns.get(name, name)
    if value is None:
        return Drop("dataset_row", f"{column} is null or missing")
    if not isinstance(value, str):
        return Drop("dataset_row", f"{column} is no text", type(value).__name__)
    return value if value.strip() else Drop("dataset_row", f"{column} is empty")


def _optional(fields: Fields, layout: Layout, name: str) -> str:
    value = layout.value(fields, name)
    return value if isinstance(value, str) and value.strip() else ""


def _text(fields: Fields, layout: Layout) -> Row | Drop:
    text = _text_of(fields, layout, "text")
    return text if isinstance(text, Drop) else Text(text)


def _prompt_completion(fields: Fields, layout: Layout) -> Row | Drop:
    prompt, completion = _text_of(fields, layout, "prompt"), _text_of(fields, layout, "completion")
    if isinstance(prompt, Drop):
        return prompt
    return completion if isinstance(completion, Drop) else Completion(prompt, completion)


def _alpaca(fields: Fields, layout: Layout) -> Row | Drop:
    instruction, output = _text_of(fields, layout, "instruction"), _text_of(fields, layout, "output")
    if isinstance(instruction, Drop):
        return instruction
    if isinstance(output, Drop):
        return output
    given, system = _optional(fields, layout, "input"), _optional(fields, layout, "system")
    # Not str.format: an instruction may hold braces.
    pattern = ALPACA_WITH_INPUT if given else ALPACA
    before, _, after = pattern.partition("{instruction}")
    prompt = before + instruction + given.join(after.split("{input}"))
    return Completion(f"{system}\n\n{prompt}" if system else prompt, output)


def _conversation(name: str) -> Callable[[Fields, Layout], Row | Drop]:
    def read(fields: Fields, layout: Layout) -> Row | Drop:
        turns = read_turns(layout.value(fields, name))
        if isinstance(turns, Drop):
            return turns
        if not any(turn.role == "assistant" for turn in turns):
            return NO_ASSISTANT
        return in_order(turns) or Messages(turns)

    return read


def _preference(fields: Fields, layout: Layout) -> Row | Drop:
    chosen, rejected = layout.value(fields, "chosen"), layout.value(fields, "rejected")
    if isinstance(chosen, list) or isinstance(rejected, list):
        row = _told_preference(layout.value(fields, "prompt"), chosen, rejected)
    else:
        row = _plain_preference(fields, layout)
    if isinstance(row, Preference) and row.chosen.strip() == row.rejected.strip():
        return SAME_ANSWERS
    return row


def _plain_preference(fields: Fields, layout: Layout) -> Preference | Drop:
    chosen, rejected = _text_of(fields, layout, "chosen"), _text_of(fields, layout, "rejected")
    if isinstance(chosen, Drop):
        return chosen
    if isinstance(rejected, Drop):
        return rejected
    given = layout.value(fields, "prompt")
    if isinstance(given, list):
        turns = read_turns(given)
        return turns if isinstance(turns, Drop) else Preference(turns, chosen, rejected)
    prompt = _text_of(fields, layout, "prompt")
    return prompt if isinstance(prompt, Drop) else Preference(prompt, chosen, rejected)


def _told_preference(prompt: JsonValue, chosen: JsonValue, rejected: JsonValue) -> Preference | Drop:
    """Answers as conversations: their last turn is the answer, what is before it the prompt, the same in both."""
    better, worse = read_turns(chosen), read_turns(rejected)
    if isinstance(better, Drop):
        return better
    if isinstance(worse, Drop):
        return worse
    start = _start(prompt)
    if isinstance(start, Drop):
        return start
    if better[:-1] != worse[:-1]:
        return OTHER_PROMPT
    if better[-1].role != "assistant" or worse[-1].role != "assistant":
        return NO_ASSISTANT
    before = _joined(start, better[:-1])
    wrong = in_order((*before, better[-1])) if before else NO_ASSISTANT
    return wrong or Preference(before, better[-1].content, worse[-1].content)


def _joined(start: tuple[Turn, ...], before: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """The prompt stands in its own column, in the answers, or (as in UltraFeedback) in both."""
    return before if before[-len(start) :] == start or not start else (*start, *before)


def _start(prompt: JsonValue) -> tuple[Turn, ...] | Drop:
    if prompt is None:
        return ()
    return (Turn("user", prompt),) if isinstance(prompt, str) else read_turns(prompt)


_READ: dict[DataFormat, Callable[[Fields, Layout], Row | Drop]] = {
    "text": _text,
    "prompt_completion": _prompt_completion,
    "alpaca": _alpaca,
    "messages": _conversation("messages"),
    "sharegpt": _conversation("conversations"),
    "preference": _preference,
}
