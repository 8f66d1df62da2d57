"""What ACL rules grant, as Nomad reads them: capabilities by namespace and host volume, levels for the rest.

Read from hashicorp/nomad: `acl/policy.go` at v1.1.2, the paths of variables at v1.4.3.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from muster.nomad.embedded.access.rules_text import RulesTextError, Table, read_tables

_NAME = re.compile(r"^[a-zA-Z0-9\-*]{1,128}$")
_READ = frozenset(
    {"list-jobs", "read-job", "csi-list-volume", "csi-read-volume"}
    | {"read-job-scaling", "list-scaling-policies", "read-scaling-policy"}
)
_WRITE = _READ | frozenset(
    {"scale-job", "submit-job", "dispatch-job", "read-logs", "read-fs", "alloc-exec", "alloc-lifecycle"}
    | {"csi-mount-volume", "csi-write-volume", "submit-recommendation"}
)
_SCALE = frozenset({"list-scaling-policies", "read-scaling-policy", "read-job-scaling", "scale-job"})
_DENY = frozenset({"deny"})
NAMESPACE_LEVELS = {"deny": _DENY, "read": _READ, "write": _WRITE, "scale": _SCALE}
VOLUME_LEVELS = {
    "deny": _DENY,
    "read": frozenset({"mount-readonly"}),
    "write": frozenset({"mount-readonly", "mount-readwrite"}),
    "scale": frozenset[str](),
}
_NAMESPACE_CAPABILITIES = _WRITE | {"deny", "alloc-node-exec", "csi-register-plugin", "sentinel-override"}
_VOLUME_CAPABILITIES = frozenset({"deny", "mount-readonly", "mount-readwrite"})
_PATH_CAPABILITIES = frozenset({"deny", "read", "write", "list", "destroy"})
SCOPES = ("agent", "node", "operator", "quota", "plugin")
_LEVELS = ("deny", "read", "write", "scale")
_PLUGIN_LEVELS = ("deny", "read", "list")

Granted = Mapping[str, frozenset[str]]


class RulesError(Exception):
    """The rules make no sense; the text is the server's."""


@dataclass(frozen=True)
class Rules:
    """One policy's grants; patterns may hold `*`. `paths` are those of variables, by namespace pattern."""

    namespaces: Granted = field(default_factory=dict[str, frozenset[str]])
    host_volumes: Granted = field(default_factory=dict[str, frozenset[str]])
    paths: Mapping[str, Granted] = field(default_factory=dict[str, Granted])
    levels: Mapping[str, str] = field(default_factory=dict[str, str])


def parse_rules(text: str) -> Rules:
    """Read the rules of a policy. Raises RulesError in the server's words."""
    if not text:
        return Rules()
    try:
        tables = read_tables(text)
    except RulesTextError as error:
        raise RulesError(f"Failed to parse ACL Policy: {error}") from error
    if not any(name in tables for name in ("namespace", "host_volume", *SCOPES)):
        raise RulesError(f"Invalid policy: {text}")
    namespaces = _named(tables, "namespace")
    return Rules(
        namespaces={name: _namespace(name, table) for name, table in namespaces.items()},
        host_volumes={name: _volume(name, table) for name, table in _named(tables, "host_volume").items()},
        paths={name: _paths(table) for name, table in namespaces.items()},
        levels={scope: _level(scope, tables) for scope in SCOPES if scope in tables},
    )


def _named(tables: Table, kind: str) -> dict[str, Table]:
    found: object = tables.get(kind, {})
    if not isinstance(found, dict | list):
        raise RulesError(f"Failed to parse ACL Policy: {kind} is no block")
    # JSON may hold a list of single-key tables
    listed = cast("list[object]", found) if isinstance(found, list) else [cast("object", found)]
    return {name: _table(one) for item in listed for name, one in _table(item).items()}


def _table(value: object) -> Table:
    return cast("Table", value) if isinstance(value, dict) else {}


def _namespace(name: str, table: Table) -> frozenset[str]:
    shown = _shown("NamespacePolicy", name, table)
    return _granted("namespace", name, table, shown, NAMESPACE_LEVELS, _NAMESPACE_CAPABILITIES)


def _volume(name: str, table: Table) -> frozenset[str]:
    shown = _shown("HostVolumePolicy", name, table)
    return _granted("host volume", name, table, shown, VOLUME_LEVELS, _VOLUME_CAPABILITIES)


def _granted(
    what: str, name: str, table: Table, shown: str, levels: Mapping[str, frozenset[str]], known: frozenset[str]
) -> frozenset[str]:
    if not _NAME.match(name):
        raise RulesError(f"Invalid {what} name: {shown}")
    level, capabilities = _text(table, "policy"), _texts(table, "capabilities")
    if level and level not in levels:
        raise RulesError(f"Invalid {what} policy: {shown}")
    stranger = next((one for one in capabilities if one not in known), None)
    if stranger is not None:
        raise RulesError(f"Invalid {what} capability '{stranger}': {shown}")
    return frozenset(capabilities) | levels.get(level, frozenset[str]())


def _paths(table: Table) -> Granted:
    paths = _table(_table(table.get("variables")).get("path"))
    found = {path: _texts(_table(one), "capabilities") for path, one in paths.items()}
    for capabilities in found.values():
        stranger = next((one for one in capabilities if one not in _PATH_CAPABILITIES), None)
        if stranger is not None:
            raise RulesError(f"Invalid variable capability '{stranger}' in namespace")
    return {path: frozenset(capabilities) for path, capabilities in found.items()}


def _level(scope: str, tables: Table) -> str:
    level = _text(_table(tables[scope]), "policy")
    if level not in (_PLUGIN_LEVELS if scope == "plugin" else _LEVELS):
        raise RulesError(f'Invalid {scope} policy: &acl.{scope.capitalize()}Policy{{Policy:"{level}"}}')
    return level


def _shown(kind: str, name: str, table: Table) -> str:
    """The policy as Go's `%#v` prints it."""
    items = _texts(table, "capabilities")
    inner = "(nil)" if not items else "{" + ", ".join(f'"{item}"' for item in items) + "}"
    return f'&acl.{kind}{{Name:"{name}", Policy:"{_text(table, "policy")}", Capabilities:[]string{inner}}}'


def _text(table: Table, key: str) -> str:
    value = table.get(key)
    return value if isinstance(value, str) else ""


def _texts(table: Table, key: str) -> list[str]:
    value: Any = table.get(key)
    return [item for item in cast("list[object]", value) if isinstance(item, str)] if isinstance(value, list) else []
