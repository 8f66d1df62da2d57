"""What a container runs: image, command, resources, environment."""

import re
from collections.abc import Iterator

from muster.nomad.domain.env_vars import env_fact
from muster.nomad.domain.extractors.compose_yaml import MapNode, ScalarNode, mapping, scalar, scalars
from muster.nomad.domain.extractors.kubernetes.container import Container
from muster.nomad.domain.extractors.kubernetes.quantities import cpu_mhz, memory_mb
from muster.nomad.domain.facts import CommandFact, Evidence, ImageFact, ResourcesFact, WorkdirFact

_IMAGE = re.compile(r"[a-z0-9][a-z0-9._:/-]{0,250}(?::[\w.-]{1,128})?(?:@sha256:[0-9a-f]{8,128})?")


def running_facts(container: Container) -> Iterator[Evidence]:
    """Image, command, folder, environment, resources."""
    yield from _image(container)
    yield from _command(container)
    folder = scalar(container.body.get("workingDir"))
    if folder:
        yield container.say(WorkdirFact(path=folder.text), folder.at, "`workingDir` of the container")
    yield from _environment(container)
    yield from _resources(container)


def _image(container: Container) -> Iterator[Evidence]:
    node = scalar(container.body.get("image"))
    if node is None:
        return
    changed = container.workload.manifest.kustomization.image(node.text)
    image, at = changed or (node.text, node.at)
    kind = container.workload.manifest.kind
    if _IMAGE.fullmatch(image):
        reason = f"image of the {kind} {container.workload.manifest.full_name}"
        yield container.say(ImageFact(image=image), at, f"{reason}, by kustomize" if changed else reason)
    else:
        yield container.problem(f"image {image[:100]!r} is no image name; something else fills it in", at)


def _command(container: Container) -> Iterator[Evidence]:
    """Kubernetes' command is docker's entrypoint, its args are docker's command. A command clears the image's own."""
    entrypoint, command = container.words("command"), container.words("args")
    if entrypoint is None and command is None:
        return
    at = container.at("args" if command is not None else "command")
    apart = container.at("command") if entrypoint is not None and command is not None else ""
    fact = CommandFact(command=command, entrypoint=entrypoint, entrypoint_at=apart)
    yield container.say(fact, at, "`command` and `args` of the container")
    texts = [node.text for key in ("command", "args") for node in scalars(container.body.get(key))]
    if any(container.expanded(text) is None for text in texts):
        yield container.problem("its command stays as it is written: it takes a variable that has no value here", at)


def _environment(container: Container) -> Iterator[Evidence]:
    for name, one in container.variables.items():
        fact = env_fact(name, one.value, required=one.required, secret=one.secret)
        yield container.say(fact, one.at, one.reason)
    for source, at in container.unknown_sources:
        yield container.problem(f"envFrom: the {source} is not in the repository; its variables are unknown", at)


def _resources(container: Container) -> Iterator[Evidence]:
    """A request is what is reserved, a memory limit above it the ceiling; where only a limit is said it is both."""
    resources = mapping(container.body.get("resources"))
    asked, limits = (dict(_amounts(resources, part)) for part in ("requests", "limits"))
    memory, most = (memory_mb(node.text) if (node := part.get("memory")) else None for part in (asked, limits))
    cpu = next((cpu_mhz(part["cpu"].text) for part in (asked, limits) if "cpu" in part), None)
    gpus = next((_count(node) for part in (limits, asked) for key, node in part.items() if key.endswith("/gpu")), None)
    fact = ResourcesFact(
        cpu_mhz=cpu,
        memory_mb=memory or most,
        memory_max_mb=most if memory and most and most > memory else None,
        gpus=gpus,
    )
    if fact != ResourcesFact():
        rule = " (one CPU counts as 1000 MHz)" if cpu else ""
        yield container.say(fact, container.at("resources"), f"requests and limits of the container{rule}")
    for part in (asked, limits):
        for key, read in (("cpu", cpu_mhz), ("memory", memory_mb)):
            node = part.get(key)
            if node is not None and read(node.text) is None and node.text.strip("0. "):
                yield container.problem(f"{key} {node.text[:60]!r} is no amount that can be read", node.at)


def _amounts(resources: MapNode, part: str) -> Iterator[tuple[str, ScalarNode]]:
    for key, node in mapping(resources.get(part)).items.items():
        if isinstance(node, ScalarNode) and not node.is_null:
            yield key, node


def _count(node: ScalarNode) -> int | None:
    return int(node.text) if re.fullmatch(r"[1-9]\d{0,3}", node.text) else None
