"""Reads JobForge's `build.yaml`: the image that is pushed, and how its test run is started, sized and supplied.

The test run is the only place where such a file says how the image runs, so it speaks for the job. What belongs to
the build alone (its branch, its limits) is no fact about the job. A secret comes with its place in Vault.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from posixpath import join, normpath

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.compose_resources import memory_mb
from muster.nomad.domain.extractors.compose_yaml import (
    BrokenYaml,
    MapNode,
    Node,
    ScalarNode,
    elements,
    is_true,
    load_yaml,
    mapping,
    scalar,
    scalars,
)
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.extractors.shell_line import command_words
from muster.nomad.domain.facts import (
    CommandFact,
    ConstraintFact,
    EnvFact,
    Evidence,
    Fact,
    HealthFact,
    ImageFact,
    NameFact,
    PortFact,
    ResourcesFact,
    VaultFact,
)
from muster.nomad.domain.places import parse_place

SOURCE = "jobforge"
_PHASES = ("test", "build", "publish")
_NUMBER = re.compile(r"[1-9]\d{0,6}")
_IMAGE_WORD = re.compile(r"[\w./:@-]+")
_OPERATORS = {"": "=", "==": "=", "eq": "=", "ne": "!="}


@dataclass(frozen=True)
class _Speaker:
    """One build file and the unit that it speaks of: the image that its Dockerfile makes."""

    file: SourceFile
    unit: str

    def say(self, fact: Fact, at: Node, reason: str) -> Evidence:
        return Evidence(unit=self.unit, fact=fact, source=SOURCE, where=at.at, reason=reason)

    def complain(self, text: str, at: Node) -> Evidence:
        line = at.at.rpartition(":")[2]
        number = int(line) if line.isdigit() else None
        return problem(SOURCE, self.file.path, text, line=number, unit=self.unit)


def extract_jobforge(files: Files) -> tuple[Evidence, ...]:
    """What each build file says; a YAML file of that name that JobForge would not take is somebody else's."""
    return tuple(evidence for file in files.values() for evidence in _of_file(file))


def _of_file(file: SourceFile) -> Iterator[Evidence]:
    if "image_name" not in file.text:
        return
    loaded = load_yaml(file.text, file.path)
    if isinstance(loaded, BrokenYaml):
        yield problem(SOURCE, file.path, f"{file.path} is no YAML: {loaded.why}")
        return
    body = mapping(loaded.root)
    if scalar(body.get("image_name")) is None or not {"registry_url", "dockerfile_path", "image_tags"} & {*body.items}:
        return
    path = scalar(body.get("dockerfile_path"))
    dockerfile = normpath(join(file.folder, path.text if path else "Dockerfile"))
    speaker = _Speaker(file, f"dockerfile:{dockerfile}")
    if dockerfile.startswith(("/", "..")):
        yield speaker.complain(f"dockerfile_path {dockerfile} is outside of the repository", path or body)
        return
    yield from _image(speaker, body)
    yield from _run(speaker, body, mapping(body.get("test")))


def _image(speaker: _Speaker, body: MapNode) -> Iterator[Evidence]:
    name, registry = scalar(body.get("image_name")), scalar(body.get("registry_url"))
    if name is None:
        return
    tags = [tag.text for tag in scalars(body.get("image_tags")) if tag.text]
    fixed = [tag for tag in tags if tag != "latest"]
    host = re.sub(r"^\w+://", "", registry.text).rstrip("/") + "/" if registry else ""
    image = f"{host}{name.text}:{(fixed or tags or ['latest'])[0]}"
    if not _IMAGE_WORD.fullmatch(image):
        yield speaker.complain(f"{image!r} is no image name", name)
        return
    said = f"`image_tags` [{', '.join(tags)}]" if tags else "no `image_tags`"
    yield speaker.say(ImageFact(image=image), name, f"`registry_url` and `image_name`, {said}")
    yield speaker.say(NameFact(name=name.text.rpartition("/")[2]), name, "`image_name`")


def _run(speaker: _Speaker, body: MapNode, test: MapNode) -> Iterator[Evidence]:
    """What the test phase says about a running container."""
    yield from _listening(speaker, test)
    yield from _environment(speaker, test)
    yield from _placement(speaker, test)
    yield from _resources(speaker, body, test)
    words = scalars(test.get("entry_point"))
    if words:
        split = command_words(words[0].text) if len(words) == 1 else tuple(word.text for word in words)
        yield speaker.say(CommandFact(command=split), words[0], "`test.entry_point`")


