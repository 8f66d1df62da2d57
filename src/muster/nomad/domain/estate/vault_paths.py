"""Where an application's secrets may lie in Vault: by the conventions, else where people usually put them."""

from collections.abc import Iterable, Iterator
from itertools import product

from muster.nomad.domain.estate.conventions import Conventions, VaultConventions
from muster.nomad.domain.estate.secrets import SecretMount
from muster.nomad.domain.values import Part

_SHARED = ("shared", "common")


class Subject(Part):
    """Whose secrets are looked for: names that the application may have there, its services, its environment."""

    apps: tuple[str, ...]
    services: tuple[str, ...] = ()
    env: str = "production"


def convention_paths(conventions: Conventions | None, subject: Subject) -> tuple[str, ...]:
    """The paths that the conventions name, filled in, the likeliest first, each once."""
    said = conventions.vault if conventions else VaultConventions()
    patterns = (*said.path_patterns, *(place.partition("#")[0] for place in said.env_var_mappings.values()))
    return tuple(dict.fromkeys(path for pattern in patterns for path in _filled(pattern, subject)))


def usual_folders(mounts: Iterable[SecretMount], subject: Subject) -> tuple[str, ...]:
    """Below every mount `APP`, `aws/APP` and what is shared; each may be a secret or a folder of them."""
    own = (*subject.apps, *(f"aws/{app}" for app in subject.apps), *_SHARED)
    return tuple(f"{mount.path.strip('/')}/{name}" for mount, name in product(mounts, own))


def _filled(pattern: str, subject: Subject) -> Iterator[str]:
    for app, service in product(subject.apps, subject.services or subject.apps):
        yield pattern.replace("{app}", app).replace("{service}", service).replace("{env}", subject.env)
