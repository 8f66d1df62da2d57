"""The user's word over an existing job: wishes of the prompt, and the places of its secrets. Nothing else changes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from muster.core.evidence import Sourced
from muster.nomad.domain.build.secret_forms import choose_form
from muster.nomad.domain.build.secrets import own_variables, read_places, vault_block
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.domain.build.target import Target
from muster.nomad.domain.existing.main_task import main_task
from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.patches.targets import with_port
from muster.nomad.domain.policies import Periodic
from muster.nomad.domain.profile import EnvEntry
from muster.nomad.domain.prompt.parse import Wishes
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec

_OF_JOB = ("name", "namespace", "region", "datacenters")
_NOT_HERE = {"job": "the kind of a job", "route": "a route", "places": "a variable's place"}
"""Wishes that an existing job answers by itself."""


def with_wishes(spec: JobSpec, wishes: Wishes) -> JobSpec:
    """The job as it is wished: sizes, image and ports are those of its main task."""
    for field in _OF_JOB:
        wish: Sourced[Any] | None = getattr(wishes, field)
        if wish:
            spec = spec.model_copy(update={field: wish.value})
    if wishes.cron:
        clock = spec.periodic or Periodic(cron=wishes.cron.value)
        spec = spec.model_copy(update={"periodic": clock.model_copy(update={"cron": wishes.cron.value})})
    main = main_task(spec)
    if main is None:
        return spec
    for change in _CHANGES:
        group = spec.group(main[0].name)
        task = next(one for one in group.tasks if one.name == main[1].name)
        spec = change(spec, group, task, wishes)
    return spec


def ungranted(spec: JobSpec, wishes: Wishes) -> tuple[str, ...]:
    """What is wished and can't be had by changing this job, as sentences."""
    told = [
        f"{what} is not changed in an existing job: {wish.where}"
        for field, what in _NOT_HERE.items()
        if (wish := getattr(wishes, field)) and not (field == "job" and wishes.cron)
    ]
    needs = (wishes.static_port, wishes.port, wishes.health_path)
    main = main_task(spec)
    ports = main[0].network.ports if main and main[0].network else ()
    if not ports:
        told += [f"the job has no port to change: {wish.where}" for wish in needs if wish]
    elif wishes.health_path and main and not main[0].services:
        told.append(f"the group {main[0].name} has no service to check: {wishes.health_path.where}")
    return tuple(told)


def with_places(
    spec: JobSpec, places: Mapping[str, str], target: Target | None, defaults: SpecDefaults | None = None
) -> JobSpec:
    """The job with each secret of `places` (`TASK.NAME` to its place) read from there, no longer in plain text."""
    known = defaults or SpecDefaults()
    for group in spec.groups:
        for task in group.tasks:
            given = {name: place for name in task.env if (place := places.get(f"{task.name}.{name}"))}
            if given:
                spec = spec.with_task(group.name, _with_secrets(spec, group, task, given, target, known))
    return spec


def _with_secrets(
    spec: JobSpec,
    group: GroupSpec,
    task: TaskSpec,
    places: Mapping[str, str],
    target: Target | None,
    defaults: SpecDefaults,
) -> TaskSpec:
    version = target.version if target else None
    form = choose_form(defaults.secret_format, version, defaults.mounts, ends=spec.type in ("batch", "sysbatch"))
    entries = [EnvEntry(name=name, secret=True, place=place) for name, place in places.items()]
    reads = read_places(entries, form, own_variables(spec.name, group.name, task.name))
    kept = {name: value for name, value in task.env.items() if name not in places}
    return task.model_copy(
        update={
            "env": kept | reads.env,
            "templates": (*task.templates, *reads.templates),
            "secrets": (*task.secrets, *reads.secrets),
            "vault": task.vault or vault_block(reads, (), spec.name, version),
        }
    )


Change = Callable[[JobSpec, GroupSpec, TaskSpec, Wishes], JobSpec]


def _count(spec: JobSpec, group: GroupSpec, task: TaskSpec, wishes: Wishes) -> JobSpec:
    return spec.with_group(group.model_copy(update={"count": wishes.count.value})) if wishes.count else spec


def _image(spec: JobSpec, group: GroupSpec, task: TaskSpec, wishes: Wishes) -> JobSpec:
    changes: dict[str, object] = {}
    if wishes.image:
        changes["image"] = wishes.image.value
    if wishes.network_mode:
        changes["network_mode"] = wishes.network_mode.value
    config = task.config.model_copy(update=changes)
    return spec.with_task(group.name, task.model_copy(update={"config": config})) if changes else spec


def _resources(spec: JobSpec, group: GroupSpec, task: TaskSpec, wishes: Wishes) -> JobSpec:
    changes: dict[str, object] = {}
    if wishes.cpu_mhz:
        changes |= {"cpu_mhz": wishes.cpu_mhz.value, "cores": None}
    if wishes.memory_mb:
        changes["memory_mb"] = wishes.memory_mb.value
        ceiling = task.resources.memory_max_mb
        changes["memory_max_mb"] = ceiling if ceiling and ceiling > wishes.memory_mb.value else None
    resources = task.resources.model_copy(update=changes)
    return spec.with_task(group.name, task.model_copy(update={"resources": resources})) if changes else spec


def _port(spec: JobSpec, group: GroupSpec, task: TaskSpec, wishes: Wishes) -> JobSpec:
    port = _main_port(group.network, task.config.ports)
    changes = {
        "static": wishes.static_port.value if wishes.static_port else port.static if port else None,
        "to": wishes.port.value if wishes.port else port.to if port else None,
    }
    return with_port(spec, group.name, port.model_copy(update=changes)) if port else spec


def _main_port(network: Network | None, labels: Sequence[str]) -> Port | None:
    ports = network.ports if network else ()
    return next((port for port in ports if port.label in labels), None) or next(iter(ports), None)


def _health(spec: JobSpec, group: GroupSpec, task: TaskSpec, wishes: Wishes) -> JobSpec:
    if wishes.health_path is None or not group.services:
        return spec
    first, *others = group.services
    changed = first.model_copy(update={"checks": _checks(first, wishes.health_path.value)})
    return spec.with_group(group.model_copy(update={"services": (changed, *others)}))


def _checks(service: Service, path: str) -> tuple[Check, ...]:
    """The first HTTP check asks that path; where there is none, one more check does."""
    place = next((index for index, check in enumerate(service.checks) if check.type == "http"), None)
    if place is None:
        return (*service.checks, Check(type="http", path=path))
    changed = service.checks[place].model_copy(update={"path": path})
    return (*service.checks[:place], changed, *service.checks[place + 1 :])


_CHANGES: tuple[Change, ...] = (_count, _image, _resources, _port, _health)
