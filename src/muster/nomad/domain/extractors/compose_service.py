"""One compose service, and a voice that says things about it: unit, place, reason."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.extractors.compose_project import Project
from muster.nomad.domain.extractors.compose_variables import Resolved
from muster.nomad.domain.extractors.compose_yaml import MapNode, Node, ScalarNode, elements, mapping, scalar
from muster.nomad.domain.extractors.port_words import LISTENING_VARIABLE, listening_port
from muster.nomad.domain.facts import Evidence, Fact, ProblemFact

SOURCE = "compose"
MOST_VARIABLES = 1000


@dataclass(frozen=True)
class Service:
    """A service of a project. `body` has environment, build and depends_on as mappings."""

    name: str
    body: MapNode
    project: Project

    @property
    def unit(self) -> str:
        """The unit that it is."""
        return f"compose:{self.name}"

    @cached_property
    def environment(self) -> dict[str, str]:
        """What the variables of `environment` are in the container, those that are known and no secrets."""
        known: dict[str, str] = {}
        for name, node in list(self.section("environment").items.items())[:MOST_VARIABLES]:
            value = self.resolve(node) if isinstance(node, ScalarNode) and not node.is_null else None
            if value is not None and value.known and not looks_secret(name, value.text):
                known[name] = value.text
        return known

    @cached_property
    def listening_variables(self) -> dict[str, str]:
        """PORT, LISTEN_ADDR and the like, by the port in the value that the service gives them."""
        addresses = {str(listening_port(name, value)): name for name, value in self.environment.items()}
        plain = {value: name for name, value in self.environment.items() if LISTENING_VARIABLE.fullmatch(name)}
        return addresses | plain

    def at(self, key: str) -> str:
        """Where a key of the service stands."""
        return self.body.key_at.get(key, self.body.at)

    def evidence(self, fact: Fact, at: str, reason: str, *, confidence: float = 1.0) -> Evidence:
        """A fact about the service."""
        return Evidence(unit=self.unit, fact=fact, source=SOURCE, where=at, reason=reason[:200], confidence=confidence)

    def problem(self, text: str, at: str) -> Evidence:
        """What can't be used of it."""
        fact = ProblemFact(problem=f"{self.name}: {text[:300]}")
        return self.evidence(fact, at, "the analysis goes on without it")

    def resolve(self, node: ScalarNode) -> Resolved:
        """A text with its variables put in."""
        return self.project.variables.resolve(node)

    def text(self, key: str) -> Resolved | None:
        """A key's text; None where it is missing, null or no text."""
        node = scalar(self.body.get(key))
        return self.resolve(node) if node else None

    def section(self, *keys: str) -> MapNode:
        """A mapping within the service, e.g. `deploy`, `resources`; empty where it is missing."""
        node = self.body
        for key in keys:
            node = mapping(node.get(key))
        return node

    def resolved(self, node: Node | None) -> Iterator[Resolved]:
        """The texts of a list."""
        for item in elements(node):
            if isinstance(item, ScalarNode):
                yield self.resolve(item)
