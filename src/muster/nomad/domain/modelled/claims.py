"""What a model's answer says, as facts like those of the extractors, each with the lines and words that must hold."""

import re
from collections.abc import Iterator
from itertools import chain

from muster.nomad.domain.env_vars import env_fact, is_placeholder
from muster.nomad.domain.facts import EnvFact, Fact, HealthFact, PortFact, WorkloadFact
from muster.nomad.domain.modelled.answers import (
    AnalysisAnswer,
    ClaimedFact,
    ClaimedPort,
    ClaimedVariable,
    DockerRun,
    GpuAnswer,
    MakefileComposeAnswer,
    MakefileDockerAnswer,
    PortsAnswer,
    RepositoryAnswer,
    VariablesAnswer,
    WorkloadAnswer,
)
from muster.nomad.domain.modelled.citing import Citation
from muster.nomad.domain.values import Part

_WORKLOADS = ("server", "worker", "batch", "periodic")


class Claim(Part):
    """One fact, the lines that are to show it, and the words of it that these lines must hold."""

    fact: Fact
    words: tuple[str, ...]
    evidence: tuple[Citation, ...]
    confidence: float
    reason: str


def claims_of(answer: RepositoryAnswer) -> Iterator[Claim]:
    """Every fact that the answer claims."""
    match answer:
        case AnalysisAnswer():
            yield from chain.from_iterable(map(_of_fact, answer.facts))
        case VariablesAnswer():
            yield from map(_of_variable, answer.variables)
        case WorkloadAnswer():
            yield from _of_workload(answer)
        case GpuAnswer():
            yield from _of_gpu(answer)
        case PortsAnswer():
            yield from chain.from_iterable(map(_of_port, sorted(answer.ports, key=lambda port: not port.main)))
        case MakefileDockerAnswer():
            yield from chain.from_iterable(map(_of_run, answer.runs))
        case MakefileComposeAnswer():
            return


def _of_fact(one: ClaimedFact) -> Iterator[Claim]:
    match one.kind:
        case "port" if one.value.isascii() and one.value.isdigit():
            yield _claim(one, PortFact(port=int(one.value), env=_name(one.detail)), one.value)
        case "env" if _name(one.value):
            yield _of_variable(
                ClaimedVariable(
                    name=one.value,
                    required=one.detail is None,
                    default=one.detail,
                    confidence=one.confidence,
                    reason=one.reason,
                    evidence=one.evidence,
                )
            )
        case "health" if one.value.startswith("/"):
            yield _claim(one, HealthFact(type="http", path=one.value), one.value)
        case "workload" if one.value in _WORKLOADS:
            yield from _timed(one, one.value, one.detail)
        case _:
            return


def _of_variable(one: ClaimedVariable) -> Claim:
    value = None if one.default is None or is_placeholder(one.default) else one.default
    fact = env_fact(one.name, value, required=one.required and value is None)
    return _claim(one, fact, *((fact.value,) if fact.value is not None else ()))


def _of_workload(answer: WorkloadAnswer) -> Iterator[Claim]:
    match answer.job:
        case "service":
            yield _claim(answer, WorkloadFact(workload="worker" if answer.listens is False else "server"))
        case "batch" | "periodic" as kind:
            yield from _timed(answer, kind, answer.cron)
        case "system" | None:  # one on every node is more than a gap to be filled
            return
    if answer.size == "compute":
        yield _claim(answer, WorkloadFact(workload="compute"))


def _of_gpu(answer: GpuAnswer) -> Iterator[Claim]:
    """Computing, which is a size; a device is for a person to ask for."""
    if answer.needs == "required":
        yield _claim(answer, WorkloadFact(workload="compute"))


def _timed(one: ClaimedFact | WorkloadAnswer, kind: str, cron: str | None) -> Iterator[Claim]:
    """A kind of work; a periodic one only with the line that says when."""
    if kind == "periodic":
        if cron and len(cron.split()) == 5:
            yield _claim(one, WorkloadFact(workload="periodic", cron=" ".join(cron.split())), cron)
        return
    yield _claim(one, WorkloadFact.model_validate({"workload": kind}))


def _of_port(one: ClaimedPort) -> Iterator[Claim]:
    held = " ".join(quote.text for quote in one.evidence)
    variable = _name(one.variable) if one.variable and one.variable in held else None
    form = one.form if one.form and variable and "{port}" in one.form else None
    fact = PortFact(port=one.port, protocol=one.protocol, env=variable, env_form=form)
    yield _claim(one, fact, str(one.port))
    if one.health_path and one.health_path.startswith("/"):
        yield _claim(one, HealthFact(type="http", path=one.health_path), one.health_path)


def _of_run(run: DockerRun) -> Iterator[Claim]:
    for port in run.ports:
        yield _claim(run, PortFact(port=port.container), str(port.container))
    for one in run.env:
        if _name(one.variable):
            fact: EnvFact = env_fact(one.variable, one.given)
            yield _claim(run, fact, one.variable, *((fact.value,) if fact.value is not None else ()))


def _claim(
    one: ClaimedFact | ClaimedVariable | WorkloadAnswer | GpuAnswer | ClaimedPort | DockerRun, fact: Fact, *words: str
) -> Claim:
    return Claim(fact=fact, words=words, evidence=tuple(one.evidence), confidence=one.confidence, reason=one.reason)


def _name(text: str | None) -> str | None:
    return text if text and re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,99}", text) else None
