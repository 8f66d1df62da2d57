"""What a registry says about an image."""

from typing import Annotated, Literal

from pydantic import Field

from muster.nomad.domain.values import Part


class ImageThere(Part):
    """The registry has it; `architectures` as Nomad says them, empty where the registry does not tell."""

    kind: Literal["there"] = "there"
    image: str
    digest: str = ""
    architectures: tuple[str, ...] = ()


class ImageMissing(Part):
    """The registry does not have it."""

    kind: Literal["missing"] = "missing"
    image: str
    advice: str


class ImageDenied(Part):
    """The registry wants credentials for it, or other ones; some say so also of what does not exist."""

    kind: Literal["denied"] = "denied"
    image: str
    advice: str


class ImageUnknown(Part):
    """The registry could not be asked."""

    kind: Literal["unknown"] = "unknown"
    image: str
    reason: str


ImageLookup = Annotated[ImageThere | ImageMissing | ImageDenied | ImageUnknown, Field(discriminator="kind")]


class ImageName(Part):
    """An image's name, taken apart. `reference` is a tag or a digest."""

    registry: str
    repository: str
    reference: str

    @property
    def is_local(self) -> bool:
        """Whether its registry is on this machine, where no TLS is expected."""
        return self.registry.partition(":")[0] in ("localhost", "127.0.0.1")


def parse_image(image: str) -> ImageName:
    """What docker takes a name to mean; `nginx` is docker.io/library/nginx:latest.

    Source: distribution/reference, `ParseNormalizedNamed`.
    """
    name, _, digest = image.partition("@")
    first, slash, rest = name.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    host, path = (first, rest) if is_host else ("docker.io", name)
    last_slash = path.rfind("/")
    colon = path.rfind(":")
    tag = path[colon + 1 :] if colon > last_slash else ""
    repository = path[:colon] if colon > last_slash else path
    if host in ("docker.io", "index.docker.io"):
        host, repository = "docker.io", repository if "/" in repository else f"library/{repository}"
    return ImageName(registry=host, repository=repository, reference=digest or tag or "latest")