def _listening(speaker: _Speaker, test: MapNode) -> Iterator[Evidence]:
    port, health = scalar(test.get("container_port")), scalar(test.get("health_endpoint"))
    number = _amount(port)
    if port and number is not None and number < 65536:
        yield speaker.say(PortFact(port=number), port, "`test.container_port`")
    elif port:
        yield speaker.complain(f"container_port {port.text[:40]!r} is no port", port)
    if health:
        path = health.text if health.text.startswith("/") else f"/{health.text}"
        yield speaker.say(HealthFact(type="http", path=path), health, "`test.health_endpoint`")


def _environment(speaker: _Speaker, test: MapNode) -> Iterator[Evidence]:
    for name, node in mapping(test.get("env")).items.items():
        value = node.text if isinstance(node, ScalarNode) and not node.is_null else None
        yield speaker.say(env_fact(name, value), node, "`test.env`")
    for secret in elements(test.get("vault_secrets")):
        path = scalar(mapping(secret).get("path"))
        for field, variable in mapping(mapping(secret).get("fields")).items.items():
            if path and isinstance(variable, ScalarNode):
                yield from _secret(speaker, variable, f"vault:{path.text}#{field}")
    policies = scalars(test.get("vault_policies"))
    if policies:
        fact = VaultFact(policies=tuple(policy.text for policy in policies))
        yield speaker.say(fact, policies[0], "`test.vault_policies`")


def _secret(speaker: _Speaker, variable: ScalarNode, place: str) -> Iterator[Evidence]:
    known = parse_place(place) is not None
    if not known:
        yield speaker.complain(f"{place[:60]!r} is no place of a secret", variable)
    fact = EnvFact(name=variable.text, secret=True, place=place if known else "")
    yield speaker.say(fact, variable, "`test.vault_secrets`")


def _placement(speaker: _Speaker, test: MapNode) -> Iterator[Evidence]:
    gpu = test.get("gpu_required")
    if gpu is not None and is_true(gpu):
        yield speaker.say(ResourcesFact(gpus=1), gpu, "`test.gpu_required`")
    for node in elements(test.get("constraints")):
        attribute, value, operand = (scalar(mapping(node).get(key)) for key in ("attribute", "value", "operand"))
        if attribute is None:
            yield speaker.complain("a constraint without `attribute`", node)
            continue
        operator = operand.text if operand else ""
        fact = ConstraintFact(
            attribute=attribute.text,
            operator=_OPERATORS.get(operator, operator),
            value=value.text if value else "",
        )
        yield speaker.say(fact, attribute, "`test.constraints`")


def _resources(speaker: _Speaker, body: MapNode, test: MapNode) -> Iterator[Evidence]:
    """The test's own limits, else those of the test phase, else the flat ones; limits of a build say nothing here."""
    general = mapping(body.get("resource_limits"))
    phased = {*general.items} & {*_PHASES}
    for node in (mapping(test.get("resource_limits")), mapping(general.get("test")) if phased else general):
        cpu, memory = scalar(node.get("cpu")), scalar(node.get("memory"))
        fact = ResourcesFact(cpu_mhz=_amount(cpu), memory_mb=_memory(memory))
        if fact != ResourcesFact():
            yield speaker.say(fact, cpu or memory or node, "`resource_limits` (MHz and MB)")
        wrong = [(one, key) for one, key in ((cpu, fact.cpu_mhz), (memory, fact.memory_mb)) if one and key is None]
        yield from (speaker.complain(f"{one.text[:40]!r} is no amount that can be read", one) for one, _ in wrong)


def _amount(node: ScalarNode | None) -> int | None:
    return int(node.text) if node and _NUMBER.fullmatch(node.text) else None


def _memory(node: ScalarNode | None) -> int | None:
    """A bare number counts MB, as Nomad does; with a unit it is a size."""
    return _amount(node) or (memory_mb(node.text) if node and not node.text.isdigit() else None)


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="JobForge's build.yaml: the pushed image, and what its test run says: port, health endpoint, "
    "environment, Vault secrets and policies, resources, GPU, constraints, entry point",
    globs=("build.yaml", "build.yml"),
    extract=extract_jobforge,
    max_bytes=128 * 1024,
    max_files=20,
)
