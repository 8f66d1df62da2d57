"""Writes what the training reads: its script and its rows."""

from langgraph.runtime import Runtime

from muster.aegis.context import Context
from muster.aegis.domain.attempts import job_name
from muster.aegis.state import State, Update, needed


def generate_code(state: State, runtime: Runtime[Context]) -> Update:
    """The script of an attempt that trains; the rows are converted once. Raises SourceError where they can't be read by
    now."""
    context, spec = runtime.context, needed(state.spec)
    if state.only_eval:
        return {"written": state.written or context.inputs.write(spec, context.workspace.data)}
    name = job_name(context.run_id, "train", state.attempt)
    digest = context.workspace.keep_script(name, context.generator.training(spec))
    written = state.written or context.inputs.write(spec, context.workspace.data)
    text = f"wrote {name}.py; {written.told}"
    said = context.say("generate_code", "acted", text, data={"sha256": digest})
    return {"written": written, "hashes": {**state.hashes, f"{name}.py": digest}, "events": [said]}
