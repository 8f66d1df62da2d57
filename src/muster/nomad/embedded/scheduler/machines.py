"""What a nodes file may say of a machine beside its size: its devices, and what happens to it and when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from muster.nomad.domain.hcl.durations import DurationError, parse_duration
from muster.nomad.embedded.chance import stable_identifier

SECOND = 1_000_000_000
HOUR = 3600 * SECOND


@dataclass(frozen=True)
class DeviceGroup:
    """Devices of one kind on one machine, `vendor/type/name`, by the ids of the single ones."""

    vendor: str
    kind: str
    name: str
    ids: tuple[str, ...]
    attributes: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def identity(self) -> list[str]:
        """What makes machines with it alike."""
        return [self.vendor, self.kind, self.name, *(f"{k}={v}" for k, v in sorted(self.attributes.items()))]

    def answers_to(self, wanted: str) -> bool:
        """Whether a job's device block means it: `gpu`, `nvidia/gpu` or `nvidia/gpu/1080ti`."""
        parts = wanted.split("/")
        known = {1: [self.kind], 2: [self.vendor, self.kind]}.get(len(parts), [self.vendor, self.kind, self.name])
        return parts == known


@dataclass(frozen=True)
class NodeScript:
    """When a machine dies, comes back, is drained; nanoseconds after the cluster's first start, None is never."""

    eligible: bool = True
    dies_ns: int | None = None
    returns_ns: int | None = None
    drains_ns: int | None = None
    drain_deadline_ns: int = HOUR


def read_device(record: str | dict[str, Any], node_id: str) -> DeviceGroup:
    """A device out of a nodes file: `vendor/type/name`, or a table with its count and attributes."""
    table: dict[str, Any] = {"name": record} if isinstance(record, str) else record
    vendor, kind, name = [*str(table["name"]).split("/", 2), "", ""][:3]
    count = max(0, int(table.get("count", 1)))
    ids = tuple(stable_identifier("device", node_id, str(table["name"]), str(number)) for number in range(count))
    attributes = {key: str(value) for key, value in table.get("attributes", {}).items()}
    return DeviceGroup(vendor, kind, name, ids, attributes)


def read_script(record: dict[str, Any]) -> NodeScript:
    """What a nodes file says will happen to a machine. Raises ValueError for a time that is none."""
    deadline = _time_ns(record.get("drain_deadline"))
    return NodeScript(
        eligible=bool(record.get("eligible", True)),
        dies_ns=_time_ns(record.get("dies_at")),
        returns_ns=_time_ns(record.get("returns_at")),
        drains_ns=_time_ns(record.get("drains_at")),
        drain_deadline_ns=HOUR if deadline is None else deadline,
    )


def _time_ns(value: Any) -> int | None:
    """A duration such as `30s`, or a number of seconds."""
    if value is None:
        return None
    try:
        return parse_duration(value) if isinstance(value, str) else int(float(value) * SECOND)
    except DurationError as error:
        raise ValueError(str(error)) from error
