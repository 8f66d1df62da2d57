"""What a compose service runs: its image, or how that is built."""

from collections.abc import Iterator
from posixpath import isabs, join, normpath

from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.extractors.compose_service import Service
from muster.nomad.domain.extractors.compose_yaml import ScalarNode, mapping, scalar
from muster.nomad.domain.facts import BuildFact, Evidence, ImageFact


def image_facts(service: Service) -> Iterator[Evidence]:
    """`image` and `build`. With both, the image is the name that the built one gets."""
    built = service.body.get("build") is not None
    yield from _build(service)
    image = service.text("image")
    if image is None:
        if not built:
            yield service.problem("it has neither `image` nor `build`", service.body.at)
    elif not image.known:
        yield service.problem(f"image {image.text}: {image.why_not}", service.at("image"))
    elif not image.text.strip() or any(letter.isspace() for letter in image.text.strip()):
        yield service.problem(f"image {image.text!r} is no image name", service.at("image"))
    else:
        reason = "`image` beside `build` names what is built" if built else "`image` of the service"
        fact = ImageFact(image=image.text.strip())
        yield service.evidence(fact, service.at("image"), reason + image.note, confidence=0.9 if built else 1.0)


def _build(service: Service) -> Iterator[Evidence]:
    build = mapping(service.body.get("build"))
    if not build.items:
        return
    if build.get("dockerfile_inline") is not None:
        yield service.problem("its Dockerfile stands in the compose file (dockerfile_inline)", service.at("build"))
        return
    context = _text(service, scalar(build.get("context")), ".")
    dockerfile = _text(service, scalar(build.get("dockerfile")), "Dockerfile")
    where = service.at("build")
    if context is None or dockerfile is None:
        yield service.problem("nothing gives the variables in `build` a value", where)
    elif "://" in context or context.startswith("git@"):
        yield service.problem(f"it is built from another repository, {context}", where)
    else:
        yield from _built_from(service, context, dockerfile)


def _built_from(service: Service, context: str, dockerfile: str) -> Iterator[Evidence]:
    folder = service.project.path(context)
    path = _existing(service, normpath(join(folder, dockerfile)))
    where = service.at("build")
    if isabs(folder) or isabs(path) or folder.startswith("..") or path.startswith(".."):
        yield service.problem(f"it is built from {folder}, which is outside of the repository", where)
        return
    build = mapping(service.body.get("build"))
    fact = BuildFact(
        context=folder,
        dockerfile=path,
        target=_text(service, scalar(build.get("target")), "") or None,
        args=_arguments(service),
    )
    yield service.evidence(fact, where, "`build` of the service")


def _existing(service: Service, path: str) -> str:
    """`Dockerfile`, or `dockerfile` where only that is there, as BuildKit falls back to."""
    lower = path.removesuffix("Dockerfile") + "dockerfile"
    files = service.project.files
    return lower if path.endswith("Dockerfile") and path not in files and lower in files else path


def _arguments(service: Service) -> dict[str, str]:
    """Build arguments that are known and no secrets."""
    found: dict[str, str] = {}
    for name, node in service.section("build", "args").items.items():
        value = service.resolve(node) if isinstance(node, ScalarNode) and not node.is_null else None
        if value is not None and value.known and not looks_secret(name, value.text):
            found[name] = value.text
    return found


def _text(service: Service, node: ScalarNode | None, default: str) -> str | None:
    """The text, the default where there is none; None where a variable has no value."""
    if node is None:
        return default
    resolved = service.resolve(node)
    return resolved.text if resolved.known else None
