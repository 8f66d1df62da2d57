"""Renders a template's tree over what a task may ask: Consul, Vault, Nomad's variables and services."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from muster.nomad.embedded.client.template_language.functions import OPAQUE, PLAIN, entries, field, shown, truth
from muster.nomad.embedded.client.template_language.syntax import Action, Block, NotUnderstood, Part, Text

Ask = Callable[..., object]
Scope = dict[str, object]


def render(parts: tuple[Part, ...], asking: Mapping[str, Ask]) -> str:
    """The text. Functions that neither stand in `asking` nor are plain give a value that nobody knows.

    Raises NotUnderstood for words that make no sense here.
    """
    return _Renderer(asking).parts(parts, {"$": {}}, {})


class _Renderer:
    def __init__(self, asking: Mapping[str, Ask]) -> None:
        self._functions: dict[str, Callable[..., Any]] = {**PLAIN, **asking}

    def parts(self, parts: tuple[Part, ...], names: Scope, dot: object) -> str:
        inner = dict(names)
        return "".join(self._part(part, inner, dot) for part in parts)

    def _part(self, part: Part, names: Scope, dot: object) -> str:
        match part:
            case Text(text):
                return text
            case Action(words):
                named, rest = _assignment(words)
                value = self._value(rest, names, dot)
                if not named:
                    return shown(value) if rest else ""
                names[named[0]] = value
                return ""
            case Block(kind="range"):
                return self._range(part, names, dot)
            case Block():
                return self._choice(part, names, dot)

    def _choice(self, block: Block, names: Scope, dot: object) -> str:
        named, words = _assignment(block.words)
        value = self._value(words, names, dot)
        if not truth(value):
            return self.parts(block.otherwise, names, dot)
        inner = {**names, **dict.fromkeys(named, value)}
        return self.parts(block.body, inner, value if block.kind == "with" else dot)

    def _range(self, block: Block, names: Scope, dot: object) -> str:
        named, words = _assignment(block.words)
        found = entries(self._value(words, names, dot))
        if not found:
            return self.parts(block.otherwise, names, dot)
        return "".join(self.parts(block.body, {**names, **_named(named, entry)}, entry[1]) for entry in found)

    def _value(self, words: tuple[str, ...], names: Scope, dot: object) -> object:
        """A pipeline: each command has the value of the one before as its last argument."""
        value: object = None
        for number, command in enumerate(_split(words)):
            arguments = [value] if number else []
            value = self._command(command, names, dot, arguments)
        return value

    def _command(self, words: list[str], names: Scope, dot: object, piped: list[object]) -> object:
        if not words:
            return None
        operands = _operands(words)
        first = operands[0]
        if len(first) == 1 and _is_name(first[0]):
            arguments = [self._operand(one, names, dot) for one in operands[1:]]
            return self._call(first[0], [*arguments, *piped])
        if len(operands) > 1 or piped:
            raise NotUnderstood(" ".join(words))
        return self._operand(first, names, dot)

    def _call(self, name: str, arguments: list[object]) -> object:
        function = self._functions.get(name)
        if function is None:
            return OPAQUE
        try:
            return function(*arguments)
        except (TypeError, ValueError, IndexError) as error:
            raise NotUnderstood(f"{name}: {error}") from error

    def _operand(self, words: list[str], names: Scope, dot: object) -> object:
        if words[0] == "(":
            inner, path = (words[1:-1], "") if words[-1] == ")" else (words[1:-2], words[-1])
            return _fields(self._value(tuple(inner), names, dot), path)
        word = words[0]
        if word[0] in '"`':
            return json.loads(word, strict=False) if word[0] == '"' else word[1:-1]
        if word[0] == ".":
            return _fields(dot, word)
        if word[0] == "$":
            name, _, rest = word.partition(".")
            return _fields(names.get(name), f".{rest}" if rest else "")
        return self._literal(word)

    def _literal(self, word: str) -> object:
        literals: Scope = {"true": True, "false": False, "nil": None}
        if word in literals:
            return literals[word]
        return int(word) if word.lstrip("-").isdigit() else self._call(word, [])


def _named(names: list[str], entry: tuple[object, object]) -> Scope:
    return dict(zip(names, entry if len(names) > 1 else entry[1:], strict=False))


def _assignment(words: tuple[str, ...]) -> tuple[list[str], tuple[str, ...]]:
    """The names before `:=`, and the words after it."""
    at = next((number for number, word in enumerate(words) if word in (":=", "=")), -1)
    return [word for word in words[: max(at, 0)] if word != ","], words[at + 1 :]


def _split(words: tuple[str, ...]) -> list[list[str]]:
    """The commands between bars that stand in no parentheses."""
    found: list[list[str]] = [[]]
    depth = 0
    for word in words:
        depth += (word == "(") - (word == ")")
        if word == "|" and not depth:
            found.append([])
        else:
            found[-1].append(word)
    return found


def _operands(words: list[str]) -> list[list[str]]:
    """Words, each alone, but what stands in parentheses together, with a field that follows at once."""
    found: list[list[str]] = []
    depth = 0
    for word in words:
        if depth or (word.startswith(".") and len(word) > 1 and found and found[-1][-1] == ")"):
            found[-1].append(word)
        else:
            found.append([word])
        depth += (word == "(") - (word == ")")
    if depth:
        raise NotUnderstood("parentheses")
    return found


def _is_name(word: str) -> bool:
    return word.isidentifier() and word not in ("true", "false", "nil")


def _fields(value: object, path: str) -> object:
    for name in path.split("."):
        value = field(value, name) if name else value
    return value
