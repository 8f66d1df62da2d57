"""The `Diff` of a plan and of a job's versions: what changed between two jobs, sorted and typed as Nomad does it.

Both jobs are canonical and completed as the server holds them. Multiregion, Connect gateways and sidecar tasks are
left out; so are the blocks that Nomad itself leaves out (spreads, migrate, scaling, lifecycle, volume mounts), which
change a group's or task's type all the same.
"""

from collections.abc import Iterator

from pydantic import JsonValue

from muster.nomad.embedded.differences.fields import Change, FieldChange, compare, flatten
from muster.nomad.embedded.differences.parts import BlockChange, compare_parts, same
from muster.nomad.embedded.differences.shapes import GROUP, JOB, TASK
from muster.nomad.embedded.validation.reading import Block, blocks, number, text

Json = dict[str, JsonValue]
# Nomad shows these two only where both groups are there, and then an absent one is an empty string
_OPTIONAL_DURATIONS = ("ShutdownDelay", "StopAfterClientDisconnect")


def diff_jobs(old: Block | None, new: Block | None, *, contextual: bool) -> Json:
    """What changed from `old` to `new`; `contextual` shows a changed block's unchanged fields too, as plans do.

    `Updates` and `Annotations` are what `annotate` adds.
    """
    fields = compare(flatten(JOB, old), flatten(JOB, new), contextual=False)
    parts = compare_parts(JOB, old, new, contextual=contextual)
    groups: list[JsonValue] = [*_compare_groups(old, new, contextual=contextual)]
    edited = bool(fields or parts) or any(isinstance(group, dict) and group["Type"] != "None" for group in groups)
    return {
        "Type": _change(old, new, edited=edited),
        "ID": text(new or old or {}, "ID"),
        "Fields": _listed(fields),
        "Objects": _listed(parts),
        "TaskGroups": groups or None,
    }


def _listed(changes: tuple[FieldChange, ...] | tuple[BlockChange, ...]) -> JsonValue:
    return [change.as_json() for change in changes] or None


def _change(old: Block | None, new: Block | None, *, edited: bool) -> Change:
    if old is None or new is None:
        return "None" if old is new else "Added" if old is None else "Deleted"
    return "Edited" if edited else "None"


def _paired(old: Block | None, new: Block | None, key: str) -> Iterator[tuple[str, Block | None, Block | None]]:
    was = {text(item, "Name"): item for item in blocks(old or {}, key)}
    will = {text(item, "Name"): item for item in blocks(new or {}, key)}
    for name in sorted(was.keys() | will.keys()):
        yield name, was.get(name), will.get(name)


def _compare_groups(old: Block | None, new: Block | None, *, contextual: bool) -> Iterator[Json]:
    for name, was, will in _paired(old, new, "TaskGroups"):
        tasks: list[JsonValue] = [*_compare_tasks(was, will, contextual=contextual)]
        fields = compare(_flat_group(was, will), _flat_group(will, was), contextual=False)
        yield {
            "Type": _change(was, will, edited=not same(was, will)),
            "Name": name,
            "Fields": _listed(fields),
            "Objects": _listed(compare_parts(GROUP, was, will, contextual=contextual)),
            "Tasks": tasks or None,
            "Updates": None,
        }


def _flat_group(group: Block | None, other: Block | None) -> dict[str, str]:
    fields = {**flatten(GROUP, group)}
    if group is not None and other is not None:
        fields |= {key: str(number(group, key)) for key in _OPTIONAL_DURATIONS if group.get(key) is not None}
    return fields


def _compare_tasks(old: Block | None, new: Block | None, *, contextual: bool) -> Iterator[Json]:
    for name, was, will in _paired(old, new, "Tasks"):
        yield {
            "Type": _change(was, will, edited=not same(was, will)),
            "Name": name,
            "Fields": _listed(compare(flatten(TASK, was), flatten(TASK, will), contextual=False)),
            "Objects": _listed(compare_parts(TASK, was, will, contextual=contextual)),
            "Annotations": None,
        }
