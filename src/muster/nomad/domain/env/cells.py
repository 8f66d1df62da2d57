"""What a variable can be, as one text: a plain value, a place (`vault:PATH#KEY`), or the port that Nomad gives."""

import re
from typing import Literal

from pydantic import Field

from muster.core.gates.questions import RowSource
from muster.nomad.domain.places import parse_place
from muster.nomad.domain.values import Part

EnvSource = Literal["fixed", "consul", "vault", "nomad", "unknown"]
"""Who gives a variable its value when the job runs: the job itself, a store, Nomad (a Nomad variable, or the port that
it assigns), or nobody yet."""

ASSIGNED = "nomad:assigned"
"""The port that Nomad gives, as a text."""

SURE = 0.7
"""From here on a suggestion is taken where nobody is asked: its place exists, or no other value makes sense. Below, a
person has to confirm it."""

_ADDRESS = re.compile(r"consul:\d+")

PLAIN_SOURCES = (
    RowSource(name="fixed", like="value"),
    RowSource(name="consul", prefix="consul:", like="KEY"),
    RowSource(name="vault", prefix="vault:", like="PATH#KEY"),
    RowSource(name="nomad", prefix="nomad-var:", like="PATH#KEY"),
    RowSource(name="assigned port", prefix=ASSIGNED),
)
SECRET_SOURCES = tuple(one for one in PLAIN_SOURCES if one.name in ("vault", "nomad"))
"""Consul's store is no place for a secret."""


class Cell(Part):
    """The meaning of such a text: one of these is set, or none."""

    value: str | None = None
    place: str = ""
    assigned: bool = False

    @property
    def text(self) -> str:
        """As it is written."""
        return ASSIGNED if self.assigned else self.place or self.value or ""


class Suggestion(Part):
    """What a variable could be, how sure that is and why."""

    cell: Cell
    confidence: float = Field(ge=0.0, le=1.0)
    reason: str

    @property
    def is_sure(self) -> bool:
        """Whether it is taken where nobody is asked."""
        return self.confidence >= SURE


def read_cell(text: str) -> Cell:
    """What the text means. `consul:8500` is an address: no key of Consul's store is a number alone."""
    stripped = text.strip()
    if stripped == ASSIGNED:
        return Cell(assigned=True)
    if parse_place(stripped) and not _ADDRESS.fullmatch(stripped):
        return Cell(place=stripped)
    return Cell(value=text) if text else Cell()


def source_of(*, place: str, value: str | None, assigned: bool) -> EnvSource:
    """What kind of source that is."""
    found = parse_place(place)
    if found:
        return "nomad" if found.store == "nomad-var" else found.store
    return "nomad" if assigned else "unknown" if value is None else "fixed"
