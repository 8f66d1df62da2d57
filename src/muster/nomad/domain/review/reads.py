"""What a job reads when its tasks start: paths of Vault with their keys, and keys of Consul's store.

Read from templates and `secret` blocks, whoever wrote them. A path or key that a template puts together is passed over.
"""

import re
from collections.abc import Iterator

from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import TaskSpec
from muster.nomad.domain.values import Part

_ACTION = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}", re.DOTALL)
_SECRET = re.compile(r'\bsecret\s+"([^"]+)"')
_FIELD = re.compile(r'\.Data(\.data)?\.([A-Za-z_]\w*)|index\s+\.Data(\.data)?\s+"([^"]+)"')
_CONSUL_KEY = re.compile(r'\bkey\s+"([^"]+)"')
_OPENS = re.compile(r"(?:with|range|if)\b")


class SecretRead(Part):
    """A path of Vault that a task reads, and the keys that it takes from it."""

    where: str
    path: str
    keys: tuple[str, ...] = ()
    """Of a template those below `.Data.data`, as KV version 2 has them."""
    flat: tuple[str, ...] = ()
    """Of a template those right below `.Data`, as KV version 1 has them."""
    in_template: bool = True
    """Else in a `secret` block, whose path Nomad turns into the one that is read."""


class KeyRead(Part):
    """A key of Consul's store that a task needs."""

    where: str
    key: str


def secret_reads(spec: JobSpec) -> tuple[SecretRead, ...]:
    """Every path of Vault, in the job's order, once for each task and place."""
    return tuple(
        read for where, task in _tasks(spec) for read in (*_of_templates(task, where), *_of_blocks(task, where))
    )


def key_reads(spec: JobSpec) -> tuple[KeyRead, ...]:
    """Every key of Consul that must be there; one with a default need not."""
    return tuple(
        KeyRead(where=where, key=key)
        for where, task in _tasks(spec)
        for template in task.templates
        for action in _ACTION.findall(template.data)
        for key in _CONSUL_KEY.findall(action)
    )


def _tasks(spec: JobSpec) -> Iterator[tuple[str, TaskSpec]]:
    for group in spec.groups:
        for task in group.tasks:
            yield f"group.{group.name}.task.{task.name}", task


def _of_templates(task: TaskSpec, where: str) -> Iterator[SecretRead]:
    for template in task.templates:
        found: dict[str, list[tuple[bool, str]]] = {}
        within: list[str] = []  # the path that each open block reads, empty where it reads none
        for action in _ACTION.findall(template.data):
            opened = _SECRET.findall(action)
            for path in opened:
                found.setdefault(path, [])
            reading = next((path for path in reversed((*within, *opened)) if path), "")
            if reading:
                found[reading] += [*_fields(action)]
            if _OPENS.match(action):
                within.append(opened[-1] if opened else "")
            elif action == "end" and within:
                within.pop()
        yield from (_read(where, path, fields) for path, fields in found.items())


def _fields(action: str) -> Iterator[tuple[bool, str]]:
    """Each key, and whether it is taken as of version 2, whose own `.Data` holds `data` and `metadata` alone."""
    for field in _FIELD.finditer(action):
        versioned, key = bool(field[1] or field[3]), field[2] or field[4]
        if versioned or key not in ("data", "metadata"):
            yield versioned, key


def _read(where: str, path: str, fields: list[tuple[bool, str]]) -> SecretRead:
    keys, flat = ([key for versioned, key in fields if versioned is wanted] for wanted in (True, False))
    return SecretRead(where=where, path=path, keys=_once(keys), flat=_once(flat))


def _of_blocks(task: TaskSpec, where: str) -> Iterator[SecretRead]:
    said = " ".join([*(str(value) for value in task.env.values()), *(one.data for one in task.templates)])
    for block in task.secrets:
        if block.provider == "vault":
            keys = re.findall(rf"\$\{{secret\.{re.escape(block.name)}\.([^}}]+)\}}", said)
            yield SecretRead(where=where, path=block.path, keys=_once(keys), in_template=False)


def _once(keys: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(keys))
