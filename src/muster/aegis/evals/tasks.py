"""Tasks of lm-eval from YAML files on local data. A task's own paths count from its folder."""
# pyright: reportMissingImports=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportUnknownMemberType=false

import contextlib
import re
from pathlib import Path
from typing import Any

from muster.aegis.evals.subject import NotMeasuredError, Subject


def run_task(subject: Subject, path: Path) -> dict[str, list[float]]:
    """`METRIC: a number for each sample` of the task that the file describes."""
    try:
        import lm_eval
        from lm_eval.models.huggingface import HFLM
        from lm_eval.tasks import TaskManager
    except ImportError as problem:
        raise NotMeasuredError(f"lm-eval is not installed here: {problem}") from problem
    name = _name(path)
    with contextlib.chdir(path.parent):
        model = HFLM(pretrained=subject.model, tokenizer=subject.tokenizer, batch_size=subject.batch)
        found = lm_eval.simple_evaluate(
            model=model,
            tasks=[name],
            task_manager=TaskManager(include_path=str(path.parent), include_defaults=False),
            bootstrap_iters=0,
        )
    (samples,) = found["samples"].values()
    return {metric: [float(one[metric]) for one in samples] for metric in _metrics(samples)}


def _name(path: Path) -> str:
    if not path.is_file():
        raise NotMeasuredError(f"{path} is no file")
    found = re.search(r"^task:\s*['\"]?([\w.-]+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    if not found:
        raise NotMeasuredError(f"{path} has no line `task: NAME`")
    return found[1]


def _metrics(samples: list[dict[str, Any]]) -> list[str]:
    """Those that every sample has a plain number for; perplexities are told by others."""
    named = samples[0]["metrics"] if samples else []
    return [name for name in named if all(isinstance(one.get(name), int | float) for one in samples)]
