"""Answers to the gap questions, put into a service's profile; ids are `service.field`."""

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar, cast, get_args

from muster.core.evidence import Sourced
from muster.core.gates.questions import AnswerValue
from muster.nomad.domain.env_table import with_env_answers
from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.profile import ServiceProfile, Storage
from muster.nomad.domain.workload import SIZES, WorkloadClass

ValueT = TypeVar("ValueT")

_SIZE = re.compile(r"(\d+)\s*/\s*(\d+)")


def answered(
    service: ServiceProfile,
    services: Sequence[ServiceProfile],
    answers: Mapping[str, AnswerValue],
    estate: EstateFacts | None = None,
) -> ServiceProfile:
    """The service with its answers; an image answered for one service is that of all with the same build."""

    def about(field: str) -> AnswerValue:
        return answers.get(f"{service.name}.{field}")

    changes: dict[str, object] = {
        **_image(service, services, answers),
        **_port(service, about("port")),
        **_text("network_mode", about("network")),
        **_number("replicas", about("count")),
        **_resources(about("resources")),
        **_storage(about("storage")),
        **_architecture(about("architecture")),
        **_text("route", about("route")),
        **_tags(about("tags")),
    }
    return with_env_answers(service.model_copy(update=changes), answers, estate)


def same_build(one: ServiceProfile, other: ServiceProfile) -> bool:
    """Whether both run the image that the same Dockerfile makes."""
    return one.build is not None and other.build is not None and one.build.value == other.build.value


def _image(
    service: ServiceProfile, services: Sequence[ServiceProfile], answers: Mapping[str, AnswerValue]
) -> dict[str, object]:
    if service.image is not None and f"{service.name}.image" not in answers:
        return {}
    for other in (service, *(one for one in services if same_build(one, service))):
        changes = _text("image", answers.get(f"{other.name}.image"))
        if changes:
            return changes
    return {}


def _port(service: ServiceProfile, answer: AnswerValue) -> dict[str, object]:
    if not isinstance(answer, int) or not 0 <= answer < 65536:
        return {}
    if answer == 0:
        return {"ports": (), "listens": _said(False)}
    told = service.ports[0].value if service.ports else PortFact(port=0)
    return {"ports": (_said(PortFact(port=answer, env=told.env, env_form=told.env_form)),), "listens": _said(True)}


def _number(field: str, answer: AnswerValue) -> dict[str, object]:
    return {field: _said(answer)} if isinstance(answer, int) and answer > 0 else {}


def _text(field: str, answer: AnswerValue) -> dict[str, object]:
    text = _one(answer)
    return {field: _said(text)} if text else {}


def _resources(answer: AnswerValue) -> dict[str, object]:
    """CPU and memory by class or by number, beside which no other ceiling holds."""
    text = _one(answer).lower()
    found = _SIZE.fullmatch(text)
    size = (int(found[1]), int(found[2])) if found else SIZES.get(cast("WorkloadClass", text))
    if size is None or not all(size):
        return {}
    cpu, memory = (Sourced(value=amount, source="user", reason=f"answered: {text}") for amount in size)
    return {"cpu_mhz": cpu, "memory_mb": memory, "memory_max_mb": None}


def _storage(answer: AnswerValue) -> dict[str, object]:
    text = _one(answer)
    return {"storage": _said(text)} if text in get_args(Storage) else {}


def _architecture(answer: AnswerValue) -> dict[str, object]:
    text = _one(answer)
    return {} if text in ("", "any") else {"architecture": _said(text)}


def _tags(answer: AnswerValue) -> dict[str, object]:
    """Tags with a semicolon between them; inside of them there may be spaces and commas."""
    tags = tuple(tag.strip() for tag in _one(answer).split(";") if tag.strip())
    return {"route_tags": _said(tags)} if tags else {}


def _one(answer: AnswerValue) -> str:
    """The text of an answer, also where a choice stores a list."""
    answer = answer[0] if isinstance(answer, list) and answer else answer
    return answer.strip() if isinstance(answer, str) else ""


def _said(value: ValueT) -> Sourced[ValueT]:
    return Sourced(value=value, source="user", reason="answered")
