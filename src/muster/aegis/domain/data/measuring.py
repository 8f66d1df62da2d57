"""Takes rows through the tokenizer: their lengths, what of them is learnt, and what the chat template says to them."""

from dataclasses import dataclass, field

from muster.aegis.domain.data.chat_template import ChatTemplate, TemplateFault, compile_template
from muster.aegis.domain.data.lengths import LengthCount
from muster.aegis.domain.data.masking import Masked, Tokenizer, mask
from muster.aegis.domain.data.rows import Messages, Row
from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.preflight.problem import Problem, error, warning

FIRST = 4_000
EVERY = 100
"""Rows that are measured: the first ones, then one in so many. Their number is told."""


@dataclass
class _Faults:
    first: TemplateFault
    line: int
    count: int = 0


@dataclass
class Measuring:
    """A tokenizer at work on one file."""

    tokenizer: Tokenizer
    seq_len: int
    template: ChatTemplate | None = None
    broken: TemplateFault | None = None
    """The template that does not compile."""
    measured: int = 0
    unended: int = 0
    talks: int = 0
    faults: dict[FailureKind, _Faults] = field(default_factory=dict[FailureKind, _Faults])
    """By kind: what a template says may hold a row's own words."""

    def __post_init__(self) -> None:
        source = self.tokenizer.facts.chat_template
        compiled = compile_template(source, self.tokenizer.facts.special) if source is not None else None
        if isinstance(compiled, TemplateFault):
            self.broken = compiled
        else:
            self.template = compiled
        self.lengths = LengthCount(self.seq_len)

    def measure(self, row: Row, line: int) -> Masked | None:
        """Take one row; what is learnt of it, unless the template does not take it."""
        sequences = mask(row, self.tokenizer, self.template)
        self.measured += 1
        if isinstance(sequences, TemplateFault):
            fault = self.broken if self.broken and sequences.kind == "chat_template_missing" else sequences
            seen = self.faults.setdefault(fault.kind, _Faults(fault, line))
            seen.count += 1
            return None
        self.lengths.add(sequences)
        if isinstance(row, Messages):
            self.talks += 1
            self.unended += not self._ends(sequences[0])
        return sequences[0]

    def _ends(self, masked: Masked) -> bool:
        """Whether the token that ends an answer is learnt: a model that never sees it never stops."""
        eos = self.tokenizer.facts.eos
        if eos is None or eos.id is None:
            return False
        return any(token == eos.id for token, on in zip(masked.encoded.ids, masked.trained, strict=True) if on)

    def problems(self, path: str) -> list[Problem]:
        """What the template and the lengths say."""
        return [*self._template_problems(path), *self._length_problems(path)]

    def _template_problems(self, path: str) -> list[Problem]:
        file = self.tokenizer.facts.template_file
        found = [
            error(
                kind,
                f"the chat template does not take {seen.count} of {self.measured} rows: {seen.first.why}",
                where=f"{path}:{seen.line}" if kind == "chat_template_role" else file,
                advice=_ADVICE.get(kind, ""),
            )
            for kind, seen in self.faults.items()
        ]
        return found or [*self._mask_problems(file)]

    def _mask_problems(self, file: str) -> list[Problem]:
        found: list[Problem] = []
        if self.talks and self.template and not self.template.marks_generations:
            text = "the chat template has no generation tags: what the assistant says is told by its rendered prefixes"
            advice = "nothing to do here; TRL's assistant_only_loss would refuse this template"
            found.append(warning("chat_template_mask", text, where=file, advice=advice))
        if self.talks and self.unended == self.talks:
            text = "the end token is never learnt: the model would not know where to stop"
            advice = "let the template write the tokenizer's eos_token after an answer, within its generation tag"
            found.append(warning("chat_template_mask", text, where=file, advice=advice))
        return found

    def _length_problems(self, path: str) -> list[Problem]:
        told = self.lengths.told()
        if told is None:
            return []
        found: list[Problem] = []
        if told.cut:
            text = f"{told.cut} of {told.measured} rows are longer than seq_len {told.seq_len} and are cut"
            advice = f"p95 is {told.p95} tokens, the longest {told.max}: raise shape.seq_len, or accept it"
            found.append(warning("sequence_length", text, where="shape.seq_len", advice=advice))
        if told.masked:
            how = error if told.masked == told.measured else warning
            text = f"{told.masked} of {told.measured} rows have nothing to learn within {told.seq_len} tokens"
            advice = "raise shape.seq_len: the prompts alone fill it"
            found.append(how("dataset_all_masked", text, where=path, advice=advice))
        return found


_ADVICE = {
    "chat_template_missing": "take the instruct model, give the tokenizer its template, or use prompt/completion",
    "chat_template_syntax": "take the template of the model's own repository: it can't be guessed",
    "chat_template_role": "merge the system message into the first user message, or take a template that knows it",
    "chat_template_mask": "give the template generation tags around the assistant's words, or use prompt/completion",
}


def is_measured(row: int, first: int = FIRST, every: int = EVERY) -> bool:
    """Whether the row of this number, from 1, is one of those that are looked at closely."""
    return row <= first or row % every == 0
