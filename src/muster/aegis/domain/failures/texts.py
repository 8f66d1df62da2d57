"""Why it failed, by its text: the last evidence, and the least certain."""

import re
from collections.abc import Iterator

from muster.aegis.domain.diagnosis import FailureKind
from muster.aegis.domain.failures.machine import (
    ATTENTION,
    HARDWARE,
    INTERFACE,
    MEMORY,
    NO_CUDA,
    NUMBERS,
    PACKAGES,
    PRECISION,
)
from muster.aegis.domain.failures.material import ADAPTER, DATA, MODEL, TOKENS
from muster.aegis.domain.failures.places import ACCESS, CHECKPOINT, DENIED, FULL, NETWORK, RANKS, TAKEN, TIME
from muster.aegis.domain.failures.rules import Rule
from muster.aegis.domain.failures.tracebacks import Complaint, read_complaints

RULES: tuple[Rule, ...] = (
    *HARDWARE, *FULL, *DENIED, *MEMORY, *ATTENTION, *ADAPTER, *CHECKPOINT, *TOKENS, *PRECISION, *NUMBERS, *NO_CUDA,
    *MODEL, *PACKAGES, *DATA, *ACCESS, *TIME, *NETWORK, *INTERFACE,
)  # fmt: skip
"""The first that holds names the cause of a complaint: the particular before the general."""

WRAPPERS = frozenset(
    {"ChildFailedError", "CalledProcessError", "SystemExit", "ProcessRaisedException", "ProcessExitedException",
     "RemoteTraceback", "RayTaskError", "SignalException", "ExecutionError"}
)  # fmt: skip
"""Exceptions of a parent about its child: the cause is told by another traceback."""

_MODEL_NAMED = re.compile(
    r"(?:(?:model\w*\s*=\s*|from_pretrained\(\s*)(?=[\"'])|looks like )[\"']?(?P<path>[\w./~-]+)[\"']?(?:[,)]| is not)"
)
_FRAME = re.compile(
    r'^(?:\[\w+\]: ?)?\s*File "[^"\n]+", line \d+.*\n(?:(?:\[\w+\]: ?)?[ \t]+(?!File ").*\n)*', re.MULTILINE
)
_NO_COMPLAINT = re.compile(r"^.{0,40}\b(?:INFO|DEBUG)\b")
_SAID = re.compile(r"^(?:.{0,60}?[\s:\]])?(?:error|fatal)\b[^:\n]{0,60}: (?P<message>\S.*)$", re.IGNORECASE)
"""How programs that are not Python say what was wrong: docker, srun, nvidia-container-cli, git."""
_EVALUATING = re.compile(r"in (?:evaluate|evaluation_loop|prediction_step|prediction_loop|nested_concat|_evaluate)\b")


def classify_text(text: str, log: str) -> tuple[FailureKind, str, str] | None:
    """The class, the line that shows it, and the frames around; None when nothing in the text is a failure.

    `text` is where a failure is looked for, `log` the whole around it.
    """
    complaints = read_complaints(text)
    for complaint in _candidates(complaints):
        if kind := _kind_of(complaint, log):
            return kind, complaint.line, complaint.frames
    if taken := _taken(text):
        return *taken, ""
    for complaint in reversed(complaints):
        if any(rule.holds(complaint, log) for rule in RANKS):
            return "network", complaint.line, complaint.frames
    if line := next((line for line in text.splitlines() if RANKS[0].says.search(line)), ""):
        return "network", line, ""
    if complaints:
        return "script_error", complaints[-1].line, complaints[-1].frames
    return _said(text, log)


def _said(text: str, log: str) -> tuple[FailureKind, str, str] | None:
    """The last line that says `error: ...` and that a rule knows; of one that none knows nothing is believed."""
    for line in reversed(text.splitlines()):
        if (
            not _NO_COMPLAINT.search(line)
            and (found := _SAID.match(line.strip()))
            and (kind := _kind_of(Complaint("Error", found["message"]), log))
        ):
            return kind, line.strip(), ""
    return None


def happened_while_evaluating(frames: str) -> bool:
    """Whether the frames go through the trainer's own evaluation."""
    return bool(_EVALUATING.search(frames))


def _candidates(complaints: tuple[Complaint, ...]) -> Iterator[Complaint]:
    """The last one, then what it was caused by, then what a wrapper reports of."""
    for index in range(len(complaints) - 1, -1, -1):
        yield complaints[index]
        if not (complaints[index].chained or complaints[index].type in WRAPPERS):
            return


def _kind_of(complaint: Complaint, log: str) -> FailureKind | None:
    if complaint.type in WRAPPERS:
        return None
    held = next((rule for rule in RULES if rule.holds(complaint, log)), None)
    kind: FailureKind | None = held.kind if held else None
    if kind == "network" and any(rule.holds(complaint, log) for rule in RANKS):
        return None
    if kind == "model_unreachable" and _names_a_folder(complaint):
        return "model_missing"
    return kind


def _names_a_folder(complaint: Complaint) -> bool:
    """Libraries take a folder that is not there for an id of the hub, and speak of the network.

    An id is OWNER/NAME, and the name of a model tells its size or version; a path is all else.
    """
    if complaint.type in ("GatedRepoError", "OfflineModeIsEnabled") or "gated" in complaint.message:
        return False
    named = [found["path"] for found in _MODEL_NAMED.finditer(f"{complaint.message}\n{complaint.frames}")]
    return bool(named) and not re.fullmatch(r"(?:[\w-]+/)?[\w.-]*\d[\w.-]*", named[-1])


def _taken(text: str) -> tuple[FailureKind, str] | None:
    lines = [
        line.strip() for line in reversed(_FRAME.sub("", f"{text}\n").splitlines()) if not _NO_COMPLAINT.search(line)
    ]
    return next(((rule.kind, line) for rule in (*HARDWARE, *TAKEN) for line in lines if rule.says.search(line)), None)
