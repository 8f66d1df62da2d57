"""What a library says about an application: its framework, the service it talks to, how heavy it is.

Each language has its own tables in its folder; here is their shape.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from muster.nomad.domain.facts import DependencyFact, Fact, FrameworkFact, WorkloadFact

Job = Literal["server", "worker", "batch"]


@dataclass(frozen=True)
class Framework:
    """A framework by its packages and imports; `port` is where it listens by default or by custom."""

    name: str
    packages: tuple[str, ...]
    port: int | None = None
    listens: bool = True
    job: Job | None = "server"

    @property
    def fact(self) -> FrameworkFact:
        """The fact about it."""
        return FrameworkFact(framework=self.name, default_port=self.port, listens=self.listens)


def silent(name: str, *packages: str, job: Job | None = "worker") -> Framework:
    """A framework that opens no port: a worker, a bot, a command line."""
    return Framework(name, packages or (name,), port=None, listens=False, job=job)


@dataclass(frozen=True)
class Libraries:
    """The libraries of one language.

    `services`: service -> the packages of its clients, words in one string. `compute`: packages of heavy computing.
    `separator` divides a name into parts; a package stands for everything below it.
    """

    separator: str
    frameworks: tuple[Framework, ...]
    services: Mapping[str, str]
    compute: str

    def facts(self, name: str) -> tuple[Fact, ...]:
        """What a package or import by this name says; the longest known beginning of the name counts."""
        return next((self._facts[part] for part in self._beginnings(name) if part in self._facts), ())

    def below(self, name: str) -> tuple[str, ...]:
        """The known names that begin with this one and go on."""
        return self._inner.get(name, ())

    @cached_property
    def _inner(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for known in self._facts:
            parts = known.split(self.separator)
            for size in range(1, len(parts)):
                outer = self.separator.join(parts[:size])
                found[outer] = (*found.get(outer, ()), known)
        return found

    def framework(self, name: str) -> Framework | None:
        """The framework with this name."""
        return next((one for one in self.frameworks if one.name == name), None)

    def _beginnings(self, name: str) -> Iterator[str]:
        parts = name.split(self.separator)[:12]
        return (self.separator.join(parts[:size]) for size in range(len(parts), 0, -1))

    @cached_property
    def _facts(self) -> Mapping[str, tuple[Fact, ...]]:
        facts: dict[str, tuple[Fact, ...]] = {}
        for package, fact in (*self._of_frameworks(), *self._of_services(), *self._of_compute()):
            facts[package] = (*facts.get(package, ()), fact)
        return facts

    def _of_frameworks(self) -> Iterator[tuple[str, Fact]]:
        for framework in self.frameworks:
            for package in framework.packages:
                yield package, framework.fact
                if framework.job is not None:
                    yield package, WorkloadFact(workload=framework.job)

    def _of_services(self) -> Iterator[tuple[str, Fact]]:
        for service, packages in self.services.items():
            for package in packages.split():
                yield package, DependencyFact(service=service, by=package)

    def _of_compute(self) -> Iterator[tuple[str, Fact]]:
        return ((package, WorkloadFact(workload="compute")) for package in self.compute.split())
