"""What a run knows, read while another process works on it: no lock is taken, and nothing is written but by SQLite."""

from muster.core.agent import Agent, ContextT, OptionsT, SettingsT, StateT
from muster.core.runs.checkpoints import open_checkpoints, thread
from muster.core.runs.opening import stored_options
from muster.core.runs.store import RunFolder


def read_state(agent: Agent[StateT, ContextT, SettingsT, OptionsT], folder: RunFolder) -> StateT | None:
    """The state behind the last step; None before the first. Raises RunStateError where it can't be read,
    pydantic's ValidationError for one that another version wrote."""
    if not folder.checkpoints.exists():
        return None
    with open_checkpoints(folder.checkpoints) as saver:
        graph = agent.build_graph(stored_options(agent, folder.row())).compile(checkpointer=saver)
        values = graph.get_state(thread(folder.path.name)).values  # the bare saver may not load the state's types
        return agent.state.model_validate(values) if values else None
