"""What a human may know where no rule does: one question about a failure, and the repair that its answer is.

A secret's value is never asked for, and no answer can widen privileges.
"""

from muster.core.gates.questions import AnswerValue, TextQuestion
from muster.core.repairs import Repair
from muster.nomad.domain.gaps import IMAGE, IMAGE_LIKE
from muster.nomad.domain.outcomes import Cause
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.task import SetEnv, SetImage

IMAGE_KINDS = ("image_not_found", "image_auth", "image_pull")


def advice_question(cause: Cause) -> TextQuestion | None:
    """The question whose answer could cure this failure; an empty answer gives up. None where words can't help."""
    if cause.kind in IMAGE_KINDS:
        return TextQuestion(
            id="advice.image",
            text="Another image for it (empty: give up)",
            reason=cause.summary,
            default="",
            pattern=f"({IMAGE})?",
            like=IMAGE_LIKE,
        )
    if cause.kind == "missing_env" and cause.facts.get("secret") != "true":
        name = cause.facts["variable"]
        return TextQuestion(
            id="advice.value", text=f"A value for {name} (empty: give up)", reason=cause.summary, default=""
        )
    return None


def advised_repair(cause: Cause, answer: AnswerValue) -> Repair[SpecPatch] | None:
    """The repair that an answer to `advice_question` asks for; None for an empty one."""
    if not isinstance(answer, str) or not answer.strip():
        return None
    return Repair[SpecPatch](
        patch=_patch(cause, answer.strip()), reason="as advised", expected_effect="what was missing is there"
    )


def _patch(cause: Cause, answer: str) -> SpecPatch:
    if cause.kind == "missing_env":
        return SetEnv(group=cause.group, task=cause.task, name=cause.facts["variable"], value=answer)
    return SetImage(group=cause.group, task=cause.task, image=answer)
