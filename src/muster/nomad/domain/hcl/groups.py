"""`group` and `task` blocks: what Nomad decodes beyond the plain struct."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pydantic import JsonValue

from muster.nomad.domain.hcl.bodies import Content, LiveBlock, report_duplicate

Json = dict[str, JsonValue]
Decode = Callable[[str, LiveBlock], Json]


@dataclass(frozen=True)
class Extras:
    """What a body may hold beyond its struct: further blocks, and map blocks that may be attributes too."""

    blocks: Mapping[str, tuple[str, ...]]
    as_attribute: tuple[str, ...] = ()


NO_EXTRAS = Extras({})
GROUP_EXTRAS = Extras({"vault": ()}, ("meta",))
TASK_EXTRAS = Extras({"scaling": ("name",)}, ("env", "meta"))
_VERTICAL = {"cpu": "vertical_cpu", "mem": "vertical_mem"}


def finish_group(group: Json, content: Content, decode: Decode) -> Json:
    """A group; its `vault` block is inherited by the tasks that have none."""
    vaults = content.of_type("vault")
    if vaults:
        _inherit(group["Tasks"], decode("Vault", vaults[-1]))
    scaling = group["Scaling"]
    if isinstance(scaling, dict):
        scaling["Type"] = scaling["Type"] or "horizontal"
        _check_group_scaling(scaling, content.of_type("scaling")[0])
    return group


def _inherit(tasks: JsonValue, vault: Json) -> None:
    for task in tasks if isinstance(tasks, list) else []:
        if isinstance(task, dict) and task["Vault"] is None:
            task["Vault"] = dict(vault)


def _check_group_scaling(scaling: Json, block: LiveBlock) -> None:
    body, scope = block.body, block.scope
    if body.attribute("max") is None:
        start = body.span._replace(end=body.span.start)
        detail = 'The argument "max" is required, but no definition was found.'
        scope.report(start, "Missing required argument", detail)
    kind = body.attribute("type")
    if scaling["Type"] != "horizontal" and kind is not None:
        detail = f'task group scaling policy had invalid type: "{scaling["Type"]}"'
        scope.report(kind.value.span, "Invalid group scaling type", detail)


def finish_task(task: Json, content: Content, decode: Decode) -> Json:
    """A task; its `scaling` blocks are labelled `cpu` or `mem`."""
    seen: dict[str, LiveBlock] = {}
    policies: list[JsonValue] = []
    for block in content.of_type("scaling"):
        label = block.labels[0].text.lower()
        if label not in _VERTICAL:
            detail = 'scaling policy name must be "cpu" or "mem"'
            block.scope.report(block.labels[0].span, "Invalid scaling policy name", detail)
        elif label in seen:
            report_duplicate([seen[label], block], "scaling", block.scope, label)
        else:
            seen[label] = block
            policies.append(_vertical(block, _VERTICAL[label], decode))
    task["ScalingPolicies"] = policies or None
    return task


def _vertical(block: LiveBlock, expected: str, decode: Decode) -> Json:
    policy = decode("ScalingPolicy", block)
    given = policy["Type"] or expected
    if given != expected:
        # Nomad's own message has the two the wrong way round.
        detail = f'Invalid policy type, expected "{given}" but found "{expected}"'
        block.scope.report(block.header, "Invalid scaling policy type", detail)
    return {**policy, "Type": given}
