"""Merges what is said about environment variables, by name: the surest value wins, a secret's is never kept."""

from collections.abc import Sequence
from typing import cast

from muster.core.evidence import Sourced
from muster.nomad.domain.env_vars import is_placeholder
from muster.nomad.domain.extractors.code.findings import EXPLICIT
from muster.nomad.domain.facts import BuildFact, EnvFact, ImageFact
from muster.nomad.domain.merge.ranked import Ranked, disagreement
from muster.nomad.domain.profile import Conflict, EnvEntry, Origin

_PLATFORMS = ("compose", "kubernetes")


def merge_env(about: Ranked) -> tuple[EnvEntry, ...]:
    """One entry a variable, in the order in which the sources name them."""
    by_name: dict[str, list[Sourced[EnvFact]]] = {}
    for one in about.all(EnvFact):
        by_name.setdefault(one.value.name, []).append(one)
    complete = _is_complete(about)
    return tuple(_entry(name, said, complete=complete) for name, said in by_name.items())


def env_conflicts(about: Ranked) -> tuple[Conflict, ...]:
    """Variables that two sources give different values; a default in the code is there to be replaced."""
    secret = {one.value.name for one in about.all(EnvFact) if one.value.secret}
    said = about.without("code", "model").all(EnvFact)
    given = [one for one in said if one.value.name not in secret and _value(one) is not None]
    names = dict.fromkeys(one.value.name for one in given)
    return tuple(
        conflict
        for name in names
        for conflict in disagreement(
            about.service,
            f"env {name}",
            [one for one in given if one.value.name == name],
            lambda fact: fact.value or "",
        )
    )


def _is_complete(about: Ranked) -> bool:
    """Whether a platform's file runs an image that is published: then what it sets is all that the image needs."""
    runs = any(one.source in _PLATFORMS for one in about.all(ImageFact))
    return runs and not any(one.source in _PLATFORMS for one in about.all(BuildFact))


def _counts(one: Sourced[EnvFact], complete: bool) -> bool:
    """Whether it is needed. Code that only reads it, and is not seen to fail without it, needs no more than is set."""
    return not (complete and one.source in ("code", "model") and one.confidence < EXPLICIT)


def _entry(name: str, said: Sequence[Sourced[EnvFact]], *, complete: bool) -> EnvEntry:
    secret = any(one.value.secret for one in said)
    giver = next((one for one in said if _gives(one, secret=secret)), None)
    giver = _default_of_code(giver, said) or giver
    speaker = giver or said[0]
    required = any(one.value.required and _counts(one, complete) for one in said)
    return EnvEntry(
        name=name,
        value=_value(giver) if giver and not secret else None,
        required=required,
        secret=secret,
        place=giver.value.place if giver else "",
        assigned=giver is not None and giver.value.assigned,
        optional=speaker.value.optional and not required,
        confidence=speaker.confidence,
        origin=cast("Origin", speaker.source),
        where=speaker.where,
        reason=speaker.reason,
    )


def _gives(one: Sourced[EnvFact], *, secret: bool) -> bool:
    """Whether it says what the variable is, or where; a secret's value is never kept."""
    return bool(one.value.place) or one.value.assigned or (_value(one) is not None and not secret)


def _default_of_code(giver: Sourced[EnvFact] | None, said: Sequence[Sourced[EnvFact]]) -> Sourced[EnvFact] | None:
    """The code itself, where an example only repeats its default: then nobody has to set the variable."""
    if giver is None or giver.source != "example":
        return None
    return next((one for one in said if one.source == "code" and _value(one) == _value(giver)), None)


def _value(one: Sourced[EnvFact]) -> str | None:
    """The value; an example's placeholder is none."""
    value = one.value.value
    return None if value is None or (one.source == "example" and is_placeholder(value)) else value
