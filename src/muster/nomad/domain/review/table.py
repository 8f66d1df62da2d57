"""Findings as a table for people."""

from collections.abc import Sequence
from textwrap import wrap

from muster.nomad.domain.findings import Finding

_LEFT = 9
"""The width of `severity` and the gap after it."""


def findings_table(findings: Sequence[Finding], width: int = 96) -> str:
    """Each finding with its severity; beneath it where it is and what to do. The errors come first."""
    ordered = sorted(findings, key=lambda one: one.severity != "error")
    return "\n".join(line for one in ordered for line in _lines(one, width - _LEFT))


def _lines(one: Finding, width: int) -> list[str]:
    what, more = wrap(one.text, width), [*wrap(f"in {one.where}", width), *wrap(one.advice, width)]
    first = f"{one.severity.ljust(_LEFT)}{what[0] if what else ''}"
    return [first, *(" " * _LEFT + line for line in (*what[1:], *more))]
