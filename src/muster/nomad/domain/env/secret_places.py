"""Where a secret could lie: a convention's place, one that exists, else one named after the application.

Vault's paths are given as Nomad reads them, with `data/` below a mount of version 2.
"""

import re
from collections.abc import Iterator

from muster.nomad.domain.env.cells import Cell, Suggestion
from muster.nomad.domain.env.existing import exists
from muster.nomad.domain.env.surroundings import Surroundings
from muster.nomad.domain.estate.secrets import SecretFound
from muster.nomad.domain.places import Place, parse_place

_FIELDS = {"AWS_ACCESS_KEY_ID": "access_key", "AWS_SECRET_ACCESS_KEY": "secret_key"}
"""What people call these in Vault; any other secret is called as its variable."""


def field_of(name: str, path: str) -> str:
    """The key for a variable at a path: `password` of `DB_PASSWORD` in `secret/data/shop/db`, else its own name."""
    if name in _FIELDS:
        return _FIELDS[name]
    folder, own = _plain(path.rpartition("/")[2]), name.lower()
    words = own.split("_")
    return "_".join(words[1:]) if len(words) > 1 and words[0] == folder else own


def by_convention(name: str, around: Surroundings) -> Suggestion | None:
    """The place that the company's conventions map this very variable to."""
    conventions = around.estate.conventions
    mapped = conventions.vault.env_var_mappings.get(name) if conventions else None
    place = parse_place(f"vault:{_filled(mapped.removeprefix('vault:'), around)}") if mapped else None
    if place is None:
        return None
    there = exists(place, around.estate)
    reason = "the conventions say so" + (", and Vault has it" if there else "")
    return Suggestion(cell=Cell(place=str(place)), confidence=0.9 if there else 0.6, reason=reason)


def suggest_secret(name: str, around: Surroundings) -> Suggestion | None:
    """The likeliest place of a secret; None where no store of this cluster could hold it."""
    found = sorted(_existing(name, around), key=lambda one: -one.confidence)
    return found[0] if found else _guess(name, around)


def _existing(name: str, around: Surroundings) -> Iterator[Suggestion]:
    """What Vault holds for it: a key that is called so. Only what lies under our own name is surely meant for us."""
    for secret in around.estate.secrets:
        own = not {around.app, around.service.name}.isdisjoint(secret.path.split("/"))
        reason = "Vault has that path and key" + ("" if own else ", not under the application's name")
        for key in secret.keys or ():
            if _means(name, secret, key):
                place = Place(store="vault", path=secret.path, key=key)
                yield Suggestion(cell=Cell(place=str(place)), confidence=0.7 if own else 0.6, reason=reason)


def _means(name: str, secret: SecretFound, key: str) -> bool:
    own = _plain(name)
    folder = secret.path.rpartition("/")[2]
    return own in (_plain(key), _plain(folder + key)) or (
        name in _FIELDS and key == _FIELDS[name] and "aws" in secret.path
    )


def _guess(name: str, around: Surroundings) -> Suggestion | None:
    if around.stores.vault:
        return _in_vault(name, around)
    if not around.stores.variables:
        return None
    place = Place(store="nomad-var", path=f"nomad/jobs/{around.app}", key=name)
    return Suggestion(cell=Cell(place=str(place)), confidence=0.5, reason="the job's own Nomad variable; is it there?")


def _in_vault(name: str, around: Surroundings) -> Suggestion:
    conventions = around.estate.conventions
    patterns = conventions.vault.path_patterns if conventions else ()
    if patterns:
        path, reason = _filled(patterns[0], around), "where the conventions keep secrets; is it there?"
    else:
        folder = f"aws/{around.app}" if name.startswith("AWS_") else f"{around.app}/config"
        path, reason = f"secret/data/{folder}", "named after the application; is it there?"
    place = Place(store="vault", path=path, key=field_of(name, path))
    return Suggestion(cell=Cell(place=str(place)), confidence=0.6 if patterns else 0.5, reason=reason)


def _filled(pattern: str, around: Surroundings) -> str:
    """A convention's pattern; where the environment has no name it is production, as everywhere."""
    named = {"app": around.app, "service": around.service.name, "env": "production"}
    for name, value in named.items():
        pattern = pattern.replace(f"{{{name}}}", value)
    return pattern


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())
