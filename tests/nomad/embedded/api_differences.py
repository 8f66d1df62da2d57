"""Which recordings the embedded cluster answers otherwise, and why: `differences.yaml`, read and applied."""

from pathlib import Path

import yaml

_LISTED = yaml.safe_load((Path(__file__).parent / "differences.yaml").read_text())
_BY_REASON: dict[str, list[str]] = _LISTED["answers"]
TIMELINES: dict[str, dict[str, str]] = _LISTED["timelines"]
ESTATE: dict[str, str] = {name: reason for reason, names in _LISTED["estate"].items() for name in names}
REASONS = {name: reason for reason, names in _BY_REASON.items() for name in names}


def judge(name: str, lines: list[str]) -> None:
    """Fail for a difference that nobody explained, and for an explained one that is none."""
    _judge(name, lines, REASONS.get(name))


def _judge(name: str, lines: list[str], reason: str | None) -> None:
    if lines and reason is None:
        raise AssertionError(f"{name}:\n" + "\n".join(lines))
    if reason is not None and not lines:
        raise AssertionError(f"{name} agrees, but differences.yaml says: {reason}")


def judge_estate(name: str, lines: list[str]) -> None:
    """The same for recordings of Consul, Vault and Fabio."""
    _judge(name, lines, ESTATE.get(name))
