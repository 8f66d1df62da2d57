"""The gate behind an evaluation, and the last step of every run."""

from pathlib import Path

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.evaluation.judge import judge
from muster.aegis.domain.remediation.evaluated import remediate_judgement
from muster.aegis.state import State, Update, needed


def eval_gate(state: State, runtime: Runtime[Context]) -> Update:
    """Pass, another training that may cure it, or fail; of a given artefact no training."""
    spec, context = needed(state.spec), runtime.context
    if state.measurement is None:
        return {"halted": "not judged: its evaluation left nothing that can be read"}
    judgement = judge(state.measurement, spec.evaluation.thresholds, seed=spec.seed)
    detail = "\n".join(f"{one.metric}: {one.outcome}: {one.reason}" for one in judgement.verdicts)
    text = f"{judgement.overall}" + (f": {judgement.reasons[0]}" if judgement.reasons else "")
    said = context.say("eval_gate", "decided", text, detail=detail)
    repairs = () if state.only_eval else remediate_judgement(spec, judgement, state.repairs)
    return {"judgement": judgement, "proposals": list(repairs), "events": [said]}


def write_report(state: State, runtime: Runtime[Context]) -> Update:
    """What was used and made, by its hashes; the report itself is written on every ending of a run."""
    workspace, places = runtime.context.workspace, dict[str, Path]()
    if state.written:
        places |= {"train.jsonl": Path(state.written.train), "eval.jsonl": Path(state.written.eval)}
    if state.artefact:
        artefact = Path(state.artefact)
        places |= {"artefact": artefact, "environment.json": artefact.with_name("environment.json")}
    found = {name: workspace.digest(path) for name, path in places.items()}
    return {"hashes": {**state.hashes, **{name: digest for name, digest in found.items() if digest}}}
