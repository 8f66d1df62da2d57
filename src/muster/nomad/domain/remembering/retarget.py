"""A remembered patch, pointed at the place of another failure."""

from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.patches.spec_patch import SpecPatch


def retargeted(patch: SpecPatch, cause: Cause) -> SpecPatch:
    """The same change where this failure lies: in its group and task, at its check or port."""
    facts = cause.facts
    targets: dict[str, object] = {"group": cause.group, "task": cause.task}
    if {"service", "check"} <= facts.keys():
        targets |= {"service": facts["service"], "check": int(facts["check"])}
    if "label" in facts:
        targets["label"] = facts["label"]
    return patch.model_copy(update={name: new for name, new in targets.items() if name in type(patch).model_fields})
