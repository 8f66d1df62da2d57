"""CI steps that build and push without a shell line: GitHub's docker actions, Drone's and Woodpecker's plugins."""

import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import join, normpath

from muster.nomad.domain.extractors.ci.scripts import as_shell
from muster.nomad.domain.extractors.compose_yaml import (
    ListNode,
    MapNode,
    Node,
    ScalarNode,
    is_true,
    mapping,
    scalar,
    scalars,
)
from muster.nomad.domain.extractors.docker_cli.commands import Build
from muster.nomad.domain.extractors.substitution import expand

_BUILD_ACTION = re.compile(
    r"(?:docker/build-push-action|redhat-actions/buildah-build|mr-smithers-excellent/docker-build-push)@.*"
)
_META_ACTION = "docker/metadata-action@"
_PLUGIN = re.compile(r"(?:.*/)?(?:plugins/(?:docker|kaniko|ecr|gcr|buildx)|plugin-docker-buildx|drone-kaniko)(?::.*)?")
_OUTPUT = re.compile(r"\$\{\{\s*steps\.([\w-]+)\.outputs\.tags\s*\}\}")
_RAW_TAG = re.compile(r"type=raw,(?:.*,)?value=([\w.-]+)")


def pushed_builds(root: Node, variables: Mapping[str, str]) -> Iterator[Build]:
    """What each such step builds; names with variables that nobody sets keep them."""
    steps = [node for node in _mappings(root) if scalar(node.get("uses")) or scalar(node.get("image"))]
    named = {
        step_id.text: _meta_images(step)
        for step in steps
        if (step_id := scalar(step.get("id"))) and _uses(step, _META_ACTION)
    }
    for step in steps:
        uses, image = scalar(step.get("uses")), scalar(step.get("image"))
        if uses and _BUILD_ACTION.fullmatch(uses.text):
            yield _of_action(step, uses, named, variables)
        elif image and _PLUGIN.fullmatch(image.text):
            yield _of_plugin(step, image, variables)


def _of_action(step: MapNode, uses: ScalarNode, named: Mapping[str, list[str]], variables: Mapping[str, str]) -> Build:
    given = mapping(step.get("with"))
    context, file = scalar(given.get("context")), scalar(given.get("file"))
    folder = normpath(_known(context, variables, "."))
    pushed = is_true(given.get("push")) or "${{" in _text(given.get("push"))
    return Build(
        dockerfile=normpath(_known(file, variables, join(folder, "Dockerfile"))),
        context=folder,
        where=uses.at,
        images=tuple(expand(as_shell(tag), variables.get).text for tag in _tags(given.get("tags"), named)),
        arguments=dict(_arguments(given.get("build-args"), variables)),
        target=_known(scalar(given.get("target")), variables, "") or None,
        pushed=pushed,
    )


def _of_plugin(step: MapNode, image: ScalarNode, variables: Mapping[str, str]) -> Build:
    settings = mapping(step.get("settings"))
    repo, registry = (_known(scalar(settings.get(key)), variables, "") for key in ("repo", "registry"))
    tags = [tag.text for tag in scalars(settings.get("tags"))] or ["latest"]
    name = repo if not registry or repo.startswith(registry) else f"{registry}/{repo}"
    context = _known(scalar(settings.get("context")), variables, ".")
    file = _known(scalar(settings.get("dockerfile")), variables, join(context, "Dockerfile"))
    images = tuple(f"{name}:{expand(tag, variables.get).text}" for tag in tags) if name else ()
    return Build(dockerfile=normpath(file), context=normpath(context), where=image.at, images=images, pushed=True)


def _tags(node: Node | None, named: Mapping[str, list[str]]) -> Iterator[str]:
    """The names of a `tags` field, one a line or with commas; those of a metadata step in their place."""
    for text in scalars(node) if isinstance(node, ListNode) else [node] if isinstance(node, ScalarNode) else []:
        for tag in re.split(r"[,\n]", text.text):
            found = _OUTPUT.fullmatch(tag.strip())
            yield from named.get(found[1], []) if found else [tag.strip()] if tag.strip() else []


def _meta_images(step: MapNode) -> list[str]:
    """What docker/metadata-action makes of its images: with the raw tags that it is given, else with one not known."""
    given = mapping(step.get("with"))
    images = [line.strip() for line in re.split(r"[,\n]", _text(given.get("images"))) if line.strip()]
    tags = [found[1] for line in _text(given.get("tags")).splitlines() if (found := _RAW_TAG.search(line))]
    return [f"{image}:{tag}" for image in images for tag in (tags or ["${_}"])]


def _arguments(node: Node | None, variables: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for line in _text(node).splitlines():
        name, equals, value = line.strip().partition("=")
        text = expand(as_shell(value), variables.get).text
        if equals and "$" not in text:
            yield name, text


def _known(node: ScalarNode | None, variables: Mapping[str, str], default: str) -> str:
    """A text with its variables; the default where there is none. A workspace variable is the checkout."""
    if node is None:
        return default
    text = expand(as_shell(node.text), variables.get).text.replace("${_}/", "")
    return default if text.startswith(("{{defaultContext}}", "https://", "git@")) or not text else text


def _uses(step: MapNode, action: str) -> bool:
    return _text(step.get("uses")).startswith(action)


def _text(node: Node | None) -> str:
    return node.text if isinstance(node, ScalarNode) else ""


def _mappings(root: Node) -> Iterator[MapNode]:
    """Every mapping in the file, without recursion; one that an alias repeats comes once."""
    left, seen = [root], set[int]()
    while left:
        node = left.pop()
        if id(node) in seen or isinstance(node, ScalarNode):
            continue
        seen.add(id(node))
        inner: Iterable[Node] = node.items if isinstance(node, ListNode) else node.items.values()
        left += reversed(list(inner))
        if isinstance(node, MapNode):
            yield node
