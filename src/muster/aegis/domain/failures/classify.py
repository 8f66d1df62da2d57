"""Why a training or an evaluation failed: evidence in, one diagnosis out, or none for a sound end.

The strongest speaks first: what the supervisor did, the kernel's counter, the event log, then text, then the bare
exit status. A run that diverged exits with 0 and prints nothing wrong, so a sound exit is not believed alone.
"""

import re

from muster.aegis.domain.diagnosis import Diagnosis, FailureKind, Phase, was_free
from muster.aegis.domain.failures.exits import classify_acts, classify_status, signal_of
from muster.aegis.domain.failures.kinds import KINDS
from muster.aegis.domain.failures.metrics import find_explosion, find_flat, find_not_finite, find_zero_loss, reports
from muster.aegis.domain.failures.printed import (
    LAST,
    find_loss_of_nothing,
    find_printed_not_finite,
    read_metrics,
    read_printed,
)
from muster.aegis.domain.failures.texts import classify_text, happened_while_evaluating
from muster.aegis.domain.failures.tracebacks import after_sound_work, without_noise
from muster.aegis.domain.workload import Ended

LONGEST = 400
MOST_CHARACTERS = 500_000
"""Of the end of a log: a failure stands there, and a log has no bounds."""
_FREE = (
    "More was free than was asked for: see what else runs on the GPU, whether a share of it is all that is allowed, "
    "and try PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True against fragmentation."
)
_SHARED = "Give it more shared memory (docker's --shm-size, a larger /dev/shm), or take fewer loader workers."
_OF_SHARED = re.compile(r"shared memory|/dev/shm|shm_open|Bus error", re.IGNORECASE)
_GIB = {"B": 2**-30, "bytes": 2**-30, "KiB": 2**-20, "MiB": 2**-10, "GiB": 1.0, "TiB": 2.0**10}
_SIZE = r"(?P<size>[\d.]+) ?(?P<unit>[KMGT]iB|bytes|B)"
_NUMBERS = {
    "tried_gib": re.compile(rf"[Tt]ried to allocate {_SIZE}"),
    "total_gib": re.compile(
        rf"total capac\w* of {_SIZE}|{_SIZE.replace('size', 'size2').replace('unit', 'unit2')} total capac"
    ),
    "free_gib": re.compile(rf"of which {_SIZE} is free|{_SIZE.replace('size', 'size2').replace('unit', 'unit2')} free"),
}


def diagnose(ended: Ended, *, phase: Phase, log: str | None = None, patience: int = 1) -> Diagnosis | None:
    """The one reason that explains an end best; None for a sound one.

    `log` is the whole, where there is more than the end's own tail. `patience`: so many reports in a row that are not
    finite are a divergence; above 1 for fp16, whose scaler skips steps.
    """
    text = (ended.log_tail if log is None else log)[-MOST_CHARACTERS:]
    if acted := classify_acts(ended):
        return _diagnosis(acted[0], phase, (acted[1], *_metrics_say(ended, patience)))
    if silent := _classify_metrics(ended, patience):
        return _diagnosis(silent[0], phase, (silent[1], _status(ended)))
    if ended.exit_status == 0:
        return _printed(text, phase) or _weak(ended, phase, sound=True)
    by_itself = ended.exit_status is not None and signal_of(ended.exit_status) == 0
    told = _of_text(text, phase, _status(ended), whole=by_itself)
    return told or _weak(ended, phase) or _by_status(ended.exit_status, phase)


def diagnose_log(log: str, *, exit_status: int | None = None, phase: Phase = "train") -> Diagnosis | None:
    """The same of a bare log. Without an exit status the text alone decides; None: it tells of no failure."""
    tail = log[-MOST_CHARACTERS:]
    clean = without_noise(tail)
    own = read_metrics(clean)
    ended = Ended(exit_status=exit_status, log_tail=tail, metrics=own or read_printed(clean))
    if not exit_status and (said := find_loss_of_nothing(clean)):
        return _diagnosis("dataset_all_masked", phase, (said,))
    patience = 1 if own else LAST
    if exit_status is not None:
        return diagnose(ended, phase=phase, patience=patience)
    if silent := _classify_metrics(ended, patience):
        return _diagnosis(silent[0], phase, (silent[1],))
    return _printed(tail, phase) or _of_text(tail, phase) or _weak(ended, phase, sound=True)


def _classify_metrics(ended: Ended, patience: int) -> tuple[FailureKind, str] | None:
    told = len(reports(ended.metrics))
    if told and (said := find_not_finite(ended.metrics, min(patience, told))):
        return "numeric_divergence", said
    if said := find_zero_loss(ended.metrics):
        return "dataset_all_masked", said
    return None


def _weak(ended: Ended, phase: Phase, *, sound: bool = False) -> Diagnosis | None:
    """What curves suggest: believed when no text says better; that nothing is learnt, of a sound end alone."""
    if said := find_explosion(ended.metrics):
        return _diagnosis("numeric_divergence", phase, (said, _status(ended)))
    if sound and (said := find_flat(ended.metrics)):
        return _diagnosis("no_progress", phase, (said, _status(ended)))
    return None


def _printed(log: str, phase: Phase) -> Diagnosis | None:
    said = find_printed_not_finite(without_noise(log))
    return _diagnosis("numeric_divergence", phase, (said,)) if said else None


def _of_text(log: str, phase: Phase, status: str = "", *, whole: bool = False) -> Diagnosis | None:
    """What a text tells after the last sound step; of all of it, where it did fail by itself: a signal says nothing."""
    clean = without_noise(log)
    found = classify_text(after_sound_work(clean), clean) or (classify_text(clean, clean) if whole else None)
    if not found:
        return _printed(log, phase)
    kind, line, frames = found
    where: Phase = "eval" if happened_while_evaluating(frames) else phase
    return _diagnosis(kind, where, (line, status), _numbers(line) if kind.startswith("oom") else {})


def _by_status(exit_status: int | None, phase: Phase) -> Diagnosis:
    kind, said = classify_status(exit_status)
    return _diagnosis(kind, phase, (said,))


def _diagnosis(
    kind: FailureKind, phase: Phase, evidence: tuple[str, ...], numbers: dict[str, float] | None = None
) -> Diagnosis:
    meaning = KINDS[kind]
    return Diagnosis(
        kind=kind,
        phase=phase,
        summary=meaning.summary,
        evidence=tuple(said[:LONGEST] for said in evidence if said),
        advice=_advice(kind, evidence, numbers or {}),
        transient=meaning.transient,
        numbers=numbers or {},
    )


def _advice(kind: FailureKind, evidence: tuple[str, ...], numbers: dict[str, float]) -> str:
    """The class's; of memory, what else may lack than its size."""
    if kind == "oom_host" and any(map(_OF_SHARED.search, evidence)):
        return _SHARED
    return _FREE if was_free(numbers) else KINDS[kind].advice


def _metrics_say(ended: Ended, patience: int) -> tuple[str, ...]:
    found = _classify_metrics(ended, patience)
    return (found[1],) if found else ()


def _numbers(line: str) -> dict[str, float]:
    found = {name: pattern.search(line) for name, pattern in _NUMBERS.items()}
    return {name: round(_gib(match), 3) for name, match in found.items() if match}


def _gib(match: re.Match[str]) -> float:
    groups = match.groupdict()
    size, unit = groups["size"] or groups["size2"], groups["unit"] or groups["unit2"]
    return float(size) * _GIB[unit]


def _status(ended: Ended) -> str:
    return "exit status unknown" if ended.exit_status is None else f"exit status {ended.exit_status}"
