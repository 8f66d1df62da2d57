"""How many allocations of each group a plan would place, stop, replace or leave (`DesiredTGUpdates`).

Decided from the two jobs and the running counts alone: no tainted nodes, no failed or rescheduled allocations, no
canaries already running, and no deployment of the new version under way.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from muster.nomad.embedded.differences.destructive import replaces_allocations, spec_changed
from muster.nomad.embedded.validation.reading import Block, blocks, flag, inner, number, text

_COUNTS = ("Canary", "DestructiveUpdate", "Ignore", "InPlaceUpdate", "Migrate", "Place", "Preemptions", "Stop")


@dataclass(frozen=True)
class _Change:
    """What the jobs say of one group: changed at all, and so that its allocations are replaced."""

    edited: bool
    replacing: bool


def desired_updates(
    old: Block | None, new: Block, running: Mapping[str, int], *, eligible_nodes: int = 0
) -> dict[str, JsonValue]:
    """The counts of every group of both jobs, by the group's name.

    `running` counts the allocations of each group of the old job; a system job places one on each eligible node.
    """
    groups = {text(group, "Name"): group for group in blocks(new, "TaskGroups")}
    removed = [name for name in _names(old) if name not in groups]
    return {
        **{name: _counts(Stop=running.get(name, 0)) for name in removed},
        **{
            name: _group_counts(old, new, group, running.get(name, 0), eligible_nodes) for name, group in groups.items()
        },
    }


def _names(job: Block | None) -> list[str]:
    return [text(group, "Name") for group in blocks(job or {}, "TaskGroups")]


def _counts(**counts: int) -> dict[str, JsonValue]:
    return {**dict.fromkeys(_COUNTS, 0), **counts}


def _group_counts(old: Block | None, new: Block, group: Block, running: int, nodes: int) -> dict[str, JsonValue]:
    name = text(group, "Name")
    count = number(group, "Count")
    wanted = min(count, 1) * nodes if text(new, "Type") == "system" else count
    if flag(new, "Stop"):
        return _counts(Stop=running)
    if old is None or name not in _names(old):
        # what still runs belongs to a job that was purged
        return _counts(Place=wanted, Stop=running)
    edited = spec_changed(old, new)
    change = _Change(edited, edited and replaces_allocations(old, new, name))
    return _rolling_counts(change, inner(group, "Update"), wanted, running)


def _rolling_counts(change: _Change, update: Block | None, wanted: int, running: int) -> dict[str, JsonValue]:
    kept, place, stop = min(running, wanted), max(0, wanted - running), max(0, running - wanted)
    if not change.edited:
        return _counts(Ignore=kept, Place=place, Stop=stop)
    if not change.replacing:
        return _counts(InPlaceUpdate=kept, Place=place, Stop=stop)
    parallel, canaries = number(update or {}, "MaxParallel"), number(update or {}, "Canary")
    if kept and canaries > 0:
        # nothing else is placed or replaced until the canaries are promoted
        return _counts(Canary=canaries, Ignore=kept, Stop=stop)
    limit = max(0, parallel - place) if parallel > 0 else kept
    replaced = min(kept, limit)
    return _counts(DestructiveUpdate=replaced, Ignore=kept - replaced, Place=place, Stop=stop)
