"""Takes the permit and writes down what is to be launched: launching itself is the next step."""

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.attempts import Launch, job_name
from muster.aegis.domain.budget.decide import Approved, Permit, Refused, subject_of, use_approval
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.state import State, Update, needed


def prepare_launch(state: State, runtime: Runtime[Context]) -> Update:
    """A decision is used once, for just the spec and attempt that it names."""
    context, permit = runtime.context, _permit(state)
    if isinstance(permit, Refused):
        return _refused(permit, "prepare_launch", context)
    launch = Launch(
        name=job_name(context.run_id, "train", state.attempt),
        phase="train",
        at=context.clock.now(),
        max_usd=permit.max_usd,
        usd_per_hour=_usd_per_hour(state),
        inputs=_inputs(state, context),
    )
    return {"launch": launch, "used": [*state.used, permit.subject], "job": None}


def prepare_evals(state: State, runtime: Runtime[Context]) -> Update:
    """The evaluation is part of the attempt that was approved, and has what is left of the budget. Where nothing is
    trained it is the attempt, and needs a permit of its own."""
    context, spec = runtime.context, needed(state.spec)
    permit = _permit(state) if state.only_eval else None
    if isinstance(permit, Refused):
        return _refused(permit, "prepare_evals", context)
    if not needed(state.written).eval_rows:
        return {"halted": "there is nothing to evaluate on: no row was held out"}
    name = job_name(context.run_id, "eval", state.attempt)
    left, price = spec.budget.max_usd - state.spent_usd, _usd_per_hour(state)
    if left < 0 or (price and not left):
        return {"halted": f"trained, but nothing is left of ${spec.budget.max_usd:.2f} to evaluate it"}
    digest = context.workspace.keep_script(name, context.generator.evaluation(spec))
    inputs = {
        "model": context.inputs.model_folder(spec),
        "artefact": state.artefact,
        "eval.jsonl": needed(state.written).eval,
    }
    if needed(state.written).canaries and not state.only_eval:
        inputs["canaries.json"] = needed(state.written).canaries
    inputs |= _tasks(spec, context)
    launch = Launch(name=name, phase="eval", at=context.clock.now(), max_usd=left, usd_per_hour=price, inputs=inputs)
    used = [*state.used, permit.subject] if permit else state.used
    return {"launch": launch, "job": None, "used": used, "hashes": {**state.hashes, f"{name}.py": digest}}


def _tasks(spec: TrainingSpec, context: Context) -> dict[str, str]:
    """A copy of each task's own files: it may lie in a folder that holds much else."""
    inputs: dict[str, str] = {}
    for place, path in enumerate(spec.evaluation.tasks):
        folder = context.workspace.path(f"tasks/{place}")
        context.inputs.copy_task(path, folder)
        inputs[f"task-{place}"] = str(folder)
    return inputs


def _permit(state: State) -> Permit | Refused:
    spec = needed(state.spec)
    decision = state.decision if isinstance(state.decision, Approved) else None
    subject, used = subject_of(spec, state.attempt), frozenset(state.used)
    return use_approval(decision, subject, used=used, spent_usd=state.spent_usd, budget=spec.budget)


def _refused(refused: Refused, node: str, context: Context) -> Update:
    said = context.say(node, "failed", f"not launched: {refused.reason}")
    return {"halted": f"refused: {refused.reason}", "events": [said]}


def _inputs(state: State, context: Context) -> dict[str, str]:
    written, spec = needed(state.written), needed(state.spec)
    inputs = {"model": context.inputs.model_folder(spec), "data.jsonl": written.train}
    if written.eval_rows:
        inputs["eval.jsonl"] = written.eval
    if state.checkpoint:
        inputs["checkpoint"] = str(context.workspace.path(state.checkpoint))
    elif spec.saving.resume_from:
        inputs["checkpoint"] = spec.saving.resume_from
    return inputs


def _usd_per_hour(state: State) -> float:
    estimate = needed(state.estimate)
    return estimate.offer.usd_per_hour * estimate.gpus
