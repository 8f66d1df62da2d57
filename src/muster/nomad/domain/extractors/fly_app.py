"""One Fly app: which units its file speaks of, and a voice that says things about them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from posixpath import join, normpath

from muster.nomad.domain.extractors.extractor import SourceFile, folder_unit, problem
from muster.nomad.domain.extractors.tables import Table, table, tables, text, texts, toml_lines
from muster.nomad.domain.facts import Evidence, Fact

SOURCE = "fly"


@dataclass(frozen=True)
class FlyApp:
    """A parsed fly.toml."""

    file: SourceFile
    data: Table

    @cached_property
    def dockerfile(self) -> str | None:
        """The Dockerfile that builds it; None where a buildpack does, or where it lies outside of the repository."""
        build = table(self.data.get("build"))
        if build.get("builder") or build.get("buildpacks"):
            return None
        path = normpath(join(self.file.folder, text(build.get("dockerfile")) or "Dockerfile"))
        return None if path.startswith(("/", "..")) else path

    @cached_property
    def unit(self) -> str:
        """The unit of the main process: what its image is."""
        return f"dockerfile:{self.dockerfile}" if self.dockerfile else folder_unit(self.file.path)

    @cached_property
    def processes(self) -> Mapping[str, str]:
        """The commands of the processes, by name."""
        said = table(self.data.get("processes"))
        return {name: command for name, value in said.items() if (command := text(value) or " ".join(texts(value)))}

    @cached_property
    def main(self) -> str | None:
        """The process that serves: the first that a service names, else `app` or `web`, else the first."""
        served = [name for service in self._services for name in texts(service.get("processes"))]
        wanted = [*served, "app", "web", *self.processes]
        return next((name for name in wanted if name in self.processes), None)

    @property
    def _services(self) -> tuple[Table, ...]:
        return (*tables(self.data.get("http_service")), *tables(self.data.get("services")))

    def units(self, names: Iterable[str]) -> tuple[str, ...]:
        """The units of these processes; without a name the main one."""
        known = [name for name in names if name in self.processes]
        return tuple(self.unit if name == self.main else self.process_unit(name) for name in known) or (self.unit,)

    def process_unit(self, name: str) -> str:
        """The unit of a process beside the main one."""
        folder = "" if self.file.folder == "." else f"{self.file.folder}/"
        return f"process:{folder}{name}"

    @property
    def others(self) -> Iterator[str]:
        """The names of the processes beside the main one."""
        return (name for name in self.processes if name != self.main)

    def at(self, *keys: str) -> str:
        """The place of the first of these keys that stands in the file, e.g. `http_service.internal_port`."""
        line = next((self._lines[key] for key in keys if key in self._lines), None)
        return self.file.at(line) if line else self.file.path

    def say(self, fact: Fact, reason: str, *keys: str, unit: str | None = None) -> Evidence:
        """A fact, at the place of one of these keys."""
        return Evidence(unit=unit or self.unit, fact=fact, source=SOURCE, where=self.at(*keys), reason=reason[:200])

    def problem(self, said: str, *keys: str) -> Evidence:
        """What can't be used of it."""
        line = self.at(*keys).rpartition(":")[2]
        number = int(line) if line.isdigit() else None
        return problem(SOURCE, self.file.path, said[:300], line=number, unit=self.unit)

    @cached_property
    def _lines(self) -> dict[str, int]:
        return toml_lines(self.file.text)
