"""Where a value lies that is not written into the job: a Nomad variable, a path of Vault, a key of Consul."""

import re
from typing import Literal

from muster.nomad.domain.values import Part

Store = Literal["nomad-var", "vault", "consul"]

_PLACE = re.compile(r"(nomad-var|vault):([A-Za-z0-9][\w./ -]*)#([A-Za-z_][\w.-]*)")
_CONSUL = re.compile(r"consul:([A-Za-z0-9_][\w./ -]*)")
PLACE = _PLACE.pattern
"""A secret's place: Consul's store is no place for one."""
PLACE_LIKE = "nomad-var:PATH#KEY or vault:PATH#KEY"


class Place(Part):
    """A path in a store and the key in it; in Consul the path is the key."""

    store: Store
    path: str
    key: str = ""

    def __str__(self) -> str:
        return f"{self.store}:{self.path}" + (f"#{self.key}" if self.key else "")


def parse_place(text: str) -> Place | None:
    """The place that `nomad-var:PATH#KEY`, `vault:PATH#KEY` or `consul:KEY` names; None when the text names none."""
    found = _PLACE.fullmatch(text.strip())
    if found:
        return Place.model_validate({"store": found[1], "path": found[2].strip("/ "), "key": found[3]})
    found = _CONSUL.fullmatch(text.strip())
    return Place(store="consul", path=found[1].strip("/ ")) if found else None
