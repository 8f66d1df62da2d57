"""Secrets that stand in plain text in what a repository says: none is kept.

A command's becomes a variable that Nomad fills in (`--token ${TOKEN}`) and that is asked for by its place. What else
holds one and would become a part of the job is left out, and that is told: a masked value would be deployed as it is.
What is only told to people is masked.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import cast

from pydantic import TypeAdapter

from muster.core.secret_shapes.shape import MASK
from muster.core.secret_shapes.table import holds_secret, mask_secrets, replace_secrets
from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    ContainerFact,
    EnvFact,
    Evidence,
    Fact,
    PrivilegeFact,
    ProblemFact,
)

_UNNAMED = "COMMAND_SECRET"
_REASON = "a secret in plain text in the command"

_FACT: TypeAdapter[Fact] = TypeAdapter(Fact)

Words = tuple[str, ...] | None


def without_secrets(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    """The same evidence without secrets, and the variables that stand in their place."""
    for item in map(_told, evidence):
        match item.fact:
            case EnvFact():  # its value was judged when the fact was made
                yield item
            case CommandFact():
                yield from _of_command(item, item.fact)
            case _:
                yield from _judged(item)


def _of_command(item: Evidence, fact: CommandFact) -> Iterator[Evidence]:
    names: list[str] = []
    found = {"command": _named(fact.command, names), "entrypoint": _named(fact.entrypoint, names)}
    if not names:
        yield item
        return
    yield item.model_copy(update={"fact": fact.model_copy(update=found)})
    if item.source != "dockerfile":  # the image has its own command, secret and all
        for name in dict.fromkeys(names):
            variable = EnvFact(name=name, required=True, secret=True)
            yield item.model_copy(update={"fact": variable, "reason": _REASON})


def _named(words: Words, names: list[str]) -> Words:
    """The words with a variable in the place of each secret; its name is added to `names`."""
    if words is None:
        return None

    def stand_in(match: re.Match[str]) -> str:
        names.append(_variable(match, names))
        return f"${{{names[-1]}}}"

    text = json.dumps(words, ensure_ascii=False)
    named = replace_secrets(text, stand_in)
    if named == text:
        return words
    try:
        return tuple(json.loads(named))
    except ValueError:  # the secret's end was not where the word's is
        names[:] = [_UNNAMED]
        return tuple(f"${{{_UNNAMED}}}" if holds_secret(word) else word for word in words)


def _variable(match: re.Match[str], names: list[str]) -> str:
    told = match.groupdict().get("name") or _UNNAMED
    name = re.sub(r"\W+", "_", told).strip("_").upper()
    unnamed = sum(one.startswith(_UNNAMED) for one in names)
    return f"{name}_{unnamed + 1}" if name == _UNNAMED and unnamed else name


def _told(item: Evidence) -> Evidence:
    """A reason quotes the line that it speaks of."""
    return item.model_copy(update={"reason": mask_secrets(item.reason)}) if holds_secret(item.reason) else item


def _judged(item: Evidence) -> Iterator[Evidence]:
    """The evidence itself where nothing in it is a secret, which is nearly always so."""
    if not holds_secret(item.fact.model_dump_json()):
        yield item
        return
    if isinstance(item.fact, ProblemFact | PrivilegeFact | BuildFact):  # told, and no part of the job
        yield item.model_copy(update={"fact": _FACT.validate_python(_masked(item.fact.model_dump()))})
        return
    kept, left_out = _without(item.fact)
    if kept:
        yield item.model_copy(update={"fact": kept})
    problem = ProblemFact(problem=f"{', '.join(left_out)} holds a secret in plain text, and is left out")
    yield item.model_copy(update={"fact": problem})


def _without(fact: Fact) -> tuple[Fact | None, list[str]]:
    """The fact without what holds a secret, None where nothing of it could stand alone; and the names of what went."""
    if not isinstance(fact, ContainerFact):
        return None, [f"the {fact.kind} ({mask_secrets(_words(fact))})"]
    labels = {key: value for key, value in fact.labels.items() if not holds_secret(f"{key}={value}")}
    gone = [f"the label {mask_secrets(key)}" for key in fact.labels if key not in labels]
    plain = fact.model_copy(update={"labels": labels})
    told = {name: value for name, value in plain if name not in ("labels", "lines") and holds_secret(f"{value}")}
    emptied = {name: ContainerFact.model_fields[name].get_default(call_default_factory=True) for name in told}
    return plain.model_copy(update=emptied), [*gone, *(f"the {name}" for name in told)]


def _words(fact: Fact) -> str:
    said = fact.model_dump(exclude={"kind"}, exclude_defaults=True)
    return ", ".join(f"{name} {value}" for name, value in said.items())


def _masked(value: object) -> object:
    match value:
        case str():
            return mask_secrets(value)
        case tuple():
            return tuple(map(_masked, cast(tuple[object, ...], value)))
        case dict():
            return {key: _masked_under(key, item) for key, item in cast(dict[str, object], value).items()}
        case _:
            return value


def _masked_under(key: str, value: object) -> object:
    """A value whose name says what it is (`NPM_TOKEN`) is masked whole."""
    plain = isinstance(value, str) and not holds_secret(value)
    return MASK if plain and holds_secret(f"{key}={value}") else _masked(value)
