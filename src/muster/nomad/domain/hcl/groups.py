"""`group` and `task` blocks: what Nomad decodes beyond the plain struct."""

from pydantic import JsonValue

from muster.nomad.domain.hcl.bodies import LiveBlock
from muster.nomad.domain.hcl.decode import Extras, Json, decode_struct, report_duplicate
from muster.nomad.domain.hcl.nodes import Attribute, Body
from muster.nomad.domain.hcl.scope import Scope

_GROUP = Extras({"vault": ()}, ("meta",))
_TASK = Extras({"scaling": ("name",)}, ("env", "meta"))
_VERTICAL = {"cpu": "vertical_cpu", "mem": "vertical_mem"}


def decode_group(body: Body, scope: Scope) -> Json:
    """A group; its `vault` block is inherited by the tasks that have none."""
    group, content = decode_struct("TaskGroup", body, scope, _GROUP)
    vaults = content.of_type("vault")
    if vaults:
        inherited, _ = decode_struct("Vault", vaults[-1].body, vaults[-1].scope)
        _inherit(group["Tasks"], inherited)
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
    kind: Attribute | None = body.attribute("type")
    if scaling["Type"] != "horizontal" and kind is not None:
        detail = f'task group scaling policy had invalid type: "{scaling["Type"]}"'
        scope.report(kind.value.span, "Invalid group scaling type", detail)


def decode_task(body: Body, scope: Scope) -> Json:
    """A task; its `scaling` blocks are labelled `cpu` or `mem`."""
    task, content = decode_struct("Task", body, scope, _TASK)
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
            policies.append(_vertical(block, _VERTICAL[label]))
    task["ScalingPolicies"] = policies or None
    return task


def _vertical(block: LiveBlock, expected: str) -> Json:
    policy, _ = decode_struct("ScalingPolicy", block.body, block.scope)
    given = policy["Type"] or expected
    if given != expected:
        # Nomad's own message has the two the wrong way round.
        detail = f'Invalid policy type, expected "{given}" but found "{expected}"'
        block.scope.report(block.header, "Invalid scaling policy type", detail)
    return {**policy, "Type": given}
