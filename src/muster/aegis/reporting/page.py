"""The report as one HTML file: a pure function of what is known of a run. All texts are redacted, then escaped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jinja2
from markupsafe import Markup

from muster.aegis.domain.account import spec_yaml
from muster.aegis.domain.attempts import Attempt
from muster.aegis.domain.evaluation.verdicts import Verdict
from muster.aegis.domain.repairs import Forecast, SpecRepair
from muster.aegis.reporting.curves import Drawing, label_of
from muster.aegis.reporting.marks import draw_verdict, shown_number
from muster.aegis.state import State
from muster.core.redaction import redact
from muster.core.runs.journal import Entry
from muster.core.runs.report import Account, answers_of, next_step, questions_of, summary_line

MONEY_NODES = ("estimate_cost", "budget_gate", "prepare_launch")
"""Whose events are about money."""


@dataclass(frozen=True)
class Pictures:
    """What was drawn, or why nothing was."""

    drawings: tuple[Drawing, ...] = ()
    none_because: str = ""


def render_page(state: State | None, account: Account, pictures: Pictures) -> str:
    """The whole page. `state` is None where the run left none that can be read."""
    row, known = account.row, state or State()
    return _template().render(
        row=row,
        tone=_tone(row.status),
        summary=summary_line(row),
        next_step=next_step(row),
        tiles=tuple(_tiles(known)),
        spec=spec_yaml(known.spec) if known.spec else "",
        attempts=tuple(_attempt_rows(known.attempts)),
        seconds=sum(one.seconds for one in known.attempts),
        spent_usd=known.spent_usd,
        changes=tuple(_changes(known.repairs)),
        money=[event for event in account.events if event.node in MONEY_NODES],
        asked=tuple(_asked(account.entries)),
        pictures=pictures,
        diagnosis=known.diagnosis,
        judgement=known.judgement,
        verdicts=tuple(_verdict_rows(known)),
        hashes=known.hashes,
        events=account.events,
        course=[entry for entry in account.entries if entry.kind not in ("node", "event", "progress")],
    )


def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("muster.aegis.reporting"),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=True,
        finalize=_redacted,
    )
    return environment.get_template("report.html.j2")


def _redacted(value: Any) -> Any:
    """Drawings are ours; every other text came from somewhere."""
    return redact(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _tone(status: str) -> str:
    """The class of the page's first line."""
    return {"finished": "passed", "failed": "failed", "crashed": "failed"}.get(status, "doubtful")


def _tiles(state: State) -> Iterator[tuple[str, str, str]]:
    """`title, number, more` of what one wants to know first."""
    if state.spec and state.attempts:
        yield "Cost", f"${state.spent_usd:.2f}", f"of ${state.spec.budget.max_usd:g} at most"
        yield "Time", _duration(sum(one.seconds for one in state.attempts)), f"in {len(state.attempts)} jobs"
        yield "Changes", str(len(state.repairs)), "of the spec"
    ratio = next((one.measured for one in _verdicts(state) if one.metric == "perplexity"), None)
    if ratio:
        yield "Perplexity", f"{ratio.mid:.3g}×", f"the base's ({ratio.low:.3g} to {ratio.high:.3g})"


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _attempt_rows(attempts: Sequence[Attempt]) -> Iterator[dict[str, str]]:
    for one in attempts:
        yield {
            "job": label_of(one.name),
            "how it ended": one.how,
            "seconds": f"{one.seconds:.1f}",
            "dollars": f"{one.usd:.4f}",
            "steps": str(one.steps) if one.phase == "train" else "",
            "last loss": "" if one.loss is None else f"{one.loss:.4g}",
            "control group's memory (MiB)": "" if one.memory_peak_mb is None else f"{one.memory_peak_mb:.0f}",
        }


@dataclass(frozen=True)
class _Change:
    attempt: int
    repair: SpecRepair
    before: str
    after: str


def _changes(repairs: Sequence[SpecRepair]) -> Iterator[_Change]:
    for attempt, one in enumerate(repairs, 2):
        yield _Change(attempt, one, _forecast(one.before), _forecast(one.after))


def _forecast(forecast: Forecast | None) -> str:
    if forecast is None:
        return ""
    told = (
        ("{:.2f} GiB", forecast.memory_gib),
        ("{:.0f} s", forecast.seconds),
        ("${:.2f}", forecast.usd),
    )
    return ", ".join(form.format(value) for form, value in told if value is not None)


def _asked(entries: Sequence[Entry]) -> Iterator[dict[str, Any]]:
    """Forms and what was answered, in their order."""
    for entry in entries:
        if entry.kind == "asked":
            yield {"at": entry.at, "title": entry.text, "lines": [_question(*one) for one in questions_of(entry)]}
        elif entry.kind == "answered":
            yield {"at": entry.at, "title": "", "lines": [f"{name}: {value}" for name, value in answers_of(entry)]}


def _question(name: str, text: str, reason: str) -> str:
    return f"{name}: {text}" + (f" ({reason})" if reason else "")


def _verdicts(state: State) -> tuple[Verdict, ...]:
    return state.judgement.verdicts if state.judgement else ()


def _verdict_rows(state: State) -> Iterator[dict[str, Any]]:
    for one in _verdicts(state):
        numbers = [] if one.measured is None else [one.measured.mid, one.measured.low, one.measured.high]
        shown = [shown_number(one.metric, number) for number in numbers]
        yield {
            "metric": one.metric,
            "outcome": one.outcome,
            "measured": f"{shown[0]} ({shown[1]} to {shown[2]})" if shown else "",
            "threshold": "" if one.threshold is None else shown_number(one.metric, one.threshold),
            "mark": Markup(draw_verdict(one)),  # numbers and our own words alone
            "reason": one.reason,
        }
