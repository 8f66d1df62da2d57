"""Reads compose files: the services of the application, each with its image, ports, environment, volumes, health."""

from collections.abc import Callable, Iterator, Sequence

from muster.nomad.domain.extractors.compose_container import container_facts
from muster.nomad.domain.extractors.compose_environment import environment_facts
from muster.nomad.domain.extractors.compose_files import COMPOSE_GLOBS, choose_files
from muster.nomad.domain.extractors.compose_image import image_facts
from muster.nomad.domain.extractors.compose_ports import port_facts
from muster.nomad.domain.extractors.compose_project import Project, read_project
from muster.nomad.domain.extractors.compose_resources import resource_facts
from muster.nomad.domain.extractors.compose_runtime import runtime_facts
from muster.nomad.domain.extractors.compose_scripts import script_facts
from muster.nomad.domain.extractors.compose_service import SOURCE, Service
from muster.nomad.domain.extractors.compose_volumes import volume_facts
from muster.nomad.domain.extractors.compose_yaml import MapNode, elements, scalar
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.extractors.shell.scripts import GLOBS as SCRIPT_GLOBS
from muster.nomad.domain.extractors.shell.scripts import is_script
from muster.nomad.domain.facts import Evidence, NameFact

_READERS: tuple[Callable[[Service], Iterator[Evidence]], ...] = (
    image_facts,
    port_facts,
    environment_facts,
    volume_facts,
    runtime_facts,
    resource_facts,
    container_facts,
)
# Keys whose content is not read; what they bring must be said in another way.
_NOT_READ = ("configs", "volumes_from", "models", "provider")


def extract_compose(files: Files) -> tuple[Evidence, ...]:
    """What the compose file nearest to the root says, service by service; the other compose files are told."""
    chosen = choose_files(files)
    if chosen is None:
        return ()
    project = read_project(chosen, files)
    scripts = [file for path, file in files.items() if is_script(path)]
    return (
        *_name(project),
        *(one for name, body in project.services.items() for one in _of_service(Service(name, body, project), scripts)),
        *(_trouble(text, at) for text, at in project.troubles),
        *(problem(SOURCE, path, f"{path} is left out: {why}") for path, why in chosen.left_out),
    )


def _name(project: Project) -> Iterator[Evidence]:
    """The project's name, said about its first service, since only services are units."""
    first = next(iter(project.services.items()), None)
    if first is None or project.name is None:
        return
    service = Service(*first, project)
    name = service.resolve(project.name)
    if name.known:
        yield service.evidence(NameFact(name=name.text), name.at, "the compose project's name")


def _of_service(service: Service, scripts: Sequence[SourceFile]) -> Iterator[Evidence]:
    for reader in _READERS:
        yield from reader(service)
    yield from script_facts(service, scripts)
    for name in _secrets(service):
        text = f"it reads the secret {name} from /run/secrets/{name}: say where its value lies"
        yield service.problem(text, service.at("secrets"))
    for key in _NOT_READ:
        if service.body.get(key) is not None:
            yield service.problem(f"`{key}` is not read: say where its content lies", service.at(key))


def _secrets(service: Service) -> Iterator[str]:
    for node in elements(service.body.get("secrets")):
        named = scalar(node.get("source")) if isinstance(node, MapNode) else scalar(node)
        if named is not None:
            yield named.text


def _trouble(text: str, at: str) -> Evidence:
    path, _, line = at.rpartition(":")
    if not line.isdigit():
        return problem(SOURCE, at, text)
    return problem(SOURCE, path, text, line=int(line))


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="compose files (with *.override.*, .env and env_file): services with image or build, ports, environment, "
    "volumes, health check, command, resources, what they depend on; the shell script that a command starts",
    globs=(*COMPOSE_GLOBS, "Dockerfile", "dockerfile", *SCRIPT_GLOBS),
    extract=extract_compose,
    max_bytes=256 * 1024,
    max_files=600,
)
