"""What a user wants of every job on a cluster: "always amd64", "datacenter dc2", "never more than 2 GB".

Read by rules. A preference lies below the prompt and the answers: it is a wish where they wish nothing.
"""

import re
from collections.abc import Sequence
from typing import TypeVar

from muster.core.evidence import Sourced
from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.domain.prompt.parse import Wishes, parse_prompt
from muster.nomad.domain.values import Part

ValueT = TypeVar("ValueT")

OF_A_CLUSTER = ("namespace", "region", "datacenters")
"""The wishes that make sense for every job; a name or an image is one application's matter."""

_ARCHITECTURES = {"amd64": "amd64", "x86_64": "amd64", "x86-64": "amd64", "arm64": "arm64", "aarch64": "arm64"}
_ARCHITECTURE = re.compile(rf"(?<![\w-])({'|'.join(_ARCHITECTURES)})(?![\w-])", re.IGNORECASE)
_REFUSING = re.compile(r"\b(?:not|no|never|don't|without|avoid)\b", re.IGNORECASE)
_HOST = r"((?:[a-z0-9-]+\.)+[a-z]{2,}(?::\d{1,5})?(?:/[a-z0-9][\w./-]*)?|localhost:\d{1,5})"
_REGISTRY = re.compile(
    rf"\b{_HOST}\s+(?:is\s+)?(?:the registry\s+|a registry\s+)?for (?:all |our |my )?images\b"
    rf"|\b(?:images?|registry)\s+(?:are |is |come |comes )?(?:from |at |in |on )?{_HOST}",
    re.IGNORECASE,
)
_CEILING = re.compile(
    r"\b(?:(?:never|not|no)\s+(?:more than|over|above)|at most|up to|max(?:imum)?(?:\s+of)?)\s+"
    r"(\d{1,7}(?:\.\d+)?)\s*(gi?b?|mi?b?)\b(?!\s*(?:of )?(?:disk|storage))",
    re.IGNORECASE,
)


class Preferences(Part):
    """All preferences of a cluster together; the newest word about a thing counts."""

    wishes: Wishes = Wishes()
    architecture: Sourced[str] | None = None
    registry: Sourced[str] | None = None
    """Where the images come from that are built here."""
    most_memory_mb: Sourced[int] | None = None
    unclear: tuple[str, ...] = ()
    """Texts that no rule understands, in their own words."""


def read_preferences(texts: Sequence[str]) -> Preferences:
    """The preferences, from the oldest text to the newest."""
    read = Preferences()
    for text in texts:
        found = _found(text)
        if found:
            wishes = read.wishes.model_copy(update={name: one for name, one in found.items() if name in OF_A_CLUSTER})
            others = {name: one for name, one in found.items() if name not in OF_A_CLUSTER}
            read = read.model_copy(update={"wishes": wishes, **others})
        else:
            read = read.model_copy(update={"unclear": (*read.unclear, text)})
    return read


def with_preferred(wishes: Wishes, preferences: Preferences) -> Wishes:
    """The wishes of the prompt, and the preferences where it wishes nothing."""
    missing = {name: getattr(preferences.wishes, name) for name in OF_A_CLUSTER if not getattr(wishes, name)}
    return wishes.model_copy(update={name: one for name, one in missing.items() if one})


def prefer(analysis: Analysis, preferences: Preferences) -> Analysis:
    """The analysis with what is preferred of every service."""
    services = tuple(_preferred(service, preferences) for service in analysis.services)
    return analysis.model_copy(update={"services": services})


def _preferred(service: ServiceProfile, preferences: Preferences) -> ServiceProfile:
    update: dict[str, object] = {}
    if preferences.architecture:
        update["architecture"] = preferences.architecture
    if preferences.registry and service.is_own and service.image and not _has_registry(service.image.value):
        image = f"{preferences.registry.value}/{service.image.value}"
        update["image"] = _of(preferences.registry, image)
    return service.model_copy(update=update)


def _found(text: str) -> dict[str, object]:
    found: dict[str, object] = {}
    if (ceiling := _CEILING.search(text)) and (amount := _mb(ceiling[1], ceiling[2])):
        found["most_memory_mb"] = _said(amount, text)
    plain = _CEILING.sub(" ", text)
    if registry := _REGISTRY.search(plain):
        found["registry"] = _said((registry[1] or registry[2]).rstrip("/."), text)
    if _REFUSING.search(plain):  # what is not wanted is no wish
        return found
    if architecture := _ARCHITECTURE.search(plain):
        found["architecture"] = _said(_ARCHITECTURES[architecture[1].lower()], text)
    wishes = parse_prompt(_REGISTRY.sub(" ", plain))
    wished = {name: getattr(wishes, name) for name in OF_A_CLUSTER}
    return found | {name: _of(_said(None, text), one.value) for name, one in wished.items() if one}


def _mb(number: str, unit: str) -> int:
    return round(float(number) * (1024 if unit.lower().startswith("g") else 1))


def _has_registry(image: str) -> bool:
    first, slash, _ = image.partition("/")
    return bool(slash) and ("." in first or ":" in first or first == "localhost")


def _said(value: ValueT, text: str) -> Sourced[ValueT]:
    return Sourced(value=value, source="user", where=f'"{text}"', reason="memory: a preference for this cluster")


def _of(one: Sourced[object] | Sourced[str] | Sourced[None], value: ValueT) -> Sourced[ValueT]:
    return Sourced(value=value, source=one.source, where=one.where, reason=one.reason)
