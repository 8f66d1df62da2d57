"""The commands that need no run: diagnose, gpus, init, plan."""

import json
import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import JsonValue
from rich.table import Table
from rich.text import Text

from muster.aegis.domain.diagnosis import Diagnosis
from muster.aegis.domain.failures.classify import MOST_CHARACTERS, diagnose_log
from muster.aegis.domain.intent.asking import read_asked
from muster.aegis.domain.intent.settling import Asked
from muster.aegis.domain.shown import (
    aligned,
    cost_line,
    data_lines,
    memory_lines,
    problem_lines,
    sample_lines,
    spec_lines,
)
from muster.aegis.generators.template import TemplateGenerator
from muster.aegis.planning import Plan, make_plan, upper_ends
from muster.aegis.profilers.gpu_table import HEADS
from muster.aegis.settings import AegisSettings
from muster.aegis.tools.price_files import read_prices, update_prices
from muster.aegis.tools.spec_files import read_spec, write_starter
from muster.aegis.wiring import prices_folder
from muster.core.console import make_console, visible
from muster.core.errors import SourceError, UsageError, WorkFailedError
from muster.core.redaction import redact
from muster.core.settings import load_settings

_BYTES = 4 * MOST_CHARACTERS
_HOLE = re.compile(rb"\0{8,}")
"""Zeros that a log has where it was cut while somebody wrote, or at a machine's crash: text stands around them."""


def diagnose_file(file: Path, exit_status: int | None, *, as_json: bool) -> None:
    """Print why the log's training failed. Raises SourceError where it can't be read."""
    found = diagnose_log(_end_of(file), exit_status=exit_status)
    if as_json:
        _say(found.model_dump_json(indent=2) if found else "null")
    else:
        _say("\n".join(_diagnosis_lines(found)))


def show_gpus(update: Path | None, *, as_json: bool) -> None:
    """Print the catalogue of prices, with a file's rows taken in first."""
    settings = load_settings(AegisSettings)
    if update:
        table = update_prices(update, prices_folder(settings))
        make_console(stderr=True).print(f"{len(table.offers)} prices of {update} are kept")
    known = read_prices(prices_folder(settings))
    for problem in known.problems:
        make_console(stderr=True).print(visible(f"! {problem}"))
    if as_json:
        _say(json.dumps([one.model_dump(mode="json") for one in known.offers], indent=2, ensure_ascii=False))
        return
    rows = sorted(known.offers, key=lambda one: (one.gpu, one.usd_per_hour))
    _table(
        ("gpu", "GiB", "$/hour", "provider", "tier", "of", "region"),
        ((o.gpu, f"{o.memory_gib:g}", f"{o.usd_per_hour:.2f}", o.provider, o.tier, o.date, o.region) for o in rows),
    )


def start_spec(file: Path) -> None:
    """Write the commented spec."""
    write_starter(file)
    _say(f"wrote {file}; `aegis plan {file}` shows what it takes")


def show_plan(asked: Sequence[str], script: Path | None, *, as_json: bool) -> None:
    """Print what a run would do and take; nothing is run. Raises WorkFailedError where it would be refused."""
    plan = _plan(asked, load_settings(AegisSettings))
    if as_json:
        _say(json.dumps(_document(plan), indent=2, ensure_ascii=False))
    else:
        _show(plan)
    if script:
        _write(script, TemplateGenerator().training(plan.settled.spec))
        if not as_json:
            _say(f"the script that trains is {script}")
    if plan.inputs.errors:
        raise WorkFailedError(f"it would be refused: {len(plan.inputs.errors)} errors")


def _plan(asked: Sequence[str], settings: AegisSettings) -> Plan:
    words, file = read_asked(asked)
    plan = make_plan(words, settings, yaml_spec=read_spec(Path(file)) if file else None)
    if isinstance(plan, Asked):
        wanted = "\n".join(f"  {question.id}: {question.text}" for question in plan.form.questions)
        raise UsageError(f"this is not said, and has no default:\n{wanted}", advice="Say it in the words or the spec.")
    return plan


def _show(plan: Plan) -> None:
    spec, inputs = plan.settled.spec, plan.inputs
    _part("Spec", spec_lines(spec, plan.settled.origins))
    _part("Not understood", plan.not_understood)
    _part("Left out of the model's reading", plan.left_out)
    _part("Data", [*data_lines(inputs.data), *(line for one in inputs.data.samples for line in sample_lines(one))])
    _part("Problems", problem_lines(inputs.all_problems))
    _part("Estimate", _estimate_lines(plan))
    _part("GPUs", aligned(HEADS, [row.cells for row in plan.table]) if plan.gpus else ())


def _estimate_lines(plan: Plan) -> Iterable[str]:
    if plan.memory:
        yield from memory_lines(plan.memory)
    if plan.here:
        yield cost_line(plan.here)
        yield upper_ends(plan)


def _document(plan: Plan) -> dict[str, JsonValue]:
    return {
        "spec": plan.settled.spec.model_dump(mode="json"),
        "origins": {path: one.model_dump(mode="json") for path, one in plan.settled.origins.items()},
        "not_understood": list(plan.not_understood),
        "left_out": list(plan.left_out),
        "data": plan.inputs.data.model_dump(mode="json"),
        "problems": [one.model_dump(mode="json") for one in plan.inputs.all_problems],
        "memory": plan.memory.model_dump(mode="json") if plan.memory else None,
        "estimate": plan.here.model_dump(mode="json") if plan.here else None,
        "attempts": plan.attempts,
        "gpus": [{"best": list(row.best), **row.cost.model_dump(mode="json")} for row in plan.table],
    }


def _diagnosis_lines(found: Diagnosis | None) -> list[str]:
    if found is None:
        return ["no failure is told here"]
    where = " (while evaluating)" if found.phase == "eval" else ""
    lines = [f"{found.kind}{where}: {found.summary}", *(f"  > {one}" for one in found.evidence)]
    return [*lines, found.advice] if found.advice else lines


def _end_of(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, 2)
            opened.seek(max(0, size - _BYTES))
            text = _HOLE.sub(b"\n", opened.read(_BYTES))
    except OSError as error:
        raise SourceError(f"the log {file} can't be read: {error.strerror}", advice="Give a text file.") from error
    if b"\0" in text:
        raise SourceError(f"the log {file} is no text: it has zero bytes", advice="Give a text file, in UTF-8.")
    return redact(text.decode("utf-8", "replace"))


def _write(file: Path, text: str) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{file} can't be written: {error.strerror}", advice="Name another file.") from error


def _part(title: str, lines: Iterable[str]) -> None:
    told = [f"  {line}" for line in lines]
    if told:
        _say("\n".join([title, *told]))


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(*heads, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*(Text(visible(cell)) for cell in row))
    make_console().print(table)


def _say(text: str) -> None:
    sys.stdout.write(visible(text) + "\n")
