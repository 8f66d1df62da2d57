"""Lays one compose service over another: an override file over its base, a service over the one that it extends."""

from muster.nomad.domain.extractors.compose_yaml import ListNode, MapNode, Node, ScalarNode

# Written as `A=b` in a list or as a mapping, which mean the same; as mappings they can be merged.
_LISTS_OF_PAIRS = frozenset({"environment", "labels", "annotations", "args", "sysctls", "extra_hosts"})
# A later value replaces these as a whole instead of adding to them.
_REPLACED = frozenset({"command", "entrypoint", "test"})
_MAX_DEPTH = 20


def merged_service(below: MapNode, above: MapNode) -> MapNode:
    """The service with `above` laid over `below`: mappings are merged, lists joined, everything else replaced."""
    return _merged_maps(normalised(below), normalised(above), 0)


def normalised(service: MapNode) -> MapNode:
    """The service with `environment` and its like, `depends_on` and `build` as mappings."""
    items = {key: _normalised_value(key, value) for key, value in service.items.items()}
    return MapNode(items, service.at, service.key_at)


def _normalised_value(key: str, value: Node) -> Node:
    if key in _LISTS_OF_PAIRS and isinstance(value, ListNode):
        return _pairs(value)
    if key == "depends_on" and isinstance(value, ListNode):
        return _names(value)
    if key == "build" and isinstance(value, ScalarNode) and not value.is_null:
        return MapNode({"context": value}, value.at, {"context": value.at})
    if key == "build" and isinstance(value, MapNode):
        return normalised(value)
    return value


def _pairs(node: ListNode) -> MapNode:
    """`[A=b, C]` as `{A: b, C: null}`."""
    items: dict[str, Node] = {}
    places: dict[str, str] = {}
    for item in node.items:
        if isinstance(item, ScalarNode):
            name, equals, value = item.text.partition("=")
            items[name.strip()] = ScalarNode(value, item.at, plain=not equals)
            places[name.strip()] = item.at
    return MapNode(items, node.at, places)


def _names(node: ListNode) -> MapNode:
    """`[a, b]` as `{a: {}, b: {}}`."""
    named = [item for item in node.items if isinstance(item, ScalarNode)]
    return MapNode({item.text: MapNode({}, item.at) for item in named}, node.at, {item.text: item.at for item in named})


def _merged_maps(below: MapNode, above: MapNode, depth: int) -> MapNode:
    items = dict(below.items)
    for key, value in above.items.items():
        items[key] = _merged(key, items[key], value, depth + 1) if key in items else value
    return MapNode(items, above.at, {**below.key_at, **above.key_at})


def _merged(key: str, below: Node, above: Node, depth: int) -> Node:
    if depth > _MAX_DEPTH or key in _REPLACED:
        return above
    if isinstance(below, MapNode) and isinstance(above, MapNode):
        return _merged_maps(below, above, depth)
    if isinstance(below, ListNode) and isinstance(above, ListNode):
        return ListNode((*below.items, *above.items), above.at)
    return above
