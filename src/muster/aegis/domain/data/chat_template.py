"""A model's chat template, rendered as transformers does it: sandboxed, with its `generation` tag.

The template comes with the model and is not trusted: it sees its messages and nothing else. Environment, filters and
the tag are those of transformers 5 (`utils/chat_template_utils.py`), so that what renders here renders there.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes
from jinja2.ext import Extension, loopcontrols
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from muster.aegis.domain.data.rows import Turn
from muster.aegis.domain.diagnosis import FailureKind

Span = tuple[int, int]
_FIXED_DATE = "26 Jul 2024"
"""What `strftime_now` says here: a length must not hang on today's date."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """The text, and the spans of characters within `generation` tags."""

    text: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class TemplateFault:
    """Why it can't be rendered."""

    kind: FailureKind
    why: str


class ChatTemplate:
    """A compiled template. Not for use by several threads at once."""

    def __init__(self, template: jinja2.Template, spans: "_Generations", special: dict[str, str]) -> None:
        self._template, self._spans, self._special = template, spans, special

    @property
    def marks_generations(self) -> bool:
        """Whether it has rendered a `generation` tag."""
        return self._spans.ever

    def render(self, turns: Sequence[Turn], *, ask: bool = False) -> Rendered | TemplateFault:
        """The conversation as text; with `ask` it ends where the assistant begins to speak."""
        messages = [{"role": turn.role, "content": turn.content} for turn in turns]
        self._spans.begin()
        try:
            values = {"messages": messages, "add_generation_prompt": ask, "tools": None, "documents": None}
            context = self._template.new_context({**self._special, **values})
            for block in self._template.root_render_func(context):
                self._spans.blocks.append(block)
        except _RAISED as problem:
            return TemplateFault("chat_template_role", _said(problem))
        except _FAULTS as problem:
            return TemplateFault("chat_template_syntax", _said(problem))
        return Rendered("".join(self._spans.blocks), tuple(self._spans.found))


def compile_template(source: str, special: dict[str, str]) -> ChatTemplate | TemplateFault:
    """The template, or what is wrong with it. `special`: `bos_token` and the like, by name."""
    environment = ImmutableSandboxedEnvironment(
        trim_blocks=True, lstrip_blocks=True, extensions=[_Generations, loopcontrols]
    )
    environment.filters["tojson"] = _tojson
    known: dict[str, Any] = {"raise_exception": _raise, "strftime_now": _date}
    environment.globals.update(known)
    try:
        template = environment.from_string(source)
    except (jinja2.TemplateError, SyntaxError, RecursionError, ValueError) as problem:
        line = f" in line {problem.lineno}" if isinstance(problem, jinja2.TemplateSyntaxError) else ""
        return TemplateFault("chat_template_syntax", _said(problem) + line)
    (spans,) = (one for one in environment.extensions.values() if isinstance(one, _Generations))
    return ChatTemplate(template, spans, special)


class _RaisedError(jinja2.TemplateError):
    """The template itself says no."""


_RAISED = (_RaisedError,)
# What untrusted code in a sandbox can raise: undefined names, wrong types, divisions by zero, endless recursion.
_FAULTS = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
    MemoryError,
)


class _Generations(Extension):
    """`{% generation %}...{% endgeneration %}`: what stands within is what the assistant says."""

    tags = {"generation"}

    def __init__(self, environment: jinja2.Environment) -> None:
        super().__init__(environment)
        self.ever = False
        self.begin()

    def begin(self) -> None:
        """A new text."""
        self.blocks: list[str] = []
        self.found: list[Span] = []

    def parse(self, parser: Parser) -> nodes.CallBlock:
        """The tag as a call block around what it holds."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        block = nodes.CallBlock(self.call_method("_mark"), [], [], body)
        block.set_lineno(line)
        return block

    def _mark(self, caller: Callable[[], str]) -> str:
        text, start = caller(), sum(map(len, self.blocks))
        self.found.append((start, start + len(text)))
        self.ever = True
        return text


def _raise(message: str) -> NoReturn:
    raise _RaisedError(str(message))


def _date(_: str) -> str:
    return _FIXED_DATE


def _tojson(value: Any, ensure_ascii: bool = False, indent: int | None = None, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=ensure_ascii, indent=indent)


def _said(problem: BaseException) -> str:
    return (str(problem) or type(problem).__name__)[:200]
