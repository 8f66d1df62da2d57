"""Evidence of small repositories, as the extractors give it, and the way from there to a spec."""

from collections.abc import Mapping

from muster.core.gates.questions import AnswerValue
from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.domain.candidates import chosen, find_candidates
from muster.nomad.domain.decisions.apply import Decisions, apply_answers
from muster.nomad.domain.facts import (
    BaseImageFact,
    BuildFact,
    CommandFact,
    DependsOnFact,
    EnvFact,
    Evidence,
    Fact,
    FrameworkFact,
    HealthFact,
    ImageFact,
    LanguageFact,
    NameFact,
    PortFact,
    ReplicasFact,
    ResourcesFact,
    UserFact,
    VolumeFact,
    WorkloadFact,
)
from muster.nomad.domain.merge.evidence import merge_evidence
from muster.nomad.domain.profile import Analysis
from muster.nomad.domain.prompt.parse import parse_prompt
from muster.nomad.domain.spec import JobSpec
from muster.nomad.ports import ClusterFacts

Evidences = tuple[Evidence, ...]


def say(unit: str, *facts: Fact, where: str = "") -> Evidences:
    """The facts about a unit; each in a line of its own of the unit's file."""
    file = where or {"compose": "compose.yaml", "dockerfile": unit.partition(":")[2]}.get(unit.split(":")[0], "main.py")
    return tuple(
        Evidence(
            unit=unit,
            fact=fact,
            source="env example" if file.startswith(".env") else unit.split(":")[0],
            where=f"{file}:{line}",
            reason=f"{fact.kind} in {file}",
        )
        for line, fact in enumerate(facts, start=1)
    )


def cluster(version: str = "1.8.3", *, consul: bool = False, vault: bool = False) -> ClusterFacts:
    return ClusterFacts(
        address="http://127.0.0.1:4646",
        version=version,
        region="global",
        datacenters=("dc1",),
        ready_nodes=3,
        consul=consul,
        vault=vault,
    )


def analysed(evidence: Evidences, *, selected: tuple[str, ...] | None = None, name: str = "shop") -> Analysis:
    candidates = find_candidates(evidence)
    return merge_evidence(evidence, candidates, selected or chosen(candidates), name=name)


def decided(
    evidence: Evidences, prompt: str = "", answers: Mapping[str, AnswerValue] | None = None, *, name: str = "shop"
) -> Decisions:
    return apply_answers(analysed(evidence, name=name), parse_prompt(prompt), answers or {})


def built(
    evidence: Evidences,
    prompt: str = "",
    answers: Mapping[str, AnswerValue] | None = None,
    *,
    target: ClusterFacts | None = None,
    defaults: SpecDefaults | None = None,
) -> JobSpec:
    return build_spec(decided(evidence, prompt, answers), target, defaults)


PYTHON = LanguageFact(language="python")
FLASK = FrameworkFact(framework="flask", default_port=5000)
CELERY = FrameworkFact(framework="celery", listens=False)

ONE_DOCKERFILE: Evidences = (
    *say(
        "dockerfile:Dockerfile",
        BaseImageFact(image="python:3.12-slim"),
        PortFact(port=5000),
        UserFact(user="10001", uid=10001),
        CommandFact(command=("gunicorn", "app:app")),
        EnvFact(name="PYTHONUNBUFFERED", value="1"),
    ),
    *say("folder:.", PYTHON, FLASK, WorkloadFact(workload="server"), HealthFact(type="http", path="/health")),
)

SHOP: Evidences = (
    *say(
        "compose:api",
        BuildFact(context=".", dockerfile="Dockerfile"),
        ImageFact(image="ghcr.io/shop/api:1.0"),
        PortFact(port=8000, published=80),
        EnvFact(name="REDIS_URL", value="redis://redis:6379/0"),
        EnvFact(name="LOG_LEVEL", value="info"),
        DependsOnFact(service="redis", condition="service_healthy"),
        ReplicasFact(count=2),
    ),
    *say(
        "compose:redis",
        ImageFact(image="redis:7.4-alpine"),
        CommandFact(command=("redis-server", "--appendonly", "yes")),
        VolumeFact(path="/data", source="redis-data", type="named"),
        ResourcesFact(cpu_mhz=250, memory_mb=128),
    ),
    *say("dockerfile:Dockerfile", PortFact(port=8000), HealthFact(type="http", path="/health", port=8000)),
    *say("folder:.", PYTHON, FrameworkFact(framework="fastapi", default_port=8000), NameFact(name="shop")),
)

WEB_AND_WORKER: Evidences = (
    *say(
        "compose:web",
        BuildFact(context=".", dockerfile="Dockerfile"),
        PortFact(port=8000),
        EnvFact(name="BROKER_URL", value="redis://broker:6379/1"),
    ),
    *say(
        "compose:worker",
        BuildFact(context=".", dockerfile="Dockerfile"),
        CommandFact(command=("celery", "-A", "app", "worker")),
    ),
    *say("compose:broker", ImageFact(image="redis:7")),
    *say("dockerfile:Dockerfile", PortFact(port=8000), CommandFact(command=("gunicorn", "app:app"))),
    *say("folder:.", PYTHON, FrameworkFact(framework="django", default_port=8000), CELERY),
)
