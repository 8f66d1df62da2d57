"""Read a job's JSON as Nomad's Go structs hold it: what is absent or null is the kind's zero value."""

from collections.abc import Mapping

from pydantic import JsonValue

Block = Mapping[str, JsonValue]


def text(block: Block, key: str) -> str:
    """The string at `key`, or an empty one."""
    value = block.get(key)
    return value if isinstance(value, str) else ""


def number(block: Block, key: str) -> int:
    """The whole number at `key` (durations are nanoseconds), or zero."""
    value = block.get(key)
    if isinstance(value, float):
        return int(value) if value.is_integer() else 0
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


def flag(block: Block, key: str) -> bool:
    """The boolean at `key`, or false."""
    return block.get(key) is True


def inner(block: Block, key: str) -> Block | None:
    """The object at `key`, or None."""
    value = block.get(key)
    return value if isinstance(value, dict) else None


def blocks(block: Block, key: str) -> tuple[Block, ...]:
    """The objects in the list at `key`; anything else in it is left out."""
    value = block.get(key)
    return tuple(item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()


def texts(block: Block, key: str) -> tuple[str, ...]:
    """The strings in the list at `key`."""
    value = block.get(key)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def named_blocks(block: Block, key: str) -> dict[str, Block]:
    """The objects in the map at `key`, in the order of their names: Go's own order is a coin toss."""
    value = inner(block, key) or {}
    return {name: item for name, item in sorted(value.items()) if isinstance(item, dict)}


def pairs(block: Block, key: str) -> dict[str, str]:
    """The map of strings at `key`."""
    value = inner(block, key) or {}
    return {name: item for name, item in value.items() if isinstance(item, str)}


def tasks_in(group: Block) -> tuple[Block, ...]:
    """The tasks of a group, in order."""
    return blocks(group, "Tasks")
