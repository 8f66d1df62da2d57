"""The diff of a plan as text, in the manner of `nomad job plan`: `+` added, `-` deleted, `+/-` edited."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

Node = Mapping[str, Any]
"""A piece of the API's `Diff`: Type, Name, Fields, Objects, Annotations ..."""

_MARKS = {"Added": "+", "Deleted": "-", "Edited": "+/-"}


def render_plan(diff: Node) -> str:
    """The diff as lines; empty when nothing would change. What is new or gone as a whole is one line."""
    return "\n".join(_job(diff)) if plan_changes(diff) else ""


def plan_changes(diff: Node) -> bool:
    """Whether registering would change anything."""
    return str(diff.get("Type") or "None") != "None"


def _job(diff: Node) -> Iterator[str]:
    yield f'{_mark(diff)} Job: "{diff.get("ID")}"'
    yield from _body(diff, 0)
    for group in _many(diff, "TaskGroups"):
        if _mark(group) or group.get("Updates"):
            yield from _group(group)


def _group(group: Node) -> Iterator[str]:
    updates = cast("Mapping[str, int]", group.get("Updates") or {})
    counts = ", ".join(f"{count} {kind}" for kind, count in sorted(updates.items()))
    yield f'{_mark(group)} Task Group: "{group.get("Name")}"{f" ({counts})" if counts else ""}'.strip()
    yield from _body(group, 2)
    for task in _many(group, "Tasks"):
        if _mark(task):
            yield f'  {_mark(task)} Task: "{task.get("Name")}"{_notes(task)}'
            yield from _body(task, 4)


def _body(node: Node, indent: int) -> Iterator[str]:
    if _mark(node) != "+/-":
        return  # what is new or gone as a whole needs no list of its parts
    pad = " " * indent
    for field in _many(node, "Fields"):
        if _mark(field):
            yield f"{pad}{_mark(field)} {field.get('Name')}: {_change(field)}{_notes(field)}"
    for thing in _many(node, "Objects"):
        if _mark(thing):
            yield from _object(thing, indent)


def _object(thing: Node, indent: int) -> Iterator[str]:
    pad = " " * indent
    fields = [f"{one.get('Name')}: {_change(one)}" for one in _many(thing, "Fields") if _mark(one)]
    if _mark(thing) != "+/-":
        yield f"{pad}{_mark(thing)} {thing.get('Name')} {{ {', '.join(fields)} }}"
        return
    yield f"{pad}{_mark(thing)} {thing.get('Name')} {{"
    yield from _body(thing, indent + 2)
    yield f"{pad}}}"


def _change(field: Node) -> str:
    old, new = f'"{field.get("Old", "")}"', f'"{field.get("New", "")}"'
    return {"Added": new, "Deleted": old}.get(str(field.get("Type")), f"{old} => {new}")


def _notes(node: Node) -> str:
    notes = cast("Sequence[str] | None", node.get("Annotations")) or ()
    return f" ({', '.join(notes)})" if notes else ""


def _mark(node: Node) -> str:
    return _MARKS.get(str(node.get("Type")), "")


def _many(node: Node, key: str) -> Sequence[Node]:
    return cast("Sequence[Node] | None", node.get(key)) or ()
