"""Says how an attempt ended, a sound exit is not believed alone, and what may cure a failure."""

from pathlib import Path

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.attempts import Launch
from muster.aegis.domain.diagnosis import Diagnosis, FailureKind
from muster.aegis.domain.failures.classify import diagnose
from muster.aegis.domain.failures.metrics import first_bad_step, is_finite, reports
from muster.aegis.domain.remediation.propose import remediate
from muster.aegis.domain.remediation.situation import Lengths
from muster.aegis.domain.repairs import SpecRepair, keeps_training
from muster.aegis.profilers.offers import forecaster
from muster.aegis.state import State, Update, needed
from muster.aegis.watching import patience_of
from muster.core.gates.questions import ConfirmQuestion, Form
from muster.core.runs.asking import ask

STOPPED: frozenset[FailureKind] = frozenset({"budget", "cancelled", "timeout"})
"""Nothing was wrong with what was learnt so far."""


def diagnose_attempt(state: State, runtime: Runtime[Context]) -> Update:
    """What a sound attempt left is taken; a failure gets its class, and repairs that were not tried."""
    context, launch, ended = runtime.context, needed(state.launch), needed(state.ended)
    found = diagnose(ended, phase=launch.phase, patience=patience_of(needed(state.spec))) or _nothing_left(state)
    if found is None:
        return _taken(state, context)
    found, proposals = _with_checkpoint(found, launch, context), _repairs(state, found, context)
    said = context.say("diagnose_attempt", "failed", f"{found.kind}: {found.summary}", detail="\n".join(found.evidence))
    return {"diagnosis": found, "proposals": proposals, "events": [said]}


def ask_repair(state: State, runtime: Runtime[Context]) -> Update:
    """A repair that changes what is learnt, or costs much more, is a person's choice."""
    repair = state.proposals[0]
    reason = "; ".join(part for part in (repair.reason, repair.expected_effect, repair.quality_risk) if part)
    question = ConfirmQuestion(id="repair", text="Try this repair?", reason=reason, default=False)
    yes = ask(Form(title="Repair", questions=[question], preview=repair.diff)).confirmed("repair")
    said = runtime.context.say("ask_repair", "answered", f"{'yes' if yes else 'no'}: {repair.reason}")
    return {"events": [said]} if yes else {"proposals": [], "events": [said]}


def _with_checkpoint(found: Diagnosis, launch: Launch, context: Context) -> Diagnosis:
    """Where a training that was stopped can go on, in another run."""
    checkpoint = context.workspace.last_checkpoint(launch.name) if found.kind in STOPPED else ""
    if launch.phase != "train" or not checkpoint:
        return found
    advice = f"{found.advice} A spec goes on from here with saving.resume_from: {context.workspace.path(checkpoint)}"
    return found.model_copy(update={"advice": advice})


def _nothing_left(state: State) -> Diagnosis | None:
    """A job that ended well and left nothing has not done its work: nothing is invented in its place."""
    launch, collected = needed(state.launch), state.collected
    wanted = "artefact/" if launch.phase == "train" else "evaluation.json"
    if any(one.startswith(wanted) for one in collected):
        return None
    return Diagnosis(
        kind="script_error",
        phase=launch.phase,
        summary=f"it ended without a failure and left no {wanted.rstrip('/')}",
        evidence=(f"it left {', '.join(collected[:10]) or 'nothing'}",),
        advice="See its log in the run's folder; nothing is known of what it did.",
    )


def _taken(state: State, context: Context) -> Update:
    launch = needed(state.launch)
    if launch.phase == "train":
        artefact = str(context.workspace.outputs(launch.name) / "artefact")
        return {"diagnosis": None, "proposals": [], "artefact": artefact}
    return {"diagnosis": None, "proposals": [], "measurement": context.workspace.measurement(launch.name)}


def _repairs(state: State, found: Diagnosis, context: Context) -> list[SpecRepair]:
    facts, prices = needed(state.inputs), context.prices
    architecture, lengths = needed(facts.architecture), facts.data.lengths
    spec = needed(state.spec)
    proposed = remediate(
        spec,
        found,
        state.repairs,
        last_good_checkpoint=_last_good(state, found, context),
        lengths=Lengths(longest_row=lengths.max if lengths else None, max_position=architecture.max_position),
        forecast=forecaster(architecture, facts.data, prices.offers, prices.own, context.clock.now().date()),
    )
    return [one for one in proposed if not state.only_eval or keeps_training(spec, one.patch)]


def _last_good(state: State, found: Diagnosis, context: Context) -> str:
    """The newest from before the numbers went bad; the one before that from which they were bad at once."""
    launch, metrics = needed(state.launch), needed(state.ended).metrics
    bad = first_bad_step(metrics) if found.kind == "numeric_divergence" else None
    own = "" if launch.phase == "eval" else context.workspace.last_checkpoint(launch.name, before_step=bad)
    told = reports(metrics)
    if own or bad is None or not told or is_finite(told[0]):
        return own or state.checkpoint
    return _one_before(state.checkpoint, context)


def _one_before(checkpoint: str, context: Context) -> str:
    """Of the same job; empty where it left none. Weights can be spoilt while all their numbers are finite."""
    if not checkpoint:
        return ""
    path = Path(checkpoint)
    step = int(path.name.rpartition("-")[2])
    return context.workspace.last_checkpoint(path.parents[1].name, before_step=step)
