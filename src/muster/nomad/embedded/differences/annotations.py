"""What a plan adds to a difference: how many allocations each group creates, updates or stops, and why."""

from collections.abc import Iterator, Mapping

from pydantic import JsonValue

from muster.nomad.embedded.validation.reading import Block, blocks, text

Json = dict[str, JsonValue]
CREATE = "forces create"
DESTROY = "forces destroy"
IN_PLACE = "forces in-place update"
DESTRUCTIVE = "forces create/destroy update"
# DesiredTGUpdates' name of a count, and the one in `Updates`
_UPDATES = {
    "Ignore": "ignore",
    "Place": "create",
    "Migrate": "migrate",
    "Stop": "destroy",
    "Canary": "canary",
    "InPlaceUpdate": "in-place update",
    "DestructiveUpdate": "create/destroy update",
}
_IN_PLACE_BLOCKS = ("LogConfig", "Service", "Constraint")


def annotate(diff: Block, desired: Mapping[str, Mapping[str, int]]) -> Json:
    """The difference with `Updates` and `Annotations`, by a plan's `DesiredTGUpdates`."""
    groups: list[JsonValue] = [
        _annotate_group(group, desired.get(text(group, "Name"))) for group in blocks(diff, "TaskGroups")
    ]
    return {**diff, "TaskGroups": groups or None}


def _annotate_group(group: Block, desired: Mapping[str, int] | None) -> Json:
    fields: list[JsonValue] = [_annotate_count(field) for field in blocks(group, "Fields")]
    tasks: list[JsonValue] = [
        {**task, "Annotations": [*_task_annotations(task, text(group, "Type"))] or None}
        for task in blocks(group, "Tasks")
    ]
    return {
        **group,
        "Fields": fields or None,
        "Tasks": tasks or None,
        "Updates": {_UPDATES[key]: count for key, count in desired.items() if key in _UPDATES and count}
        if desired is not None
        else None,
    }


def _annotate_count(field: Block) -> Json:
    if text(field, "Name") != "Count":
        return {**field}
    old, new = int(text(field, "Old") or 0), int(text(field, "New") or 0)
    said: list[JsonValue] = [CREATE] if old < new else [DESTROY] if new < old else []
    return {**field, "Annotations": said or None}


def _task_annotations(task: Block, group_change: str) -> Iterator[JsonValue]:
    change = text(task, "Type")
    if change == "None":
        return
    if group_change in ("Added", "Deleted"):
        yield CREATE if change == "Added" else DESTROY
    elif _is_destructive(task):
        yield DESTRUCTIVE
    else:
        yield IN_PLACE


def _is_destructive(task: Block) -> bool:
    fields = (text(field, "Name") for field in blocks(task, "Fields"))
    parts = (text(part, "Name") for part in blocks(task, "Objects"))
    return any(name != "KillTimeout" for name in fields) or any(name not in _IN_PLACE_BLOCKS for name in parts)
