"""A/B: a set share of runs uses prompts of another label; the run's id decides, so that a resumed run keeps its own."""

import hashlib
import re
from dataclasses import dataclass

_LABEL = re.compile(r"[a-z0-9][a-z0-9_.-]{0,35}")  # Langfuse takes no other


@dataclass(frozen=True)
class Share:
    """The label that a share of runs uses, more than 0 and at most 1."""

    label: str
    of_runs: float


def is_label(text: str) -> bool:
    """Whether Langfuse would take this as a label."""
    return _LABEL.fullmatch(text) is not None


def parse_share(text: str) -> Share:
    """`candidate:0.2` as a value. Raises ValueError with the reason."""
    label, _, number = text.partition(":")
    try:
        of_runs = float(number)
    except ValueError as error:
        raise ValueError("it is no LABEL:SHARE, such as candidate:0.2") from error
    if not is_label(label):
        raise ValueError(f"{label!r} is no label: small letters, digits, and - _ . after the first")
    if not 0 < of_runs <= 1:
        raise ValueError("a share is more than 0 and at most 1")
    return Share(label, of_runs)


def labels_for(run_id: str, label: str, share: Share | None) -> tuple[str, ...]:
    """The labels that a run looks for, in order: the other one first, where the run falls into its share."""
    return (share.label, label) if share and _falls_into(run_id, share) else (label,)


def _falls_into(run_id: str, share: Share) -> bool:
    """Even over all ids, the same for the same id, and another draw for each label."""
    drawn = int.from_bytes(hashlib.sha256(f"{share.label}:{run_id}".encode()).digest()[:8], "big")
    return drawn < share.of_runs * 2**64
