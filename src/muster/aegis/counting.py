"""Counts a model of a family that nobody knows by a job that builds it without weights, in the sandbox as any job."""

import json
import tempfile
from collections.abc import Callable, Mapping
from hashlib import sha256
from pathlib import Path

from pydantic import JsonValue

from muster.aegis.domain.architecture import Architecture, UnreadableConfig
from muster.aegis.domain.workload import Workload, WorkloadLimits
from muster.aegis.ports import Executor
from muster.aegis.profilers.counted import read_counted

_JOB = Path(__file__).with_name("tools") / "meta_count_job.py"
_LIMITS = WorkloadLimits(memory_mb=6144, disk_mb=64, seconds=120, cpu_seconds=120)
_LAYERS = ("num_hidden_layers", "n_layer", "n_layers", "num_layers")
_MOST_LAYERS = 1000
"""No model is deeper; one that says so would be built for minutes."""
_LONGEST = 300
_MOST_BYTES = 4 * 1024 * 1024

Count = Callable[[Mapping[str, JsonValue]], Architecture | UnreadableConfig]


def count_by(executor: Executor) -> Count:
    """Counts on that executor. Raises what the executor raises where it can't run a job."""

    def count(config: Mapping[str, JsonValue]) -> Architecture | UnreadableConfig:
        deep = [name for name in _LAYERS if isinstance(value := config.get(name), int) and value > _MOST_LAYERS]
        if deep:
            return UnreadableConfig(reason=f"{deep[0]} is above {_MOST_LAYERS}", unknown=True)
        with tempfile.TemporaryDirectory(prefix="muster-count-") as folder:
            return _run(executor, json.dumps(config), Path(folder))

    return count


def _run(executor: Executor, config: str, folder: Path) -> Architecture | UnreadableConfig:
    """The job sees config.json alone. It runs as nobody where root starts it, who has to read it."""
    model = folder / "model"
    model.mkdir()
    (model / "config.json").write_text(config, encoding="utf-8")
    for path in (folder, model):
        path.chmod(0o755)
    script = _JOB.read_text(encoding="utf-8")
    name = f"count-{sha256((script + config).encode()).hexdigest()[:16]}"
    job = executor.submit(Workload(name=name, script=script, inputs={"model": str(model)}, limits=_LIMITS))
    ended = executor.follow(job, lambda _: None)
    told = folder / "told"
    if ended.exit_status != 0 or "count.json" not in executor.collect(job, told):
        said = ended.log_tail.strip().rpartition("\n")[2][:_LONGEST] or "it did not end well"
        return UnreadableConfig(reason=f"it can't be built to be counted: {said}", unknown=True)
    with (told / "count.json").open("rb") as file:
        return read_counted(file.read(_MOST_BYTES))
