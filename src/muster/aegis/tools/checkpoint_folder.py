"""Looks at a checkpoint of transformers' Trainer: whether it is whole enough to go on from. Nothing of it is loaded:
its files are pickles."""

from pathlib import Path
from zipfile import is_zipfile

from muster.aegis.domain.preflight.target_facts import CheckpointFacts
from muster.aegis.tools.model_folder import read_json
from muster.aegis.tools.safetensors_files import read_header

_STATE = "trainer_state.json"
_PICKLED = ("optimizer.pt", "scheduler.pt")
"""Written by `torch.save`: a zip, whose table stands at its end, so that a file that is cut off has none."""


def look_at_checkpoint(path: str) -> CheckpointFacts:
    """What is there."""
    folder = Path(path)
    if not folder.is_dir():
        return CheckpointFacts(path=path, there=False)
    state, trouble = read_json(folder / _STATE)
    step = (state or {}).get("global_step")
    weights = sorted(folder.glob("*.safetensors"))
    missing = [name for name in (_STATE, *_PICKLED) if not (folder / name).is_file()]
    damaged = [name for name in _PICKLED if name not in missing and not is_zipfile(folder / name)]
    damaged += [file.name for file in weights if read_header(file).trouble]
    if _STATE not in missing and (trouble or not isinstance(step, int)):
        damaged.append(_STATE)
    return CheckpointFacts(
        path=path,
        there=True,
        missing=tuple(missing if weights else [*missing, "*.safetensors"]),
        damaged=tuple(damaged),
        step=step if isinstance(step, int) else None,
    )
