"""Secrets reach the environment by templates: the job names their place, never their value.

Quoting by `toJSON`, one file in `${NOMAD_SECRETS_DIR}` for each path; KV version 2 in Vault (`.Data.data`).
"""

import re
from collections.abc import Iterable
from itertools import count

from muster.nomad.domain.build.target import Target, is_older
from muster.nomad.domain.places import Place, parse_place
from muster.nomad.domain.profile import EnvEntry
from muster.nomad.domain.task import Template, Vault

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def secret_templates(entries: Iterable[EnvEntry]) -> tuple[Template, ...]:
    """A template for each path, with a line for each variable."""
    by_path: dict[tuple[str, str], list[tuple[EnvEntry, Place]]] = {}
    for entry in entries:
        place = parse_place(entry.place)
        if place:
            by_path.setdefault((place.store, _path(place)), []).append((entry, place))
    files = (f"secrets{number if number > 1 else ''}.env" for number in count(1))
    return tuple(_template(*where, found, name) for (where, found), name in zip(by_path.items(), files, strict=False))


def vault_block(
    entries: Iterable[EnvEntry], policies: tuple[str, ...], job: str, target: Target | None
) -> Vault | None:
    """Access to Vault where a secret lies there: by policy below Nomad 1.10, else by the workload's identity.

    `policies` are those that a source names; later versions pass over them. Without them the policy is the job's name.
    """
    places = [parse_place(entry.place) for entry in entries]
    if not any(place and place.store == "vault" for place in places):
        return None
    by_policy = target is not None and is_older(target.version, 1, 10)
    return Vault(policies=policies or ((job,) if by_policy else ()))


def _template(store: str, path: str, found: Iterable[tuple[EnvEntry, Place]], name: str) -> Template:
    lines = [f"{entry.name}={{{{ {_value(place)} | toJSON }}}}" for entry, place in found]
    function = "secret" if store == "vault" else "nomadVar"
    data = "\n".join([f'{{{{ with {function} "{path}" }}}}', *lines, "{{ end }}"]) + "\n"
    return Template(data=data, destination=f"${{NOMAD_SECRETS_DIR}}/{name}", env=True)


def _path(place: Place) -> str:
    """The path to read; KV version 2 keeps data under `MOUNT/data/`, whether the place says so or not."""
    mount, _, rest = place.path.partition("/")
    if place.store != "vault" or not rest or rest.startswith("data/"):
        return place.path
    return f"{mount}/data/{rest}"


def _value(place: Place) -> str:
    data = ".Data.data" if place.store == "vault" else "."
    if _PLAIN_KEY.fullmatch(place.key):
        return f"{data.rstrip('.')}.{place.key}"
    return f'index {data} "{place.key}"'
