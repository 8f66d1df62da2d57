"""What differs from deployment to deployment: tags of images, counts and datacenters, each with a name of its own."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from muster.nomad.domain.spec import GroupSpec, JobSpec, Variable
from muster.nomad.domain.task import TaskSpec
from muster.nomad.domain.values import VarRef

Kind = Literal["image_tag", "count", "datacenters"]
Site = tuple[Kind, int, int]
"""What it is, and in which group and task, by number."""

_IMAGE = re.compile(r"(?P<before>[^@\n]*:)(?P<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})")
_PLAIN = re.compile(r"[A-Za-z0-9_.*-]+")


@dataclass(frozen=True)
class Slot:
    """A place of the spec, a variable for it with the present value, and the text before it (of an image's tag)."""

    site: Site
    variable: Variable
    before: str = ""


class Written(VarRef):
    """A value that is written as this HCL."""

    hcl: str

    @property
    def expression(self) -> str:
        """As HCL."""
        return self.hcl


def find_slots(spec: JobSpec) -> tuple[Slot, ...]:
    """The slots of a job, images first; no name is one of the spec's own variables."""
    taken = {variable.name for variable in spec.variables}
    slots: list[Slot] = []
    for slot in (*_images(spec), *_counts(spec), *_datacenters(spec)):
        name = _free(slot.variable.name, taken)
        taken.add(name)
        slots.append(replace(slot, variable=slot.variable.model_copy(update={"name": name})))
    return tuple(slots)


def fill_slots(spec: JobSpec, slots: tuple[Slot, ...], write: Callable[[Slot], str]) -> JobSpec:
    """The job with HCL in place of each slot. It can only be rendered."""
    written = {slot.site: Written(var=slot.variable.name, hcl=write(slot)) for slot in slots}
    groups = tuple(_filled_group(group, number, written) for number, group in enumerate(spec.groups))
    datacenters = written.get(("datacenters", 0, 0), spec.datacenters)
    return spec.model_copy(update={"datacenters": datacenters, "groups": groups})


def _filled_group(group: GroupSpec, number: int, written: Mapping[Site, Written]) -> GroupSpec:
    tasks = tuple(_filled_task(task, ("image_tag", number, at), written) for at, task in enumerate(group.tasks))
    return group.model_copy(update={"count": written.get(("count", number, 0), group.count), "tasks": tasks})


def _filled_task(task: TaskSpec, site: Site, written: Mapping[Site, Written]) -> TaskSpec:
    config = task.config.model_copy(update={"image": written.get(site, task.config.image)})
    return task.model_copy(update={"config": config})


def _images(spec: JobSpec) -> list[Slot]:
    found: list[tuple[Site, str, re.Match[str]]] = [
        (("image_tag", at, to), task.name, match)
        for at, group in enumerate(spec.groups)
        for to, task in enumerate(group.tasks)
        if isinstance(task.config.image, str) and (match := _IMAGE.fullmatch(task.config.image))
    ]
    slots: list[Slot] = []
    for site, name, match in found:
        text = f"Tag of the image {match['before'][:-1]}"
        own = "image_tag" if len(found) == 1 else f"{name}_image_tag"
        slots.append(Slot(site, Variable(name=own, default=match["tag"], description=text), match["before"]))
    return slots


def _counts(spec: JobSpec) -> Iterator[Slot]:
    if spec.type in ("system", "sysbatch"):
        return
    for at, group in enumerate(spec.groups):
        name = "count" if len(spec.groups) == 1 else f"{group.name}_count"
        text = f"How many instances of {group.name} run"
        yield Slot(("count", at, 0), Variable(name=name, type="number", default=group.count, description=text))


def _datacenters(spec: JobSpec) -> Iterator[Slot]:
    if spec.datacenters and all(map(_PLAIN.fullmatch, spec.datacenters)):
        text = "Datacenters that the job may run in"
        names = [*spec.datacenters]
        variable = Variable(name="datacenters", type="list(string)", default=[*names], description=text)
        yield Slot(("datacenters", 0, 0), variable)


def _free(name: str, taken: set[str]) -> str:
    plain = re.sub(r"[^A-Za-z0-9_]", "_", name)
    plain = plain if re.match(r"[A-Za-z_]", plain) else f"_{plain}"
    numbered = (plain, *(f"{plain}_{number}" for number in range(2, len(taken) + 3)))
    return next(one for one in numbered if one not in taken)
