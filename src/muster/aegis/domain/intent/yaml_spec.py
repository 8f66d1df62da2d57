"""Reads a training spec in YAML: where every value stands, and everything that is wrong with it at once."""

from difflib import get_close_matches
from typing import Any, cast, get_args

import yaml
from pydantic import BaseModel, JsonValue, ValidationError
from pydantic_core import ErrorDetails

from muster.aegis.domain.intent.bounds import told_plainly
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.values import Part
from muster.core.errors import UsageError

MAX_BYTES = 200_000
_MAX_DEPTH = 8
_SHORT = ("model", "data")
"""`model: models/tiny` is short for `model: {path: models/tiny}`."""


class YamlSpec(Part):
    """What the file says, and nothing else: `values` is a part of a TrainingSpec's document. `lines` by dotted path."""

    file: str
    values: dict[str, JsonValue]
    lines: dict[str, int]

    def where(self, path: str) -> str:
        """`file:line` of a value."""
        return f"{self.file}:{self.lines.get(path, 1)}"

    def value(self, path: str) -> JsonValue:
        """A value by its dotted path; None where the file does not say."""
        value: JsonValue = self.values
        for name in path.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value


def read_yaml_spec(text: str, file: str = "spec.yaml") -> YamlSpec:
    """The spec that a file holds, whole or in part. Raises UsageError with every problem, each with its line."""
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise UsageError(f"{file} has more than {MAX_BYTES} bytes", advice="a spec is a page of text")
    reading = _Reading(file)
    values = reading.document(text)
    problems = [*reading.problems, *_wrong_values(values, reading.lines)]
    if problems:
        lines = "\n".join(f"{file}:{line}: {told}" for line, told in sorted(problems))
        raise UsageError(
            f"the spec can't be used:\n{lines}", advice="correct these lines; docs/aegis.md lists the keys"
        )
    return YamlSpec(file=file, values=values, lines=reading.lines)


class _Reading:
    """Nodes become values; what is wrong is kept, with its line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[str, int] = {}
        self.problems: list[tuple[int, str]] = []

    def document(self, text: str) -> dict[str, JsonValue]:
        try:
            if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
                self.problems.append((1, "aliases (*name) are not read: write the value out"))
                return {}
            node = yaml.compose(text, yaml.SafeLoader)
        except yaml.YAMLError as problem:
            mark = getattr(problem, "problem_mark", None)
            self.problems.append((mark.line + 1 if mark else 1, f"no YAML: {getattr(problem, 'problem', problem)}"))
            return {}
        except RecursionError:
            self.problems.append((1, "nested too deeply"))
            return {}
        if isinstance(node, yaml.MappingNode):
            return self._table(node, TrainingSpec, "")
        if node is not None:
            self.problems.append((_line(node), "a spec is a table of keys and values"))
        return {}

    def _table(self, node: yaml.MappingNode, model: type[BaseModel] | None, path: str) -> dict[str, JsonValue]:
        values: dict[str, JsonValue] = {}
        for key, item in cast("list[tuple[yaml.Node, yaml.Node]]", node.value):
            name = str(key.value) if isinstance(key, yaml.ScalarNode) else ""
            if name in values:
                self.problems.append((_line(key), f"{path}{name} stands in line {self.lines[path + name]} already"))
            elif model is not None and name not in model.model_fields:
                self.problems.append((_line(key), _unknown(path, name, model)))
            else:
                self.lines[path + name] = _line(key)
                value = self._value(item, _part(model, name), f"{path}{name}.")
                values[name] = _whole(value) if _is_count(model, name) else value
        return values

    def _value(self, node: yaml.Node, model: type[BaseModel] | None, path: str) -> JsonValue:
        if path.count(".") > _MAX_DEPTH:
            self.problems.append((_line(node), "nested too deeply"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._table(node, model, path)
        if isinstance(node, yaml.SequenceNode):
            items = cast("list[yaml.Node]", node.value)
            return [self._value(item, None, path) for item in items]
        scalar = self._scalar(node)
        if path[:-1] in _SHORT and isinstance(scalar, str):
            self.lines[f"{path}path"] = _line(node)
            return {"path": scalar}
        return scalar

    def _scalar(self, node: yaml.Node) -> JsonValue:
        kind = node.tag.rpartition(":")[2]
        text = str(node.value)
        try:
            match kind:
                case "null":
                    return None
                case "bool" | "int" | "float":
                    return yaml.safe_load(text)
                case _:
                    return text
        except (yaml.YAMLError, ValueError):
            return text


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


def _part(model: type[BaseModel] | None, name: str) -> type[BaseModel] | None:
    annotation: Any = model.model_fields[name].annotation if model else None
    return annotation if isinstance(annotation, type) and issubclass(annotation, BaseModel) else None


def _is_count(model: type[BaseModel] | None, name: str) -> bool:
    annotation: Any = model.model_fields[name].annotation if model else None
    return int in (annotation, *get_args(annotation))


def _whole(value: JsonValue) -> JsonValue:
    """`1e3`, which YAML takes for a text, and `1000.0`, as 1000; what is no whole number stays as it is."""
    if not isinstance(value, str | float):
        return value
    try:
        number = float(value)
    except ValueError:
        return value
    return int(number) if number.is_integer() else value


def _unknown(path: str, name: str, model: type[BaseModel]) -> str:
    near = get_close_matches(name, list(model.model_fields), n=1)
    if near:
        return f"unknown key {path}{name}: did you mean {near[0]}?"
    elsewhere = _elsewhere(name)
    hint = f"it belongs under {elsewhere}" if elsewhere else f"there are {', '.join(model.model_fields)}"
    return f"unknown key {path}{name}: {hint}"


def _elsewhere(name: str) -> str:
    blocks = {block: _part(TrainingSpec, block) for block in TrainingSpec.model_fields}
    return next((block for block, part in blocks.items() if part and name in part.model_fields), "")


def _wrong_values(values: dict[str, JsonValue], lines: dict[str, int]) -> list[tuple[int, str]]:
    """What the spec itself refuses; what is only missing is asked for later."""
    try:
        TrainingSpec.model_validate(values)
    except ValidationError as problem:
        return [_told(one, lines) for one in problem.errors() if not _is_for_later(one, lines)]
    return []


def _is_for_later(one: ErrorDetails, lines: dict[str, int]) -> bool:
    """What is missing, and a budget of which half is said: the other half follows from it."""
    half = one["loc"] == ("budget",) and not {"budget.soft_usd", "budget.max_usd"} <= lines.keys()
    return one["type"] == "missing" or (half and one["type"] == "value_error")


def _told(one: ErrorDetails, lines: dict[str, int]) -> tuple[int, str]:
    names = [str(part) for part in one["loc"]]
    path = ".".join(names)
    known = next((".".join(names[:end]) for end in range(len(names), 0, -1) if ".".join(names[:end]) in lines), "")
    message = told_plainly(one)
    shown = f" (it is {one['input']!r})" if isinstance(one["input"], str | int | float) else ""
    return lines.get(known, 1), f"{path}: {message}{shown[:80]}" if path else f"{message}"
