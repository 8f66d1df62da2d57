"""What `muster costs` does: adds up the ledgers of all runs. An unknown price is unknown, and counted as such."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC
from pathlib import Path
from typing import Literal

from muster.core.console import visible
from muster.core.llm.ledger import Call, read_calls
from muster.core.runs.store import RunStore
from muster.core.settings import MusterSettings, load_settings

By = Literal["run", "agent", "model", "day"]

_KEYS: Mapping[By, Callable[[Call], str]] = {
    "run": lambda call: call.run,
    "agent": lambda call: call.agent,
    "model": lambda call: f"{call.provider}:{call.model}",
    "day": lambda call: f"{call.at.astimezone(UTC):%Y-%m-%d}",
}
_UNKNOWN = "?"


@dataclass(frozen=True)
class Costs:
    """What some calls used. `cost_usd` is the sum of what is known, None where nothing is.

    `unpriced` are the calls whose cost is not known, `uncounted` those whose tokens are not.
    """

    key: str
    calls: int
    input_tokens: int
    cached_tokens: int
    output_tokens: int
    cost_usd: float | None
    unpriced: int
    uncounted: int


def show_costs(by: By, *, as_json: bool) -> None:
    """Print the costs of all runs that are there."""
    calls = list(all_calls(load_settings(MusterSettings).muster_home))
    rows = costs_of(calls, by)
    if as_json:
        shown = {"by": by, "rows": [asdict(row) for row in rows], "all": asdict(add_up("all", calls))}
        sys.stdout.write(json.dumps(shown, indent=2, ensure_ascii=False) + "\n")
    elif not rows:
        sys.stdout.write("no model was asked yet\n")
    else:
        sys.stdout.write("".join(f"{visible(line)}\n" for line in _table(by, [*rows, add_up("all", calls)])))


def all_calls(home: Path) -> Iterator[Call]:
    """Every call of every run. Runs that are gone or damaged are passed over: what can be read counts."""
    for ledger in RunStore(home).ledgers():
        yield from read_calls(ledger)


def costs_of(calls: Iterable[Call], by: By) -> list[Costs]:
    """The calls by their run, agent, model or day (in UTC), in order."""
    groups: dict[str, list[Call]] = {}
    for call in calls:
        groups.setdefault(_KEYS[by](call), []).append(call)
    return [add_up(key, groups[key]) for key in sorted(groups)]


def add_up(key: str, calls: Iterable[Call]) -> Costs:
    """The sums of some calls."""
    made = list(calls)
    known = [call.cost_usd for call in made if call.cost_usd is not None]
    return Costs(
        key=key,
        calls=len(made),
        input_tokens=sum(call.input_tokens or 0 for call in made),
        cached_tokens=sum(call.cached_tokens or 0 for call in made),
        output_tokens=sum(call.output_tokens or 0 for call in made),
        cost_usd=sum(known) if known or not made else None,
        unpriced=len(made) - len(known),
        uncounted=sum(call.input_tokens is None and call.cost_usd is None for call in made),
    )


def _table(by: By, rows: Iterable[Costs]) -> Iterator[str]:
    head = (by, "calls", "input", "output", "dollars", "")
    lines = [head, *map(_cells, rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    for line in lines:
        first, *numbers, note = line
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(numbers, widths[1:], strict=False))]
        yield "  ".join([*cells, note]).rstrip()


def _cells(row: Costs) -> tuple[str, ...]:
    dollars = _UNKNOWN if row.cost_usd is None else f"{row.cost_usd:.4f}"
    note = ", ".join(_notes(row))
    return (row.key, f"{row.calls:,}", f"{row.input_tokens:,}", f"{row.output_tokens:,}", dollars, note)


def _notes(row: Costs) -> Iterator[str]:
    if row.unpriced:
        yield f"{row.unpriced} unpriced"
    if row.uncounted:
        yield f"{row.uncounted} uncounted"
