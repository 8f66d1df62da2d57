"""From a YAML spec, words and answers to a whole training spec, each value with where it comes from; or questions."""

from collections.abc import Mapping
from typing import Literal

from pydantic import JsonValue, ValidationError

from muster.aegis.domain.intent.batches import split_batch
from muster.aegis.domain.intent.bounds import told_plainly
from muster.aegis.domain.intent.defaults import Default, defaults
from muster.aegis.domain.intent.intent import PLACES, Intent
from muster.aegis.domain.intent.questions import questions
from muster.aegis.domain.intent.yaml_spec import YamlSpec
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.domain.values import Part
from muster.core.errors import UsageError
from muster.core.evidence import Sourced
from muster.core.gates.questions import AnswerValue, Form

Says = Literal["file", "words", "model", "answer", "default"]
"""`model`: a language model read it from words that no rule reads."""


class Origin(Part):
    """Who says a value, where, and why."""

    says: Says
    where: str = ""
    reason: str = ""


class Settled(Part):
    """A whole spec; `origins` by dotted path, for every value that stands in it."""

    kind: Literal["settled"] = "settled"
    spec: TrainingSpec
    origins: dict[str, Origin]


class Asked(Part):
    """What has no safe default, to be answered first. Answers go back by the questions' ids, which are dotted paths."""

    kind: Literal["asked"] = "asked"
    form: Form


def spec_from(
    intent: Intent, yaml_spec: YamlSpec | None = None, answers: Mapping[str, AnswerValue] | None = None
) -> Settled | Asked:
    """The spec: answers first, then the file, the words, and defaults. What file and words say differently is a
    contradiction: nobody knows which was meant. Raises UsageError with all contradictions, or what is out of bounds.
    """
    said = _said(intent, yaml_spec)
    for path, answer in (answers or {}).items():
        said[path] = (_answered(answer), Origin(says="answer", reason="you answered so"))
    asked = questions({path: value for path, (value, _) in said.items()})
    if asked:
        return Asked(form=Form(title="What is to be trained?", questions=asked))
    for path, default in defaults({path: value for path, (value, _) in said.items()}).items():
        said.setdefault(path, _defaulted(default))
    return Settled(spec=_validated(said), origins=_origins(said))


_Said = dict[str, tuple[JsonValue, Origin]]


def _said(intent: Intent, yaml_spec: YamlSpec | None) -> _Said:
    """What file and words say. Raises UsageError for contradictions."""
    file, words = _file(yaml_spec) if yaml_spec else _Said(), _words(intent)
    differing = [
        f"{path} is {file[path][0]!r} in {file[path][1].where}, and you say {origin.where}"
        for path, (value, origin) in words.items()
        if path in file and not _same(value, file[path][0])
    ]
    said = words | file
    wrong = _batch(intent.batch, said) if intent.batch else ""
    differing = [*intent.contradictions, *differing, *([wrong] if wrong else ())]
    if differing:
        raise UsageError("the wishes contradict one another:\n" + "\n".join(differing), advice="say each of them once")
    return said


def _file(yaml_spec: YamlSpec) -> _Said:
    """Every value of the file; tables are taken apart, but for the map of columns."""
    said: _Said = {}
    for path in yaml_spec.lines:
        value = yaml_spec.value(path)
        if path == "data.columns" or not (isinstance(value, dict) or path.startswith("data.columns.")):
            said[path] = (value, Origin(says="file", where=yaml_spec.where(path), reason="the file says so"))
    return said


def _words(intent: Intent) -> _Said:
    said: _Said = {}
    for name, path in PLACES.items():
        sourced: Sourced[JsonValue] | None = getattr(intent, name)
        if sourced is not None:
            value = list(sourced.value) if isinstance(sourced.value, tuple) else sourced.value
            said[path] = (value, Origin(says=_reader(sourced.source), where=sourced.where, reason=sourced.reason))
    return said


def _reader(source: str) -> Says:
    return "model" if source == "model" else "words"


def _batch(batch: Sourced[int], said: _Said) -> str:
    """Sets what follows from an effective batch; says why nothing can."""
    known = {name: value for name, path in _PARTS.items() if isinstance(value := said.get(path, (None,))[0], int)}
    parts = split_batch(batch.value, **known)
    if parts is None:
        shown = ", ".join(f"{_PARTS[name]} {value}" for name, value in known.items())
        return f"{batch.where} can't be split evenly: {shown}"
    origin = Origin(says=_reader(batch.source), where=batch.where, reason=f"{batch.value} sequences a step")
    for name, value in parts.items():
        said.setdefault(_PARTS[name], (value, origin))
    return ""


_PARTS = {"micro": "optimization.micro_batch", "accumulation": "optimization.accumulation", "gpus": "target.gpus"}


def _same(one: JsonValue, other: JsonValue) -> bool:
    try:
        return one == other or float(str(one)) == float(str(other))
    except ValueError:
        return False


def _answered(answer: AnswerValue) -> JsonValue:
    """A choice of one comes as a list."""
    if isinstance(answer, list):
        return answer[0] if answer else None
    return dict(answer) if isinstance(answer, dict) else answer


def _defaulted(default: Default) -> tuple[JsonValue, Origin]:
    return default.value, Origin(says="default", reason=default.reason)


def _validated(said: _Said) -> TrainingSpec:
    document: dict[str, JsonValue] = {}
    for path, (value, _) in said.items():
        *blocks, name = path.split(".")
        block = document
        for one in blocks:
            inner = block.setdefault(one, {})
            assert isinstance(inner, dict)
            block = inner
        block[name] = value
    try:
        return TrainingSpec.model_validate(document)
    except ValidationError as problem:
        told = [_refused(".".join(map(str, one["loc"])), told_plainly(one), said) for one in problem.errors()]
        raise UsageError("the spec can't be had:\n" + "\n".join(told), advice="ask for values within bounds") from None


def _refused(path: str, message: str, said: _Said) -> str:
    origin = said[path][1] if path in said else Origin(says="default")
    return f"{path}: {message}{f' ({origin.where})' if origin.where else ''}"


def _origins(said: _Said) -> dict[str, Origin]:
    return {path: origin for path, (_, origin) in said.items()}
