"""A compose application: its files joined, each service with what it extends, and the variables that it may use."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from posixpath import dirname, join, normpath

from muster.nomad.domain.extractors.compose_files import Chosen
from muster.nomad.domain.extractors.compose_merge import merged_service, normalised
from muster.nomad.domain.extractors.compose_variables import Variables, read_variables
from muster.nomad.domain.extractors.compose_yaml import (
    BrokenYaml,
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    load_yaml,
    mapping,
    scalar,
)
from muster.nomad.domain.extractors.extractor import Files

_MAX_EXTENDS = 10
_MAX_SERVICES = 200
_OTHER_TOP_LEVELS = frozenset({"version", "services", "networks", "volumes", "configs", "secrets", "name", "include"})

Trouble = tuple[str, str]
"""What is wrong, and where (`file:line`)."""


@dataclass
class Project:
    """The application. `folder` is what its paths are relative to, "" for the root."""

    folder: str
    files: Files
    variables: Variables
    services: dict[str, MapNode] = field(default_factory=dict[str, MapNode])
    name: ScalarNode | None = None
    troubles: list[Trouble] = field(default_factory=list[Trouble])
    loaded: dict[str, MapNode] = field(default_factory=dict[str, MapNode])

    def path(self, text: str) -> str:
        """A path that the file names, relative to the repository's root."""
        return normpath(join(self.folder, text))


def read_project(chosen: Chosen, files: Files) -> Project:
    """The project of the chosen file. What is wrong with it is in `troubles`."""
    folder = dirname(chosen.base)
    project = Project(folder, files, read_variables(folder, files))
    for path in (chosen.base, chosen.override):
        if path is not None:
            _add_file(project, path)
    project.services = {name: _extended(project, name, body) for name, body in project.services.items()}
    return project


def _add_file(project: Project, path: str) -> None:
    root = _load(project, path)
    project.name = scalar(root.get("name")) or project.name
    if "include" in root.items:
        project.troubles.append(("`include` is not followed: services of included files are missing", root.at))
    for name, body in _services(project, root):
        below = project.services.get(name)
        project.services[name] = merged_service(below, body) if below else normalised(body)


def _load(project: Project, path: str) -> MapNode:
    """The file's mapping, read once; an empty one where it can't be read."""
    if path not in project.loaded:
        project.loaded[path] = _read(project, path)
    return project.loaded[path]


def _read(project: Project, path: str) -> MapNode:
    loaded = load_yaml(project.files[path].text, path)
    if isinstance(loaded, BrokenYaml):
        project.troubles.append((f"{path} can't be read: {loaded.why}", loaded.at))
        return MapNode({}, path)
    project.troubles += [
        (f"the key {key[:60]!r} stands twice, which Docker refuses; the last counts", at)
        for key, at in loaded.duplicates[:20]
    ]
    if not isinstance(loaded.root, MapNode):
        project.troubles.append((f"{path} is no compose file: it holds no mapping", path))
        return MapNode({}, path)
    return loaded.root


def _services(project: Project, root: MapNode) -> Iterator[tuple[str, MapNode]]:
    """The services of a file; the first format had them at the top level."""
    declared = root.get("services")
    found = mapping(declared) if declared is not None else _first_format(root)
    if declared is not None and not isinstance(declared, MapNode):
        project.troubles.append(("`services` is no mapping", declared.at))
    if len(found.items) > _MAX_SERVICES:
        project.troubles.append((f"only its first {_MAX_SERVICES} services are read", found.at))
    for name, body in list(found.items.items())[:_MAX_SERVICES]:
        if isinstance(body, MapNode):
            yield name, body
        else:
            project.troubles.append((f"the service {name[:60]!r} is no mapping", found.key_at.get(name, found.at)))


def _first_format(root: MapNode) -> MapNode:
    services: dict[str, Node] = {
        name: body
        for name, body in root.items.items()
        if isinstance(body, MapNode) and name not in _OTHER_TOP_LEVELS and {"image", "build"} & set(body.items)
    }
    return MapNode(services, root.at, root.key_at)


def _extended(project: Project, name: str, body: MapNode) -> MapNode:
    """The service over everything that it extends, the farthest first."""
    layers, seen = [body], {(project.folder, name)}
    current = body
    while (extends := current.get("extends")) is not None and len(layers) <= _MAX_EXTENDS:
        found = _base_of(project, extends)
        if found is None or found[0] in seen:
            why = "that file or service is not there" if found is None else "it goes round in a circle"
            project.troubles.append((f"what {name[:60]!r} extends is left out: {why}", extends.at))
            break
        seen.add(found[0])
        current = found[1]
        layers.append(current)
    result = layers.pop()
    while layers:
        result = merged_service(result, layers.pop())
    return normalised(result)


def _base_of(project: Project, extends: Node) -> tuple[tuple[str, str], MapNode] | None:
    """The service that `extends` names, with its file and name."""
    if isinstance(extends, ListNode):
        return None
    named = extends if isinstance(extends, ScalarNode) else scalar(extends.get("service"))
    file = scalar(extends.get("file")) if isinstance(extends, MapNode) else None
    if named is None:
        return None
    if file is None:
        body = project.services.get(named.text)
        return ((project.folder, named.text), body) if body else None
    path = project.path(file.text)
    if path not in project.files:
        return None
    body = dict(_services(project, _load(project, path))).get(named.text)
    return ((path, named.text), body) if body else None
