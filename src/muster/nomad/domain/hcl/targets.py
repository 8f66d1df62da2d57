"""The job in two further forms: with HCL2 variables, and as a template for Terraform."""

from pydantic import JsonValue

from muster.nomad.domain.hcl.literals import json_text, quote
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.hcl.slots import Slot, Written, fill_slots, find_slots
from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec
from muster.nomad.domain.values import Text, VarRef

_TEMPLATE = "\x1a"
"""Stands for the `$` of what Terraform fills in, until all other `${` are escaped. No job file may hold it."""


def render_variables(spec: JobSpec, *, explain: bool = False) -> str:
    """The job file with `variable` blocks for image tags, counts and datacenters; with their defaults the same job."""
    slots = find_slots(spec)
    filled = fill_slots(spec, slots, _variable)
    variables = (*spec.variables, *(slot.variable for slot in slots))
    return render_hcl(filled.model_copy(update={"variables": variables}), explain=explain)


def _variable(slot: Slot) -> str:
    name = f"var.{slot.variable.name}"
    return f'{_open(slot.before)}${{{name}}}"' if slot.before else name


def _open(before: str) -> str:
    """A quoted text that goes on."""
    return quote(before)[:-1]


def render_terraform(spec: JobSpec, *, explain: bool = False) -> str:
    """A template for Terraform's `templatefile`: what differs is filled in by it, what Nomad fills in is escaped.

    Rendered with the values that its head names it is the job of the plain target.
    """
    slots = find_slots(spec)
    groups = tuple(_referring_group(group) for group in spec.groups)
    filled = fill_slots(spec.model_copy(update={"groups": groups, "variables": ()}), slots, _placeholder)
    reasons = {path: reason.replace(_TEMPLATE, " ") for path, reason in spec.reasons.items()}
    text = _head(spec) + render_hcl(filled.model_copy(update={"reasons": reasons}), explain=explain)
    return text.replace("${", "$${").replace("%{", "%%{").replace(f"{_TEMPLATE}{{", "${")


def template_values(spec: JobSpec) -> dict[str, JsonValue]:
    """The variables of the template with their values; None for what nobody could find out."""
    own = {variable.name: variable.default for variable in spec.variables}
    slots = find_slots(spec)
    return {_template_name(slot): _template_value(slot) for slot in slots} | own


def _placeholder(slot: Slot) -> str:
    name = _template_name(slot)
    match slot.site[0]:
        case "image_tag":
            return f'{_open(slot.before)}{_TEMPLATE}{{{name}}}"'
        case "count":
            return f"{_TEMPLATE}{{{name}}}"
        case "datacenters":
            one = f'["{_TEMPLATE}{{{name}}}"]'
            return one if _single(slot) else f"{_TEMPLATE}{{jsonencode({name})}}"


def _single(slot: Slot) -> bool:
    return isinstance(slot.variable.default, list) and len(slot.variable.default) == 1


def _template_name(slot: Slot) -> str:
    return slot.variable.name.replace("datacenters", "datacenter") if _single(slot) else slot.variable.name


def _template_value(slot: Slot) -> JsonValue:
    value = slot.variable.default
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _referring_group(group: GroupSpec) -> GroupSpec:
    return group.model_copy(update={"tasks": tuple(map(_referring_task, group.tasks))})


def _referring_task(task: TaskSpec) -> TaskSpec:
    config = task.config.model_copy(update={"image": _given(task.config.image)})
    return task.model_copy(update={"config": config, "env": {key: _given(value) for key, value in task.env.items()}})


def _given(value: Text) -> Text:
    """A variable of the spec as one of the template, whatever text it will have."""
    if isinstance(value, VarRef):
        return Written(var=value.var, hcl=f"{_TEMPLATE}{{jsonencode({value.var})}}")
    return value


def _head(spec: JobSpec) -> str:
    missing = {variable.name: variable.missing for variable in spec.variables if variable.default is None}
    lines = [
        "A template for Terraform; Nomad itself does not read it:",
        '  jobspec = templatefile("job.nomad.hcl.tftpl", {',
        *(_value_line(name, value, missing.get(name, "")) for name, value in template_values(spec).items()),
        "  })",
    ]
    return "".join(f"# {line}\n" for line in lines) + "\n"


def _value_line(name: str, value: JsonValue, missing: str) -> str:
    if value is None:
        return f"    {name} = ... # {' '.join(missing.replace(_TEMPLATE, ' ').split()) or 'must be given'}"
    return f"    {name} = {json_text(value)}"
