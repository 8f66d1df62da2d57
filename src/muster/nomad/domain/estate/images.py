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
