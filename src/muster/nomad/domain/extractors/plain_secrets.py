"""Secrets that stand in plain text in what a repository says: none is kept.

A command's becomes a variable that Nomad fills in (`--token ${TOKEN}`) and that is asked for by its place; in any
other text it is masked.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import cast

from pydantic import TypeAdapter

from muster.core.secret_shapes.table import holds_secret, mask_secrets, replace_secrets
from muster.nomad.domain.facts import CommandFact, EnvFact, Evidence, Fact

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
                yield _masked(item)


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
        return tuple(map(mask_secrets, words))


def _variable(match: re.Match[str], names: list[str]) -> str:
    told = match.groupdict().get("name") or _UNNAMED
    name = re.sub(r"\W+", "_", told).strip("_").upper()
    unnamed = sum(one.startswith(_UNNAMED) for one in names)
    return f"{name}_{unnamed + 1}" if name == _UNNAMED and unnamed else name


def _told(item: Evidence) -> Evidence:
    """A reason quotes the line that it speaks of."""
    return item.model_copy(update={"reason": mask_secrets(item.reason)}) if holds_secret(item.reason) else item


def _masked(item: Evidence) -> Evidence:
    fact = _without(item.fact)
    return item if fact is item.fact else item.model_copy(update={"fact": fact})


def _without(fact: Fact) -> Fact:
    """The fact itself where nothing in it is a secret, which is nearly always so."""
    given = fact.model_dump_json()
    if not holds_secret(given):
        return fact
    return _FACT.validate_python(_text(fact.model_dump()))


def _text(value: object) -> object:
    match value:
        case str():
            return mask_secrets(value)
        case tuple():
            return tuple(map(_text, cast(tuple[object, ...], value)))
        case dict():
            return {key: _text(item) for key, item in cast(dict[str, object], value).items()}
        case _:
            return value
