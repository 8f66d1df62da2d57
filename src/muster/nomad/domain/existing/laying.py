"""Our spec over a job that runs: what we state wins, what we do not state, or only take by default, stays."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar, cast

from pydantic import JsonValue

from muster.nomad.domain.build.job import datacenters
from muster.nomad.domain.build.site import SpecDefaults, make_site
from muster.nomad.domain.build.target import Target
from muster.nomad.domain.build.task import task_size
from muster.nomad.domain.decisions.apply import Decisions
from muster.nomad.domain.existing.matching import known_group, known_task
from muster.nomad.domain.existing.projection import project_job
from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.domain.policies import Affinity, Constraint, Spread
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec, Template, VolumeMount
from muster.nomad.domain.values import Part

PartT = TypeVar("PartT", bound=Part)

_POLICIES = ("update", "restart")
_NAMES: dict[type[Part], Callable[[Any], str]] = {
    Template: lambda one: one.destination,
    VolumeMount: lambda one: f"{one.volume} {one.destination}",
}


class Unsaid(Part):
    """What of our spec is only a default of ours, by the names of groups and tasks."""

    counts: tuple[str, ...] = ()
    cpu: tuple[str, ...] = ()
    memory: tuple[str, ...] = ()
    datacenters: bool = False


def unsaid_of(decisions: Decisions, target: Target | None, defaults: SpecDefaults) -> Unsaid:
    """Counts, sizes and datacenters that nobody states; a service is a group and a task of its name."""
    site, services = make_site(decisions, target, defaults), decisions.analysis.services
    sizes = {one.name: task_size(site, one) for one in services}
    return Unsaid(
        counts=tuple(one.name for one in services if one.replicas is None),
        cpu=tuple(name for name, size in sizes.items() if size.cpu_mhz.source == "default"),
        memory=tuple(name for name, size in sizes.items() if size.memory_mb.source == "default"),
        datacenters=datacenters(site).source in ("default", "cluster"),
    )


def lay_over(running: JobSpec, built: JobSpec, unsaid: Unsaid) -> JobSpec:
    """The spec to register: groups, tasks, ports and services match by name, a lone group and a lone task in any case,
    and keep the running job's; a policy of the running job stays unless
    it is what Nomad itself takes."""
    said = built.model_copy(
        update={
            "groups": tuple(_said_of(group, running, built, unsaid) for group in built.groups),
            "datacenters": () if unsaid.datacenters and running.datacenters else built.datacenters,
        }
    )
    laid = _part(running, said)
    return laid.model_copy(update={"reasons": built.reasons, "variables": built.variables})


def _said_of(group: GroupSpec, running: JobSpec, built: JobSpec, unsaid: Unsaid) -> GroupSpec:
    """The group with the running job's own word in place of what is only a default of ours."""
    known = known_group(group, built, running)
    if known is None:
        return group
    usual = _usual_group(built.type)
    update: dict[str, object] = {
        field: None for field in _POLICIES if getattr(known, field) not in (None, getattr(usual, field))
    }
    update["name"] = known.name
    if group.name in unsaid.counts:
        update["count"] = known.count
    tasks = tuple(_said_of_task(task, known_task(task, group, known), unsaid) for task in group.tasks)
    return group.model_copy(update={**update, "tasks": tasks})


def _said_of_task(task: TaskSpec, known: TaskSpec | None, unsaid: Unsaid) -> TaskSpec:
    if known is None:
        return task
    update: dict[str, object] = {}
    if task.name in unsaid.cpu:
        update |= {"cpu_mhz": known.resources.cpu_mhz, "cores": known.resources.cores}
    if task.name in unsaid.memory:
        update["memory_mb"] = known.resources.memory_mb
    resources = task.resources.model_copy(update=update)
    return task.model_copy(update={"name": known.name, "resources": resources})


def _usual_group(kind: str) -> GroupSpec:
    """A group of which nothing is said, as Nomad fills it in."""
    job: dict[str, JsonValue] = {"ID": "x", "Type": kind, "TaskGroups": [{"Name": "g"}]}
    return project_job(canonicalize_job(job)).groups[0]


def _part(old: PartT, new: PartT) -> PartT:
    """The new part, with the old one's word where it says nothing."""
    merged: dict[str, object] = {
        field: _value(getattr(old, field), getattr(new, field)) for field in type(new).model_fields
    }
    if isinstance(old, TaskSpec) and isinstance(new, TaskSpec):
        merged["env"] = _env(old, new)
    if isinstance(new, GroupSpec):
        merged["count"] = new.count  # none at all is a word too
    return new.model_copy(update=merged)


def _env(old: TaskSpec, new: TaskSpec) -> dict[str, object]:
    """Both, without what a template of ours gives now."""
    lines = [line for template in new.templates for line in template.data.splitlines()]
    given = {line.partition("=")[0].strip() for line in lines}
    kept = {name: value for name, value in old.env.items() if name not in given}
    return {**kept, **new.env}


def _value(old: Any, new: Any) -> object:
    if new in (None, (), "", False):
        return old
    if isinstance(new, dict):
        return {**cast("dict[str, object]", old), **cast("dict[str, object]", new)}
    if isinstance(new, Part) and isinstance(old, Part):
        return _part(old, new)
    if isinstance(new, tuple) and isinstance(new[0], Part):
        return _parts(cast("tuple[Part, ...]", old), cast("tuple[Part, ...]", new))
    return cast(object, new)


def _parts(old: Sequence[Part], new: Sequence[Part]) -> tuple[Part, ...]:
    """Named ones by name, conditions all, others (checks) by place."""
    if isinstance(new[0], Constraint | Affinity | Spread):
        return (*old, *(one for one in new if one not in old))
    name = _NAMES.get(type(new[0])) or _named(new[0])
    if name is None:
        pairs = [_part(before, after) for before, after in zip(old, new, strict=False)]
        return (*pairs, *old[len(new) :], *new[len(old) :])
    known = {name(one): one for one in new}
    kept = tuple(_part(one, known[name(one)]) if name(one) in known else one for one in old)
    there = {name(one) for one in old}
    return (*kept, *(one for one in new if name(one) not in there))


def _named(part: Part) -> Callable[[Any], str] | None:
    for field in ("label", "name"):
        if getattr(part, field, None):
            return lambda one: str(getattr(one, field))
    return None
