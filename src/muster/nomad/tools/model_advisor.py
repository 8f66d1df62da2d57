"""The advisor with a model: asked where no rule knows a cure, it may look around, and proposes one typed patch.

What it says is untrusted: `domain.modelled.fixing` holds its quotes against the failure and its patch against the job.
"""

from collections.abc import Sequence

from muster.core.errors import BudgetError, ServiceError
from muster.core.llm.ports import Completed, Model, Prompt, Tool, Unusable
from muster.core.prompts.library import PromptLibrary
from muster.core.redaction import redact
from muster.core.repairs import Repair
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.modelled.citing import Shown, block_text, shown_block
from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.modelled.failure_lines import failure_lines
from muster.nomad.domain.modelled.fixing import CURRENT_SPEC, ERROR, MEMORIES, MODEL_SAYS, FixAnswer, fault_of_fix
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.repairs.situation import lies_in_spec
from muster.nomad.ports import Advice, Advisor, Codebase, Estate
from muster.nomad.prompt_uses import FIX
from muster.nomad.tools.estate_tools.looking import CONVENTIONS_KEY, Around, for_model
from muster.nomad.tools.estate_tools.registry import ADVISOR_TOOLS

MOST_CALLS = 8
"""So often the model may look around for one failure."""
_MOST_WORDS = 300


class ModelAdvisor:
    """Satisfies `Advisor`: rules first, then the model, and never a failure for want of one."""

    def __init__(
        self,
        rules: Advisor,
        model: Model,
        prompts: PromptLibrary,
        codebase: Codebase,
        estate: Estate,
        *,
        conventions_key: str = CONVENTIONS_KEY,
    ) -> None:
        self._rules = rules
        self._model = model
        self._prompts = prompts
        self._around = Around(estate=estate, conventions_key=conventions_key, codebase=codebase)

    def advise(self, failure: Failure, *, memories: tuple[str, ...] = ()) -> Advice:
        """What rules know; else what the model proposes, if it holds. `memories` are shown to the model."""
        known = self._rules.advise(failure, memories=memories)
        if not is_open(failure, known):
            return known
        shown = _shown(failure, memories)
        try:
            answer = self._model.complete_with_tools(
                self._prompt(shown), FixAnswer, self._tools(failure), most_calls=MOST_CALLS
            )
        except (ServiceError, BudgetError) as error:
            return known.model_copy(update={"warnings": (f"{error.message}; rules go on alone",)})
        match answer:
            case Unusable(reason=reason):
                return known.model_copy(update={"warnings": (f"fix: the answer of the model is no use: {reason}",)})
            case Completed(answer=fix):
                return _advice(fix, failure, shown, known)

    def _prompt(self, shown: Shown) -> Prompt:
        values = {name.lower(): block_text(shown, name) for name in (ERROR, CURRENT_SPEC, MEMORIES)}
        return self._prompts.prompt(FIX, values)

    def _tools(self, failure: Failure) -> Sequence[Tool]:
        around = Around(
            estate=self._around.estate,
            conventions_key=self._around.conventions_key,
            codebase=self._around.codebase,
            source=failure.source,
            failure=failure,
        )
        return [for_model(tool, around) for tool in ADVISOR_TOOLS]


def is_open(failure: Failure, known: Advice) -> bool:
    """Whether a model is asked: a cause that no rule knows, a crash whose log may say why, or a cause whose repairs
    are all tried, while an attempt is left.

    Where only a human can know (an image, a secret, access), no model is asked.
    """
    unknown = failure.cause.kind in ("unknown", "crash") or failure.cause.remedy == "rule"
    return unknown and not known.proposals and failure.attempt_left and lies_in_spec(failure.cause, failure.spec)


def _shown(failure: Failure, memories: Sequence[str]) -> Shown:
    """The three blocks, redacted before they are numbered: what is quoted is what was shown."""
    blocks = {
        ERROR: failure_lines(failure),
        CURRENT_SPEC: redact(render_hcl(failure.spec)).splitlines(),
        MEMORIES: memories,
    }
    parts = (shown_block(name, [redact(line) for line in lines]) for name, lines in blocks.items())
    return Shown(files={name: lines for part in parts for name, lines in part.files.items()})


def _advice(fix: FixAnswer, failure: Failure, shown: Shown, known: Advice) -> Advice:
    human = _words(f"a model advises: {fix.human}") if fix.human else ""
    if fix.patch is None:
        return known.model_copy(update={"human": human})
    fault = fault_of_fix(fix, failure.spec, shown, tried=failure.tried, cluster=failure.cluster)
    if fault:
        warning = f"fix: left out what the model proposes ({fix.patch.kind}): {fault}"
        return known.model_copy(update={"human": human, "warnings": (warning,)})
    repair = Repair[SpecPatch](
        patch=fix.patch,
        reason=_words(f"{MODEL_SAYS}{fix.summary} ({_quote(fix)})"),
        expected_effect=_words(fix.expected_effect or "the cause is gone"),
    )
    return known.model_copy(update={"proposals": (repair,), "human": human})


def _quote(fix: FixAnswer) -> str:
    first = next(quote for quote in fix.evidence if quote.file == ERROR)
    return first.text.strip()[:120]


def _words(text: str) -> str:
    return " ".join(text.split())[:_MOST_WORDS]
