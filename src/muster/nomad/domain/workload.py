"""Workload classes: where resources start when nobody wrote any down, and why."""

from collections.abc import Iterator
from typing import Literal

from muster.core.evidence import Sourced
from muster.nomad.domain.backing import backing_image, bare_name
from muster.nomad.domain.profile import ServiceProfile
from muster.nomad.domain.values import Part

WorkloadClass = Literal["light", "medium", "heavy", "compute"]


class Size(Part):
    """What a task reserves, each amount with its reason."""

    cpu_mhz: Sourced[int]
    memory_mb: Sourced[int]


# CPU in MHz, memory in MB.
SIZES: dict[WorkloadClass, tuple[int, int]] = {
    "light": (200, 128),
    "medium": (500, 512),
    "heavy": (1000, 2048),
    "compute": (4000, 8192),
}

_HEAVY_FRAMEWORKS = frozenset({"airflow", "dbt", "gradio", "nextjs", "next", "panel", "scrapy", "spring", "streamlit"})
_WEB_SERVERS = ("nginx", "nginx-unprivileged", "caddy", "httpd", "traefik", "haproxy")
_IMAGE_CLASSES: dict[str, WorkloadClass] = {
    "redis": "light",
    "valkey": "light",
    "memcached": "light",
    "nats": "light",
    "etcd": "light",
    "mailhog": "light",
    "mailpit": "light",
    "elasticsearch": "heavy",
    "opensearch": "heavy",
    "kafka": "heavy",
    "cp-kafka": "heavy",
    "cassandra": "heavy",
    "neo4j": "heavy",
    "clickhouse-server": "heavy",
    "ollama": "compute",
    "vllm-openai": "compute",
    "text-generation-inference": "compute",
    **dict.fromkeys(_WEB_SERVERS, "light"),
}
_LANGUAGES: dict[str, WorkloadClass] = {
    "python": "medium",
    "node": "medium",
    "javascript": "medium",
    "typescript": "medium",
    "ruby": "medium",
    "php": "medium",
    "elixir": "medium",
    "go": "light",
    "rust": "light",
    "java": "heavy",
    "kotlin": "heavy",
    "scala": "heavy",
    "csharp": "medium",
    "fsharp": "medium",
    "visual basic": "medium",
}


def classify_workload(profile: ServiceProfile) -> Sourced[WorkloadClass]:
    """The class, by what computes, then by the image, then by the language; medium when nothing says."""
    unknown = Sourced[WorkloadClass](
        value="medium", source="default", reason="medium: nothing says how much it needs", confidence=0.3
    )
    return next(iter((*_by_signs(profile), *_by_image(profile), *_by_language(profile))), unknown)


def size_workload(profile: ServiceProfile, *, cpu_mhz: int | None = None, memory_mb: int | None = None) -> Size:
    """What somebody wrote down, else the settings given here, else the class; CPU and memory each for itself."""
    chosen = classify_workload(profile)
    cpu, memory = SIZES[chosen.value]
    return Size(
        cpu_mhz=profile.cpu_mhz or _set(cpu_mhz, "DEFAULT_CPU") or _like(chosen, cpu),
        memory_mb=profile.memory_mb or _set(memory_mb, "DEFAULT_MEMORY") or _like(chosen, memory),
    )


def _set(value: int | None, setting: str) -> Sourced[int] | None:
    return Sourced(value=value, source="settings", reason=setting) if value else None


def _like(chosen: Sourced[WorkloadClass], value: int) -> Sourced[int]:
    return Sourced(
        value=value, source=chosen.source, where=chosen.where, reason=chosen.reason, confidence=chosen.confidence
    )


def _by_signs(profile: ServiceProfile) -> Iterator[Sourced[WorkloadClass]]:
    if profile.gpus:
        yield _class("compute", "it asks for a GPU", profile.gpus.where)
    for one in profile.workloads:
        if one.value.workload == "compute":
            yield _class("compute", one.reason or "heavy computing", one.where)
    for one in profile.frameworks:
        if one.value.framework.lower() in _HEAVY_FRAMEWORKS:
            yield _class("heavy", f"it uses {one.value.framework}", one.where)


def _by_image(profile: ServiceProfile) -> Iterator[Sourced[WorkloadClass]]:
    served = bare_name(profile.base_image.value) if profile.base_image and not profile.language else ""
    if profile.base_image and served in _WEB_SERVERS:
        yield _class("light", f"its base image is {served}", profile.base_image.where)
    if profile.image is None or profile.build:
        return
    name = bare_name(profile.image.value)
    if name in _IMAGE_CLASSES or backing_image(name):
        yield _class(_IMAGE_CLASSES.get(name, "medium"), f"the image is {name}", profile.image.where)


def _by_language(profile: ServiceProfile) -> Iterator[Sourced[WorkloadClass]]:
    language = profile.language
    workload = _LANGUAGES.get(language.value.language.lower()) if language else None
    if language and workload:
        yield _class(workload, f"{language.value.language} code without heavy libraries", language.where)


def _class(workload: WorkloadClass, reason: str, where: str) -> Sourced[WorkloadClass]:
    return Sourced(value=workload, source="default", where=where, reason=f"{workload}: {reason}", confidence=0.6)
