"""Reads YAML into plain nodes that know where they stand. Nothing is constructed from tags, and no bomb goes off.

The tree is built from the parser's events without recursion; an alias is the same node again, never a copy, so that
"a billion laughs" stays as small as its text. Scalars keep their text: `22:22` is no number here and `no` no boolean.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import yaml

MAX_NODES = 50_000
MAX_DEPTH = 60
MAX_MERGED_KEYS = 50_000

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_LOADER = yaml.CSafeLoader if yaml.__with_libyaml__ else yaml.SafeLoader


@dataclass(frozen=True, eq=False)
class ScalarNode:
    """A text. `at` is `file:line`; `plain` if it has no quotes."""

    text: str
    at: str
    plain: bool = True

    @property
    def is_null(self) -> bool:
        """Whether YAML means "nothing" by it."""
        return self.plain and self.text in _NULLS


@dataclass(frozen=True, eq=False)
class ListNode:
    """A sequence."""

    items: "tuple[Node, ...]"
    at: str


@dataclass(frozen=True, eq=False)
class MapNode:
    """A mapping with merge keys (`<<`) resolved; `key_at` tells where each key stands."""

    items: "dict[str, Node]"
    at: str
    key_at: dict[str, str] = field(default_factory=dict[str, str])

    def get(self, key: str) -> "Node | None":
        """The value, or None where the key is missing or null."""
        node = self.items.get(key)
        return None if isinstance(node, ScalarNode) and node.is_null else node


Node = ScalarNode | ListNode | MapNode


@dataclass(frozen=True)
class BrokenYaml:
    """Why a text is no YAML that we read, and where."""

    why: str
    at: str


@dataclass(frozen=True)
class LoadedYaml:
    """One document; `duplicates` are keys that stand twice in one mapping, with their places."""

    root: Node
    duplicates: tuple[tuple[str, str], ...] = ()


class _TooMuchError(Exception):
    """The text breaks one of our limits."""


@dataclass
class _Frame:
    """A collection that is being read; for a mapping `keys` holds what stands before each value."""

    kind: type[ListNode] | type[MapNode]
    at: str
    anchor: str | None
    values: list[Node] = field(default_factory=list[Node])


def load_yaml(text: str, path: str) -> LoadedYaml | BrokenYaml:
    """The first document of a YAML text. `path` is what places are said to be in."""
    documents, broken = load_documents(text, path, most=1)
    return broken or next(iter(documents), LoadedYaml(ScalarNode("", path)))


def load_documents(text: str, path: str, *, most: int = 1000) -> tuple[tuple[LoadedYaml, ...], BrokenYaml | None]:
    """The documents of a YAML text up to the first that can't be read, and why it can't. Limits are the text's."""
    found: list[LoadedYaml] = []
    try:
        for document in _Builder(path).documents(yaml.parse(text.encode("utf-8", "replace"), Loader=_LOADER)):
            found.append(document)
            if len(found) == most:
                break
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        return tuple(found), BrokenYaml(str(error.problem or error.context or "it can't be read"), f"{path}:{line}")
    except yaml.YAMLError as error:
        return tuple(found), BrokenYaml(str(error).split("\n")[0], path)
    except _TooMuchError as error:
        return tuple(found), BrokenYaml(str(error), path)
    return tuple(found), None


