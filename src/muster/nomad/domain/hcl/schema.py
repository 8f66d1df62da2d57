"""What a job file may hold: blocks, labels, attributes and their types, read from `jobspec_schema.json`."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import Literal

from pydantic import JsonValue

FieldKind = Literal["optional", "required", "block", "label", "server"]

_STRUCT = re.compile(r"(?P<many>\[\])?(?P<keyed>map\[string\])?\*?(?P<name>[A-Z]\w+)")
_NULL_TYPES = ("*", "[]", "map[")


@dataclass(frozen=True)
class Field:
    """One name in a block: its type in Go's words and its name in the API's JSON."""

    name: str
    kind: FieldKind
    type: str
    json_name: str
    since: Literal["", "later", "removed"] = ""

    @property
    def is_block(self) -> bool:
        """Whether it is written as a block."""
        return self.kind == "block"

    @property
    def struct(self) -> str | None:
        """The struct that a block decodes to; None for free maps."""
        match = _STRUCT.fullmatch(self.type)
        return match["name"] if match and self.is_block else None

    @property
    def many(self) -> bool:
        """Whether the block may be repeated."""
        return self.type.startswith("[]") or self.keyed

    @property
    def keyed(self) -> bool:
        """Whether repeated blocks become a map by their label."""
        return self.type.startswith("map[") and self.struct is not None

    @property
    def zero(self) -> JsonValue:
        """What the API's JSON holds when it is not set."""
        if self.type.startswith(_NULL_TYPES):
            return None
        if self.type in ("string", "CSIPluginType"):
            return ""
        return False if self.type == "bool" else 0


@dataclass(frozen=True)
class Struct:
    """A block's content."""

    name: str
    fields: Mapping[str, Field]

    @cached_property
    def labels(self) -> tuple[Field, ...]:
        """The labels that the block must have."""
        return tuple(field for field in self.fields.values() if field.kind == "label")

    @cached_property
    def label_names(self) -> tuple[str, ...]:
        """The labels' names in Nomad's messages; some have none."""
        return tuple(field.name.removeprefix("__label__") for field in self.labels)

    @cached_property
    def attributes(self) -> tuple[str, ...]:
        """The names of attributes, sorted as Nomad suggests them."""
        return tuple(sorted(name for name, field in self.fields.items() if field.kind in ("optional", "required")))

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The names of blocks, sorted as Nomad suggests them."""
        return tuple(sorted(name for name, field in self.fields.items() if field.is_block))

    def blank(self) -> dict[str, JsonValue]:
        """The API's JSON of an empty block: what Nomad 1.1 sends, without the fields that came later."""
        present = (field for field in self.fields.values() if field.since != "later" and field.name != "csi_plugin")
        return {field.json_name: field.zero for field in present}


@dataclass(frozen=True)
class Schema:
    """All structs of a job file, and the docker driver's config keys with their types (bool, string, number, list, map,
    block)."""

    structs: Mapping[str, Struct]
    docker_keys: Mapping[str, str]
    docker_required: tuple[str, ...]


def _field(name: str, text: str) -> Field:
    kind, kind_of_value, json_name, *since = text.split(" ")
    return Field(name, _KINDS[kind], kind_of_value, json_name, _SINCE[since[0] if since else ""])


_KINDS: Mapping[str, FieldKind] = {
    "optional": "optional",
    "required": "required",
    "block": "block",
    "label": "label",
    "server": "server",
}
_SINCE: Mapping[str, Literal["", "later", "removed"]] = {"": "", "later": "later", "removed": "removed"}


@cache
def job_schema() -> Schema:
    """The schema, read once from the package's data."""
    text = resources.files("muster.nomad.domain.hcl").joinpath("jobspec_schema.json").read_text(encoding="utf-8")
    data = json.loads(text)
    structs = {
        name: Struct(name, {key: _field(key, line) for key, line in fields.items()})
        for name, fields in data["structs"].items()
    }
    return Schema(structs, data["docker"]["keys"], tuple(data["docker"]["required"]))
