"""Tools that look into Vault: paths and the names of keys. No value is ever read."""

from collections.abc import Iterable, Iterator

from pydantic import Field, JsonValue

from muster.core.evidence import Sourced
from muster.nomad.domain.env.secret_places import by_convention, suggest_secret
from muster.nomad.domain.env.surroundings import Stores, Surroundings
from muster.nomad.domain.estate.conventions import Conventions
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.secrets import SecretDenied, SecretFound, SecretLookup, SecretMissing
from muster.nomad.domain.places import parse_place
from muster.nomad.domain.profile import ServiceProfile
from muster.nomad.ports import Secrets
from muster.nomad.tools.estate_tools.consul import known_conventions
from muster.nomad.tools.estate_tools.looking import Around, Asked, configured, looking_tool

MOST_ASKED = 50


class PathAsked(Asked):
    """A path of Vault."""

    path: str = Field(default="", description="A path such as secret/shop; empty: the mounts.")


class SecretAsked(Asked):
    """A path of Vault."""

    path: str = Field(description="A path such as secret/data/shop/db.", min_length=1)


class MappingsAsked(Asked):
    """Variables that want a place in Vault."""

    app: str = Field(description="The job's name.", min_length=1)
    variables: list[str] = Field(description="Names of environment variables.", min_length=1, max_length=MOST_ASKED)


class PlacesAsked(Asked):
    """Places in Vault."""

    places: list[str] = Field(
        description="Each a path, or PATH#KEY, such as secret/data/shop/db#password.",
        min_length=1,
        max_length=MOST_ASKED,
    )


def list_vault_secrets(around: Around, asked: PathAsked) -> JsonValue:
    """List the names below a path of Vault, folders with a / at their end; without a path the KV mounts."""
    secrets = _secrets(around)
    if not asked.path.strip("/"):
        return {"mounts": [one.model_dump(mode="json") for one in secrets.mounts()]}
    return {"path": asked.path, "names": list(secrets.list(asked.path))}


def get_vault_secret_keys(around: Around, asked: SecretAsked) -> JsonValue:
    """Say which keys a secret has: their names, never their values."""
    return _told(_secrets(around).look_up(asked.path))


def suggest_vault_mappings(around: Around, asked: MappingsAsked) -> JsonValue:
    """Suggest for each environment variable the place in Vault where its value lies or could lie, with the reason."""
    conventions = known_conventions(around)
    facts = EstateFacts(conventions=conventions, secrets=tuple(_known(_secrets(around), asked.app, conventions)))
    job = Sourced[str](value="service", source="default")
    service = ServiceProfile.model_validate({"id": f"folder:{asked.app}", "name": asked.app, "job": job.model_dump()})
    around_it = Surroundings(asked.app, service, (), facts, Stores(vault=True, variables=False))
    return {"mappings": [_mapping(name, around_it) for name in asked.variables]}


def validate_vault_paths(around: Around, asked: PlacesAsked) -> JsonValue:
    """Say of each place whether Vault has the path and the key in it, and else what to do."""
    secrets = _secrets(around)
    return {"places": [_validated(place, secrets) for place in asked.places]}


def _secrets(around: Around) -> Secrets:
    return configured(around.estate.secrets, "Vault", "VAULT_ADDR")


def _known(secrets: Secrets, app: str, conventions: Conventions) -> Iterator[SecretFound]:
    """What lies where secrets of that application are looked for."""
    for path in dict.fromkeys(_paths(secrets, app, conventions)):
        found = secrets.look_up(path)
        if isinstance(found, SecretFound):
            yield found


def _paths(secrets: Secrets, app: str, conventions: Conventions) -> Iterator[str]:
    yield from (pattern.replace("{app}", app) for pattern in conventions.vault.path_patterns)
    mapped = (place.partition("#")[0] for place in conventions.vault.env_var_mappings.values())
    yield from (path.replace("{app}", app) for path in mapped)
    for mount in secrets.mounts():
        folder = f"{mount.path}/{app}"
        yield folder
        yield from (f"{folder}/{name}" for name in _leaves(secrets.list(folder)))


def _leaves(names: Iterable[str]) -> list[str]:
    return [name for name in names if not name.endswith("/")][:MOST_ASKED]


def _mapping(name: str, around: Surroundings) -> JsonValue:
    suggestion = by_convention(name, around) or suggest_secret(name, around)
    if suggestion is None:
        return {"variable": name, "place": None}
    return {
        "variable": name,
        "place": suggestion.cell.place,
        "confidence": suggestion.confidence,
        "reason": suggestion.reason,
    }


def _validated(text: str, secrets: Secrets) -> JsonValue:
    place = parse_place(f"vault:{text.removeprefix('vault:')}")
    path, key = (place.path, place.key) if place else (text.removeprefix("vault:"), "")
    found = secrets.look_up(path)
    told = _told(found)
    if not isinstance(found, SecretFound) or not key or found.keys is None:
        return {"place": text, **told}
    if key in found.keys:
        return {"place": text, "valid": True}
    return {"place": text, "valid": False, "reason": f"it has no key {key}", "keys": list(found.keys)}


def _told(found: SecretLookup) -> dict[str, JsonValue]:
    match found:
        case SecretFound(path=path, keys=keys):
            return {"valid": True, "path": path, "keys": list(keys) if keys is not None else None}
        case SecretMissing(path=path, reason=reason, advice=advice):
            return {"valid": False, "path": path, "reason": reason, "advice": advice}
        case SecretDenied(path=path, advice=advice):
            return {"valid": None, "path": path, "reason": "denied", "advice": advice}


VAULT_TOOLS = (
    looking_tool(list_vault_secrets, PathAsked),
    looking_tool(get_vault_secret_keys, SecretAsked),
    looking_tool(suggest_vault_mappings, MappingsAsked),
    looking_tool(validate_vault_paths, PlacesAsked),
)
