"""What Consul's checks mean: an instance passes when each of its own checks and of its node's checks does.

A warning is no passing: `?passing` leaves such instances out, and so do Fabio and templates (Consul's API, health).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import cast

from pydantic import JsonValue

from muster.nomad.domain.estate.catalog import ServiceEndpoint

Row = dict[str, JsonValue]


def count_instances(checks: Iterable[Row]) -> dict[str, tuple[int, int]]:
    """Service to how many instances have checks, and how many of them pass, from every check there is."""
    rows = list(checks)
    broken = {str(row.get("Node")) for row in rows if not row.get("ServiceID") and not _passes(row)}
    passing: Mapping[str, dict[tuple[JsonValue, JsonValue], bool]] = defaultdict(dict)
    for row in rows:
        if not row.get("ServiceID"):
            continue
        instances, instance = passing[str(row.get("ServiceName"))], (row.get("Node"), row.get("ServiceID"))
        instances[instance] = instances.get(instance, str(row.get("Node")) not in broken) and _passes(row)
    return {name: (len(instances), sum(instances.values())) for name, instances in passing.items()}


def endpoint_of(service: str, row: Row) -> ServiceEndpoint:
    """An instance, as `/v1/health/service` has it; without an address of its own it is at its node's."""
    node, own = _object(row.get("Node")), _object(row.get("Service"))
    tags, port = own.get("Tags"), own.get("Port")
    return ServiceEndpoint(
        service=service,
        address=str(own.get("Address") or node.get("Address") or ""),
        port=port if isinstance(port, int) else 0,
        passing=all(_passes(_object(check)) for check in _list(row.get("Checks"))),
        tags=tuple(str(tag) for tag in _list(tags)),
    )


def _passes(check: Row) -> bool:
    return check.get("Status") == "passing"


def _object(value: JsonValue) -> Row:
    return value if isinstance(value, dict) else {}


def _list(value: JsonValue) -> list[JsonValue]:
    return cast(list[JsonValue], value) if isinstance(value, list) else []
