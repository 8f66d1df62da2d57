"""Holds `deploy/.env.deploy` against what the code needs: names missing there, and names that nothing reads."""

from collections.abc import Iterable, Iterator, Sequence

from muster.core.evidence import Sourced
from muster.nomad.domain.candidates import Candidate
from muster.nomad.domain.extractors.deploy_env import SOURCE
from muster.nomad.domain.facts import EnvFact, Evidence
from muster.nomad.domain.merge.ranked import Ranked
from muster.nomad.domain.profile import ServiceProfile

_ROOT = "folder:."


def heard_by_the_only(evidence: Sequence[Evidence], chosen: Sequence[Candidate]) -> tuple[Evidence, ...]:
    """The evidence; where one service alone is deployed, the root's file speaks of it, whatever it is built from."""
    if len(chosen) != 1 or _ROOT in chosen[0].units:
        return tuple(evidence)
    return tuple(
        item.model_copy(update={"unit": chosen[0].id}) if item.source == SOURCE and item.unit == _ROOT else item
        for item in evidence
    )


def differences(abouts: Iterable[Ranked], services: Sequence[ServiceProfile]) -> Iterator[Sourced[str]]:
    """A sentence a service about required names that its file leaves out, one about names that no service reads."""
    pairs = [(about, one) for about, one in zip(abouts, services, strict=True) if _given(about)]
    read = {one.value.name for about, _ in pairs for one in about.without("deploy_env").all(EnvFact)}
    read |= {port.value.env for _, service in pairs for port in service.ports if port.value.env}
    for about, service in pairs:
        file = _given(about)[0].where.rpartition(":")[0]
        if missing := ", ".join(_missing(service)):
            yield _said(file, f"{service.name} needs {missing}, which the file does not name")
    extra = {one.value.name: one.where for about, _ in pairs for one in _given(about) if one.value.name not in read}
    for name, where in extra.items():
        yield _said(where, f"nothing is seen to read {name}; it is set all the same")


def _missing(service: ServiceProfile) -> Iterator[str]:
    ports = {port.value.env for port in service.ports}
    for one in service.env:
        if one.required and one.source == "unknown" and one.name not in ports:
            yield one.name


def _given(about: Ranked) -> list[Sourced[EnvFact]]:
    return [one for one in about.all(EnvFact) if one.source == "deploy_env"]


def _said(where: str, text: str) -> Sourced[str]:
    return Sourced(value=text, source="deploy_env", where=where, reason="the analysis goes on without it")
