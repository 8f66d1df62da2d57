"""One container of a workload, and a voice that says things about it; its environment with references resolved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.extractors.compose_yaml import (
    MapNode,
    Node,
    ScalarNode,
    elements,
    is_true,
    mapping,
    scalar,
    scalars,
)
from muster.nomad.domain.extractors.kubernetes.library import Library
from muster.nomad.domain.extractors.kubernetes.manifests import SOURCE
from muster.nomad.domain.extractors.kubernetes.workloads import Workload, container_name
from muster.nomad.domain.facts import Evidence, Fact, ProblemFact

_REFERENCE = re.compile(r"\$\$|\$\(([A-Za-z_][\w.-]{0,200})\)")
_NAME = re.compile(r"[A-Za-z_.-][\w.-]{0,200}")
_MOST_VARIABLES = 1000
_LONGEST = 20_000


@dataclass(frozen=True)
class Variable:
    """A variable. `value` None: nobody here gives one."""

    value: str | None
    at: str
    reason: str
    secret: bool = False
    required: bool = False


@dataclass(frozen=True)
class Container:
    """A container of a pod."""

    workload: Workload
    body: MapNode
    library: Library

    @property
    def name(self) -> str:
        """What it is called."""
        return container_name(self.body)

    @property
    def unit(self) -> str:
        """The unit that it is."""
        return self.workload.unit_of(self.body)

    @property
    def is_main(self) -> bool:
        """Whether it is the pod's main container."""
        return self.unit == self.workload.unit

    def at(self, key: str) -> str:
        """Where a key of the container stands."""
        return self.body.key_at.get(key, self.body.at)

    def say(self, fact: Fact, at: str, reason: str, *, confidence: float = 1.0) -> Evidence:
        """A fact about the container."""
        return Evidence(unit=self.unit, fact=fact, source=SOURCE, where=at, reason=reason[:200], confidence=confidence)

    def problem(self, text: str, at: str) -> Evidence:
        """What can't be used of it."""
        shown = self.unit.partition(":")[2]
        return self.say(ProblemFact(problem=f"{shown}: {text[:300]}"), at, "the analysis goes on without it")

    def words(self, key: str) -> tuple[str, ...] | None:
        """The words of `command` or `args`, with the variables that are known put in; None where the key is missing."""
        node = self.body.get(key)
        if node is None:
            return None
        return tuple(self.expanded(one.text) or one.text for one in scalars(node))

    def expanded(self, text: str) -> str | None:
        """The text with each `$(NAME)` that is known replaced; None where it takes a value that nobody knows."""
        return expand_references(text, self.variables)

    @cached_property
    def variables(self) -> dict[str, Variable]:
        """The environment: `env` wins over `envFrom`."""
        found: dict[str, Variable] = {}
        for name, one in self._from_all():
            found[name] = one
        for node in elements(self.body.get("env"))[:_MOST_VARIABLES]:
            name = scalar(mapping(node).get("name"))
            if name is not None:
                found[name.text[:200]] = self._own(mapping(node), found)
        return dict(list(found.items())[:_MOST_VARIABLES])

    @property
    def environment(self) -> dict[str, str]:
        """The values that are known and no secrets."""
        known = ((name, one.value) for name, one in self.variables.items() if not one.secret)
        return {name: value for name, value in known if value is not None and not looks_secret(name, value)}

    @property
    def unknown_sources(self) -> Iterator[tuple[str, str]]:
        """What `envFrom` names and the repository does not have, with its place."""
        near = self.workload.manifest
        for kind, name, node in self._sources():
            known = self.library.config_map if kind == "ConfigMap" else self.library.secret_keys
            if known(name, near) is None:
                yield f"{kind} {name}", node.at

    def _own(self, node: MapNode, before: dict[str, Variable]) -> Variable:
        value = node.get("value")
        if isinstance(value, ScalarNode):
            return _given(value, before)
        source = mapping(node.get("valueFrom"))
        if source.get("secretKeyRef") is not None:
            ref = mapping(source.get("secretKeyRef"))
            said = f"key {_text(ref, 'key')} of the Secret {_text(ref, 'name')}"
            return Variable(None, node.at, said, secret=True, required=not is_true(ref.get("optional")))
        if source.get("configMapKeyRef") is not None:
            return self._of_config_map(mapping(source.get("configMapKeyRef")), node.at)
        if source.items:
            field = next(iter(source.items))
            return Variable(None, node.at, f"{field}, which only Kubernetes knows")
        return Variable("", node.at, "environment of the container")

    def _of_config_map(self, ref: MapNode, at: str) -> Variable:
        name, key = _text(ref, "name"), _text(ref, "key")
        data = self.library.config_map(name, self.workload.manifest) or {}
        found, said = data.get(key), f"key {key} of the ConfigMap {name}"
        if found is not None:
            return Variable(found.text, found.at, said)
        return Variable(None, at, f"{said}, which is not in the repository", required=not is_true(ref.get("optional")))

    def _from_all(self) -> Iterator[tuple[str, Variable]]:
        near = self.workload.manifest
        for kind, name, node in self._sources():
            prefix = _text(node, "prefix")
            if kind == "ConfigMap":
                for key, one in (self.library.config_map(name, near) or {}).items():
                    if _NAME.fullmatch(key):
                        yield prefix + key, Variable(one.text, one.at, f"the ConfigMap {name}")
            else:
                for key, at in (self.library.secret_keys(name, near) or {}).items():
                    yield prefix + key, Variable(None, at, f"the Secret {name}", secret=True, required=True)

    def _sources(self) -> Iterator[tuple[str, str, MapNode]]:
        for node in elements(self.body.get("envFrom")):
            for key, kind in (("configMapRef", "ConfigMap"), ("secretRef", "Secret")):
                name = _text(mapping(mapping(node).get(key)), "name")
                if name:
                    yield kind, name, mapping(node)


def expand_references(text: str, variables: dict[str, Variable]) -> str | None:
    """The text with each `$(NAME)` replaced; what is no variable stays. None where one has no value here."""
    missing, length = False, 0

    def value(found: re.Match[str]) -> str:
        nonlocal missing, length
        one = variables.get(found[1]) if found[1] else None
        if one is None:
            return "$" if found[0] == "$$" else found[0]
        length += len(one.value or "")
        missing = missing or one.value is None or length > _LONGEST
        return "" if missing else one.value or ""

    expanded = _REFERENCE.sub(value, text[:_LONGEST])
    return None if missing else expanded


def _given(value: ScalarNode, before: dict[str, Variable]) -> Variable:
    """A value, which may take earlier variables; with a secret in it, it is one."""
    text = expand_references(value.text, before)
    if text is not None:
        return Variable(text, value.at, "environment of the container")
    taken = [found[1] for found in _REFERENCE.finditer(value.text) if found[1] in before]
    hidden = any(before[name].secret or before[name].value is None for name in taken)
    return Variable(None, value.at, f"takes {', '.join(taken)[:100]}", secret=hidden, required=True)


def _text(node: Node | None, key: str) -> str:
    found = scalar(mapping(node).get(key))
    return found.text[:200] if found else ""
