"""A whole workload: its kind, how many, and each container as a unit: the main one, those before and beside it."""

import re
from collections.abc import Iterable, Iterator, Sequence

from muster.nomad.domain.extractors.compose_yaml import MapNode, scalar
from muster.nomad.domain.extractors.kubernetes.container import Container
from muster.nomad.domain.extractors.kubernetes.library import Library
from muster.nomad.domain.extractors.kubernetes.listening import health_facts, port_facts
from muster.nomad.domain.extractors.kubernetes.running import running_facts
from muster.nomad.domain.extractors.kubernetes.security import security_facts
from muster.nomad.domain.extractors.kubernetes.services import Reached
from muster.nomad.domain.extractors.kubernetes.storing import storage_facts
from muster.nomad.domain.extractors.kubernetes.workloads import Workload, container_name
from muster.nomad.domain.facts import (
    DependsOnFact,
    Evidence,
    NetworkModeFact,
    PortFact,
    ReplicasFact,
    WorkloadFact,
)

# An init container that only waits: on Nomad whoever is too early fails, and is started again.
_WAITING = re.compile(
    r"\bnslookup\b|\bnc(?:at)? [^|;&]{0,200}-\w*z|wait[-_]for|wait4|pg_isready|\bdockerize\b.{0,200}-wait|\buntil\b"
    r"|\b(?:while|for)\b.{0,2000}\bsleep\b",
    re.DOTALL,
)


def workload_facts(workload: Workload, library: Library, reached: Sequence[Reached]) -> Iterator[Evidence]:
    """Everything about the workload and its containers."""
    for body in workload.containers("containers"):
        container = Container(workload, body, library)
        facts = tuple(_of_container(container, reached))
        yield from facts
        if container.is_main:
            yield from _kind(container, listens=any(isinstance(one.fact, PortFact) for one in facts), facts=facts)
        else:
            mode = NetworkModeFact(mode=f"service:{workload.name}")
            yield container.say(mode, body.at, f"a container beside {container_name(workload.main)} in its pod")
    main = Container(workload, workload.main, library)
    for body in workload.containers("initContainers"):
        yield from _before(main, Container(workload, body, library))


def _of_container(container: Container, reached: Sequence[Reached]) -> Iterator[Evidence]:
    yield from running_facts(container)
    sent = [
        (one.target, one.at, f"the Service {one.service.full_name} sends to it")
        for one in reached
        if one.unit == container.unit and one.target
    ]
    yield from port_facts(container, sent)
    yield from health_facts(container)
    yield from storage_facts(container)
    yield from security_facts(container)


def _kind(container: Container, *, listens: bool, facts: Iterable[Evidence]) -> Iterator[Evidence]:
    manifest = container.workload.manifest
    spec, said = manifest.section("spec"), f"it is a {manifest.kind}"
    count = scalar(spec.get("replicas"))
    if count and re.fullmatch(r"\d{1,5}", count.text):
        yield container.say(ReplicasFact(count=int(count.text)), count.at, f"`replicas` of the {manifest.kind}")
    match manifest.kind:
        case "DaemonSet":
            yield container.say(WorkloadFact(workload="system"), manifest.body.at, f"{said}: one on each node")
        case "Job":
            yield container.say(WorkloadFact(workload="batch"), manifest.body.at, f"{said}: it runs to its end")
        case "CronJob":
            yield from _clock(container, spec)
        case _:
            checked = any(one.fact.kind == "health" for one in facts)
            quiet = not (listens or checked)
            reason = f"{said} without a containerPort, a Service or a probe" if quiet else said
            fact = WorkloadFact(workload="worker" if quiet else "server")
            yield container.say(fact, manifest.body.at, reason, confidence=0.7)


def _clock(container: Container, spec: MapNode) -> Iterator[Evidence]:
    schedule, zone = scalar(spec.get("schedule")), scalar(spec.get("timeZone"))
    fact = WorkloadFact(workload="periodic", cron=schedule.text if schedule else None)
    at = schedule.at if schedule else container.workload.manifest.body.at
    yield container.say(fact, at, "`schedule` of the CronJob")
    if zone:
        yield container.problem(f"timeZone {zone.text[:60]} is not carried over: the schedule is read in UTC", zone.at)


def _before(main: Container, container: Container) -> Iterator[Evidence]:
    """An init container becomes a task that runs before; one that always restarts runs beside."""
    policy, name = scalar(container.body.get("restartPolicy")), container.unit.partition(":")[2]
    text = " ".join((*(container.words("command") or ()), *(container.words("args") or ())))[:4000]
    image = scalar(container.body.get("image"))
    if policy and policy.text == "Always":
        yield from _of_container(container, ())
        mode = NetworkModeFact(mode=f"service:{main.workload.name}")
        yield container.say(mode, policy.at, f"a container beside {main.name} in its pod")
    elif _WAITING.search(f"{image.text[:200] if image else ''} {text}"):
        said = f"{container.name} only waits for others before it starts: on Nomad it is started again until they run"
        yield main.problem(said, container.body.at)
    else:
        yield from _of_container(container, ())
        yield container.say(WorkloadFact(workload="batch"), container.body.at, "an init container: it runs to its end")
        fact = DependsOnFact(service=name, condition="service_completed_successfully")
        yield main.say(fact, container.body.at, f"init container {container.name}")
