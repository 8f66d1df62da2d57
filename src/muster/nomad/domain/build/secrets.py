"""Values that lie elsewhere reach the environment when the task starts: the job names their place, never their value.

Templates quote by `toJSON`, one file in `${NOMAD_SECRETS_DIR}` for each path; a `secret` block is one for each path.
A key of Consul's store is no secret, and always read by a template.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import count

from muster.nomad.domain.build.secret_forms import SecretForm
from muster.nomad.domain.names import identifier
from muster.nomad.domain.places import Place, parse_place
from muster.nomad.domain.profile import EnvEntry
from muster.nomad.domain.task import SecretBlock, Template, Vault
from muster.nomad.domain.values import Part
from muster.nomad.domain.versions import has_feature

CONFIG_FILE = "local/config.env"

_PLAIN_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_NATIVE_KEY = re.compile(r"[A-Za-z0-9_.-]+")
"""What stands between `${` and `}` for Nomad to fill it in."""
_NATIVE_PATH = re.compile(r"[^(){}]+")
"""Nomad refuses these in a path of a `secret` block."""
_Read = tuple[EnvEntry, Place]


class PlaceReads(Part):
    """What a task holds to read its places: templates and blocks, and the variables that name the blocks."""

    templates: tuple[Template, ...] = ()
    secrets: tuple[SecretBlock, ...] = ()
    env: dict[str, str] = {}
    vault: bool = False
    """Whether any of it lies in Vault."""


def read_places(entries: Iterable[EnvEntry], form: SecretForm, own_path: str) -> PlaceReads:
    """How the entries that have a place are read. `own_path` is that of the task's own Nomad variables."""
    found = [(entry, _settled(place, form)) for entry in entries if (place := parse_place(entry.place))]
    config = [one for one in found if one[1].store == "consul"]
    secret = [_as_variable(one, own_path) if form.variables else one for one in found if one[1].store != "consul"]
    native = [one for one in secret if form.native and _fits_block(one[1])]
    names = _block_names([place for _, place in native], form)
    rendered = _by_path([one for one in secret if one not in native])
    files = (f"secrets{number if number > 1 else ''}.env" for number in count(1))
    return PlaceReads(
        templates=(
            *([_config_template(config, form)] if config else []),
            *(_secret_template(read, name, form) for read, name in zip(rendered, files, strict=False)),
        ),
        secrets=tuple(_block(names[path], place, form) for path, place in _first_of(native).items()),
        env={entry.name: f"${{secret.{names[_where(place)]}.{place.key}}}" for entry, place in native},
        vault=any(place.store == "vault" for _, place in secret),
    )


def own_variables(job: str, group: str, task: str) -> str:
    """The path of the Nomad variables that a task may read without a policy."""
    return f"nomad/jobs/{job}/{group}/{task}"


def vault_block(reads: PlaceReads, policies: tuple[str, ...], job: str, version: str | None) -> Vault | None:
    """Access to Vault where a secret lies there: by policy where the version is known to want one, else by the
    workload's identity.

    `policies` are those that a source names; without them the policy is the job's name. Where the version is not known
    they are written too: newer ones pass over them.
    """
    if not reads.vault:
        return None
    if has_feature(version, "vault-policies"):
        return Vault(policies=policies or (job,))
    return Vault(policies=() if version else policies)


def _settled(place: Place, form: SecretForm) -> Place:
    """A place of KV version 2 without `data/`, whether it says so or not: one path, one place."""
    mount = form.mount_of(place)
    if place.store != "vault" or mount.version == 1:
        return place
    below = place.path.removeprefix(mount.path).strip("/").removeprefix("data/")
    return place.model_copy(update={"path": f"{mount.path}/{below}".strip("/")})


def _as_variable(read: _Read, own_path: str) -> _Read:
    entry, place = read
    if place.store != "vault":
        return read
    return entry, Place(store="nomad-var", path=own_path, key=entry.name)


def _fits_block(place: Place) -> bool:
    return bool(_NATIVE_KEY.fullmatch(place.key) and _NATIVE_PATH.fullmatch(place.path))


def _where(place: Place) -> str:
    return f"{place.store}:{place.path}"


def _first_of(reads: Iterable[_Read]) -> dict[str, Place]:
    first: dict[str, Place] = {}
    for _, place in reads:
        first.setdefault(_where(place), place)
    return first


def _by_path(reads: Sequence[_Read]) -> list[list[_Read]]:
    paths: dict[str, list[_Read]] = {}
    for read in reads:
        paths.setdefault(_where(read[1]), []).append(read)
    return [*paths.values()]


def _block_names(places: Iterable[Place], form: SecretForm) -> Mapping[str, str]:
    """A name for each path: its last part, with more of it where that is taken."""
    names: dict[str, str] = {}
    for place in places:
        where, mount = _where(place), form.mount_of(place).path
        below = _below(place, mount) if place.store == "vault" else place.path
        parts = below.split("/")
        tries = [identifier("_".join(parts[-size:]))[:100] for size in range(1, len(parts) + 1)]
        tries += [f"{tries[-1]}_{number}" for number in range(2, len(names) + 3)]
        names.setdefault(where, next(one for one in tries if one not in names.values()))
    return names


def _block(name: str, place: Place, form: SecretForm) -> SecretBlock:
    """A `secret` block; of Vault with its engine, since Nomad takes version 1 unless told otherwise."""
    if place.store != "vault":
        return SecretBlock(name=name, provider="nomad", path=place.path)
    engine = "kv_v2" if form.mount_of(place).version == 2 else "kv"
    return SecretBlock(name=name, provider="vault", path=place.path, config={"engine": engine})


def _below(place: Place, mount: str) -> str:
    return place.path.removeprefix(mount).strip("/")


def _config_template(reads: Sequence[_Read], form: SecretForm) -> Template:
    lines = [f'{entry.name}={{{{ key "{place.path}" | toJSON }}}}' for entry, place in reads]
    return Template(data="\n".join(lines) + "\n", destination=CONFIG_FILE, env=True, change_mode=form.change_mode)


def _secret_template(reads: Sequence[_Read], name: str, form: SecretForm) -> Template:
    place = reads[0][1]
    data = _data_of(place, form)
    lines = [f"{entry.name}={{{{ {_value(data, one.key)} | toJSON }}}}" for entry, one in reads]
    return Template(
        data="\n".join([f"{{{{ with {_opened(place, form)} }}}}", *lines, "{{ end }}"]) + "\n",
        destination=f"${{NOMAD_SECRETS_DIR}}/{name}",
        env=True,
        change_mode=form.change_mode,
    )


def _opened(place: Place, form: SecretForm) -> str:
    """The call that reads a path; KV version 2 keeps data under `MOUNT/data/`."""
    if place.store != "vault":
        return f'nomadVar "{place.path}"'
    mount = form.mount_of(place)
    path = f"{mount.path}/data/{_below(place, mount.path)}" if mount.version == 2 else place.path
    return f'secret "{path}"'


def _data_of(place: Place, form: SecretForm) -> str:
    if place.store != "vault":
        return "."
    return ".Data.data" if form.mount_of(place).version == 2 else ".Data"


def _value(data: str, key: str) -> str:
    if _PLAIN_KEY.fullmatch(key):
        return f"{data.rstrip('.')}.{key}"
    return f'index {data} "{key}"'
