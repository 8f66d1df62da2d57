"""A row as tokens, and which of them are trained on: the prompt is context, the answer is learnt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from muster.aegis.domain.data.chat_template import ChatTemplate, Rendered, Span, TemplateFault
from muster.aegis.domain.data.rows import Completion, Messages, Preference, Row, Text, Turn
from muster.aegis.domain.preflight.tokenizer_facts import TokenizerFacts


@dataclass(frozen=True, slots=True)
class Encoded:
    """Token ids, and the characters that each stands for (start, end; equal for a token of no character)."""

    ids: Sequence[int]
    offsets: Sequence[Span]


class Tokenizer(Protocol):
    """Text to tokens."""

    @property
    def facts(self) -> TokenizerFacts:
        """What its files say."""
        ...

    def encode(self, text: str, *, special: bool) -> Encoded:
        """The tokens; `special` adds what the tokenizer itself puts around a text."""
        ...


@dataclass(frozen=True, slots=True)
class Masked:
    """A row as the training sees it, uncut. `trained[i]` says whether token i is learnt."""

    text: str
    encoded: Encoded
    trained: tuple[bool, ...]

    def learnt_within(self, seq_len: int) -> int:
        """How many tokens are learnt when the row is cut to that many."""
        return sum(self.trained[:seq_len])


NO_TEMPLATE = TemplateFault("chat_template_missing", "the tokenizer has no chat template")


def mask(row: Row, tokenizer: Tokenizer, template: ChatTemplate | None) -> tuple[Masked, ...] | TemplateFault:
    """The sequences of a row: one, or two for a preference."""
    eos = tokenizer.facts.eos.text if tokenizer.facts.eos else ""
    match row:
        case Text(text):
            return (_masked(tokenizer, text + eos, [(0, len(text + eos))], special=True),)
        case Completion(prompt, completion):
            return (_answered(tokenizer, prompt, completion + eos),)
        case Preference(prompt, chosen, rejected):
            if not isinstance(prompt, str):
                return _both(tokenizer, template, prompt, (chosen, rejected))
            return _answered(tokenizer, prompt, chosen + eos), _answered(tokenizer, prompt, rejected + eos)
        case Messages(turns):
            one = _talk(tokenizer, template, turns)
            return one if isinstance(one, TemplateFault) else (one,)


def trained_spans(turns: Sequence[Turn], template: ChatTemplate) -> tuple[str, Sequence[Span]] | TemplateFault:
    """The rendered conversation, and where the assistant speaks: by `generation` tags, or by what each of its turns
    adds to what was before it."""
    whole = template.render(turns)
    if isinstance(whole, TemplateFault) or whole.spans:
        return whole if isinstance(whole, TemplateFault) else (whole.text, whole.spans)
    spans: list[Span] = []
    for place, turn in enumerate(turns):
        if turn.role == "assistant":
            span = _added(turns, place, whole, template)
            if isinstance(span, TemplateFault):
                return span
            spans.append(span)
    return whole.text, spans


def _added(turns: Sequence[Turn], place: int, whole: Rendered, template: ChatTemplate) -> Span | TemplateFault:
    before = template.render(turns[:place], ask=True)
    after = whole if place + 1 == len(turns) else template.render(turns[: place + 1])
    if isinstance(before, TemplateFault):
        return before
    if isinstance(after, TemplateFault):
        return after
    if whole.text.startswith(before.text) and whole.text.startswith(after.text):
        return len(before.text), len(after.text)
    why = "it has no generation tags, and a conversation does not begin with its own first turns"
    return TemplateFault("chat_template_mask", why)


def _talk(tokenizer: Tokenizer, template: ChatTemplate | None, turns: Sequence[Turn]) -> Masked | TemplateFault:
    if template is None:
        return NO_TEMPLATE
    found = trained_spans(turns, template)
    if isinstance(found, TemplateFault):
        return found
    return _masked(tokenizer, *found, special=False)


def _both(
    tokenizer: Tokenizer, template: ChatTemplate | None, turns: tuple[Turn, ...], answers: tuple[str, str]
) -> tuple[Masked, ...] | TemplateFault:
    talks = [_talk(tokenizer, template, (*turns, Turn("assistant", answer))) for answer in answers]
    faults = [talk for talk in talks if isinstance(talk, TemplateFault)]
    return faults[0] if faults else tuple(talk for talk in talks if isinstance(talk, Masked))


def _answered(tokenizer: Tokenizer, prompt: str, answer: str) -> Masked:
    return _masked(tokenizer, prompt + answer, [(len(prompt), len(prompt) + len(answer))], special=True)


def _masked(tokenizer: Tokenizer, text: str, spans: Sequence[Span], *, special: bool) -> Masked:
    encoded = tokenizer.encode(text, special=special)
    return Masked(text, encoded, tuple(_within(encoded.offsets, spans)))


def _within(offsets: Sequence[Span], spans: Sequence[Span]) -> list[bool]:
    """Whether each token has a character in a span; both are in order, so that one walk is enough."""
    told: list[bool] = []
    waiting = iter(spans)
    start, end = next(waiting, (0, 0))
    for first, last in offsets:
        while first >= end and end:
            start, end = next(waiting, (0, 0))
        told.append(start < last and first < end and first < last)
    return told
