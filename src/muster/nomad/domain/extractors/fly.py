"""Reads fly.toml: the image, ports, checks, environment, processes, volumes and sizes of a Fly app.

It speaks about the image of its Dockerfile; processes other than the main one are units of their own.
"""

from collections.abc import Callable, Iterator

from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.extractors.fly_app import SOURCE, FlyApp
from muster.nomad.domain.extractors.fly_machines import machine_facts
from muster.nomad.domain.extractors.fly_runtime import runtime_facts
from muster.nomad.domain.extractors.fly_services import service_facts
from muster.nomad.domain.extractors.tables import toml_table
from muster.nomad.domain.facts import Evidence

_READERS: tuple[Callable[[FlyApp], Iterator[Evidence]], ...] = (runtime_facts, service_facts, machine_facts)


def extract_fly(files: Files) -> tuple[Evidence, ...]:
    """What each fly.toml says; its variants for other occasions (`fly.staging.toml`) are told."""
    return tuple(evidence for file in files.values() for evidence in _of_file(file))


def _of_file(file: SourceFile) -> Iterator[Evidence]:
    if file.name != "fly.toml":
        yield problem(SOURCE, file.path, f"{file.path} is left out: Fly takes `fly.toml` unless told otherwise")
        return
    data = toml_table(file.text)
    if isinstance(data, str):
        yield problem(SOURCE, file.path, f"{file.path} can't be parsed: {data.splitlines()[0]}")
        return
    app = FlyApp(file, data)
    for reader in _READERS:
        yield from reader(app)


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="fly.toml: image or Dockerfile, ports and checks of services, environment, processes, mounts, machine "
    "sizes, kill signal",
    globs=("fly.toml", "fly.*.toml"),
    extract=extract_fly,
    max_bytes=128 * 1024,
    max_files=50,
)
