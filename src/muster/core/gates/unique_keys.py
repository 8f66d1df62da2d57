"""Reads YAML in which a key stands once: of two answers to one question nobody knows which was meant."""

from typing import Any

import yaml


class DuplicateKeyError(yaml.YAMLError):
    """A table has a key twice."""


def load_unique(data: bytes) -> object:
    """The document. Raises yaml.YAMLError, DuplicateKeyError for a key that a table has twice, with both lines."""
    return yaml.load(data, _Loader)  # a SafeLoader


class _Loader(yaml.SafeLoader):
    """YAML's own loader takes the last of two values, and says nothing."""

    def compose_mapping_node(self, anchor: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().compose_mapping_node(anchor)
        first: dict[str, int] = {}
        for key, _ in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                continue
            if key.value in first:
                raise DuplicateKeyError(f"{key.value!r} stands in line {first[key.value]} and again in line {line}")
            first[key.value] = line
        return node