class _Builder:
    """Turns events into nodes, bottom up."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._frames: list[_Frame] = []
        self._anchors: dict[str, Node] = {}
        self._duplicates: list[tuple[str, str]] = []
        self._nodes = 0
        self._merged = 0

    def documents(self, events: Iterable[yaml.Event]) -> Iterator[LoadedYaml]:
        """Each document when its last event is read."""
        for event in events:
            node = self._step(event)
            if node is None:
                continue
            if self._frames:
                self._frames[-1].values.append(node)
                continue
            yield LoadedYaml(node, tuple(self._duplicates))
            self._duplicates.clear()

    def _step(self, event: yaml.Event) -> Node | None:
        """The node that this event completes, if it does."""
        match event:
            case yaml.AliasEvent():
                return self._alias(str(event.anchor))
            case yaml.ScalarEvent():
                plain = not event.style and event.tag is None  # libyaml says "", PyYAML says None
                return self._done(ScalarNode(str(event.value), self._at(event), plain), event.anchor)
            case yaml.SequenceStartEvent():
                self._open(_Frame(ListNode, self._at(event), event.anchor))
            case yaml.MappingStartEvent():
                self._open(_Frame(MapNode, self._at(event), event.anchor))
            case yaml.SequenceEndEvent():
                frame = self._frames.pop()
                return self._done(ListNode(tuple(frame.values), frame.at), frame.anchor)
            case yaml.MappingEndEvent():
                frame = self._frames.pop()
                return self._done(self._mapping(frame), frame.anchor)
            case _:
                pass
        return None

    def _at(self, event: yaml.Event) -> str:
        return f"{self._path}:{event.start_mark.line + 1 if event.start_mark else 1}"

    def _open(self, frame: _Frame) -> None:
        self._frames.append(frame)
        if len(self._frames) > MAX_DEPTH:
            raise _TooMuchError(f"it is nested deeper than {MAX_DEPTH} levels")

    def _done(self, node: Node, anchor: object) -> Node:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise _TooMuchError(f"it has more than {MAX_NODES} values")
        if anchor is not None:
            self._anchors[str(anchor)] = node
        return node

    def _alias(self, name: str) -> Node:
        if name not in self._anchors:
            raise _TooMuchError(f"the alias *{name[:40]} refers to nothing before it")
        return self._done(self._anchors[name], None)

    def _mapping(self, frame: _Frame) -> MapNode:
        items: dict[str, Node] = {}
        places: dict[str, str] = {}
        merges: list[Node] = []
        for key, value in zip(frame.values[::2], frame.values[1::2], strict=False):
            if not isinstance(key, ScalarNode):
                continue
            if key.text == "<<" and key.plain:
                merges.append(value)
                continue
            if key.text in items:
                self._duplicates.append((key.text, key.at))
            items[key.text], places[key.text] = value, key.at
        for merge in merges:
            self._merge(merge, items, places)
        return MapNode(items, frame.at, places)

    def _merge(self, merge: Node, items: dict[str, Node], places: dict[str, str]) -> None:
        """Keys that stand there already win over merged ones."""
        for source in merge.items if isinstance(merge, ListNode) else (merge,):
            if not isinstance(source, MapNode):
                continue
            self._merged += len(source.items) + 1
            if self._merged > MAX_MERGED_KEYS:
                raise _TooMuchError(f"its merge keys (<<) bring in more than {MAX_MERGED_KEYS} values")
            for key, value in source.items.items():
                if key not in items:
                    items[key], places[key] = value, source.key_at[key]


def scalar(node: "Node | None") -> ScalarNode | None:
    """The node if it is a text and not null."""
    return node if isinstance(node, ScalarNode) and not node.is_null else None


def mapping(node: "Node | None") -> MapNode:
    """The node if it is a mapping, else an empty one."""
    return node if isinstance(node, MapNode) else MapNode({}, "")


def elements(node: "Node | None") -> "tuple[Node, ...]":
    """A sequence's items; a single value is a sequence of one, nothing an empty one."""
    if isinstance(node, ListNode):
        return node.items
    return () if node is None or (isinstance(node, ScalarNode) and node.is_null) else (node,)


def scalars(node: "Node | None") -> tuple[ScalarNode, ...]:
    """The texts among a sequence's items."""
    return tuple(item for item in elements(node) if isinstance(item, ScalarNode))


def is_true(node: "Node | None") -> bool:
    """Whether a text means yes."""
    return isinstance(node, ScalarNode) and node.text.lower() in {"true", "yes", "on", "1"}
