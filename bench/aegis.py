"""How near aegis's memory estimates come to published peaks, source by source, how long a plan takes, and how much of a
real run is aegis's own.

`--reference FILE`: another table of the same format (a JSON list of rows). Each source is estimated by constants fitted
without it; beside that, what the constants that ship say, and two forms that others use. Rows whose `kind` is not
`measured` are left out, and those that can't be used are told by their numbers.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from muster.aegis.domain.data.lengths import Lengths
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.profilers.cost import estimate_costs
from muster.aegis.profilers.fitting import estimate, judge, leave_one_source_out
from muster.aegis.profilers.measured import measured_runs
from muster.aegis.profilers.prices import local_offer, shipped_prices
from muster.aegis.profilers.published import PublishedRun, read_table
from muster.aegis.profilers.setups import trained_params
from muster.aegis.profilers.vram import FITTED, GIB, estimate_memory, weight_bytes

Pairs = list[tuple[float, float]]
PLANS = 20
ROOT = Path(__file__).parents[1]
TRAINING_PYTHON = ROOT / ".venv-train/bin/python"
WORDS = "LoRA fine-tune tiny-llama on examples/aegis/support.jsonl under $2"


def common_form(run: PublishedRun) -> float:
    """As calculators on the web have it: 4 bits for all weights, 16 bytes a trained one, 34 bytes of activations a
    hidden number and layer (arXiv 2205.05198), the square root of the layers where checkpointed; no logits."""
    model, setup = run.architecture, run.setup
    each = 0.5 if setup.quantised else 2
    layers = model.layers**0.5 if setup.checkpointing else model.layers
    saved = 34 * setup.tokens * model.hidden * layers
    return (model.params * each + 16 * trained_params(model, setup) + saved) / GIB


def plain_sketch(run: PublishedRun) -> float:
    """The same with states of the right type, one hidden state a layer where checkpointed, 4 bits for linear layers
    alone, and one fp32 copy of the logits."""
    model, setup = run.architecture, run.setup
    states = (
        0 if setup.optimizer.startswith("paged") else 2 if setup.optimizer == "adamw_8bit" else 2 * setup.state_bytes
    )
    trained = (2 + states) * trained_params(model, setup)
    saved = (2 if setup.checkpointing else 34) * setup.tokens * model.hidden * model.layers
    return (weight_bytes(model, setup) + trained + saved + 4 * setup.tokens * model.vocab) / GIB


def shipped(run: PublishedRun) -> float:
    """By the constants that ship: fitted on the table that ships, so in sample there."""
    return estimate(run, FITTED)


def table(title: str, runs: Sequence[PublishedRun], estimates: Sequence[float]) -> None:
    print(f"\n{title}")
    print(f"{'source':58} {'rows':>4} {'MAPE':>6} {'bias':>6} {'in 15%':>6} {'under':>6}")
    pairs: dict[str, Pairs] = {}
    for run, estimated in zip(runs, estimates, strict=True):
        pairs.setdefault(run.source, []).append((estimated, run.peak_gib))
    for source, ones in pairs.items():
        line(source[:58], ones)
    line("all", [pair for ones in pairs.values() for pair in ones])


def line(name: str, pairs: Pairs) -> None:
    found = judge(pairs)
    shares = f"{found.mape:6.1%} {found.bias:+6.1%} {found.within_15:6.0%} {found.under_by_10:6.1%}"
    print(f"{name:58} {found.rows:4} {shares}")


def inside(runs: Sequence[PublishedRun]) -> float:
    def holds(run: PublishedRun) -> bool:
        interval = estimate_memory(run.architecture, run.setup, "allocated").total_gib
        return interval.low <= run.peak_gib <= interval.high

    return sum(map(holds, runs)) / len(runs)


def compare(runs: Sequence[PublishedRun]) -> None:
    unseen = leave_one_source_out(runs)
    table("aegis, each source by constants fitted without it", *zip(*unseen, strict=True))
    forms: dict[str, Callable[[PublishedRun], float]] = {
        "aegis, constants as they ship": shipped,
        "a common closed form": common_form,
        "a plain analytic sketch": plain_sketch,
    }
    for title, form in forms.items():
        table(title, runs, [form(run) for run in runs])
    print(f"\nrows within aegis's interval (constants as they ship): {inside(runs):.0%}")


def plan_times(runs: Sequence[PublishedRun]) -> None:
    """Warm: everything is imported and the catalogue is read."""
    spec = TrainingSpec.model_validate({"model": {"path": "m"}, "data": {"path": "d"}, "target": {"gpu": "H100"}})
    lengths = Lengths(
        measured=1000, p50=200, p95=600, max=900, mean=250, seq_len=1024, cut=0, masked=0, trained_share=0.5
    )  # fmt: skip
    offers = (*shipped_prices().offers, local_offer(64))
    taken: list[float] = []
    for _ in range(PLANS):
        begun = time.perf_counter()
        estimate_costs(spec, runs[0].architecture, 5000, lengths, offers, datetime.now(UTC).date(), attempts=3)
        taken.append((time.perf_counter() - begun) * 1000)
    print(f"plan over {len(offers)} offers: median {statistics.median(taken):.1f} ms, longest {max(taken):.1f} ms")


def own_share() -> None:
    """Of a real run, from the command's start to its end, what no job's own process takes; a job tells its seconds."""
    if not TRAINING_PYTHON.exists() or shutil.which("bwrap") is None:
        print("aegis's own share of a run: skipped, `make train-env bwrap` installs what it needs")
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        place.chmod(0o755)  # a sandbox that root starts reads as nobody
        shutil.copytree(ROOT / "examples", place / "examples")
        subprocess.run([TRAINING_PYTHON, "-W", "ignore", "examples/aegis/make_tiny_model.py", "tiny-llama"],
                       cwd=place, check=True, capture_output=True)  # fmt: skip
        subprocess.run(["chmod", "-R", "a+rX", "examples", "tiny-llama"], cwd=place, check=True)
        wall = run_for_real(place)
        jobs = [json.loads(path.read_text())["seconds"] for path in place.glob("home/runs/*/jobs/*/finished.json")]
    own = wall - sum(jobs)
    print(f"\n{'a run of the tiny model':58} {'wall':>8} {'jobs':>8} {'own':>8} {'share':>6}")
    print(f"{WORDS[:58]:58} {wall:6.1f} s {sum(jobs):6.1f} s {own:6.1f} s {own / wall:6.1%}")


def run_for_real(place: Path) -> float:
    """Seconds of the whole command."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(place), "MUSTER_HOME": str(place / "home"),
                   "AEGIS_PYTHON": str(TRAINING_PYTHON)}  # fmt: skip
    aegis, begun = Path(sys.executable).with_name("aegis"), time.perf_counter()
    subprocess.run([aegis, "run", WORDS, "--no-questions"], cwd=place, env=environment, check=True, capture_output=True)
    return time.perf_counter() - begun


def refuse(why: str) -> NoReturn:
    """Wrong use, in one line."""
    print(why, file=sys.stderr)
    raise SystemExit(2)


def reference(file: Path) -> Sequence[PublishedRun]:
    """Its measured rows; those that can't be used are told by their numbers."""
    try:
        rows: object = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        refuse(f"{file} can't be read as a table: {error}")
    found = read_table(rows)
    kinds = Counter(str(row.get("kind")) for row in rows if isinstance(row, dict)) if isinstance(rows, list) else {}
    print("rows by kind:", dict(kinds), "- read as measured:", len(found.runs))
    for problem in found.problems:
        print(f"! {problem}")
    return found.runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reference", type=Path, help="a table of published peaks; the one that ships without it")
    given = parser.parse_args().reference
    runs = measured_runs() if given is None else reference(given)
    if not runs:
        refuse("no measured row in that table")
    compare(runs)
    plan_times(runs)
    own_share()


if __name__ == "__main__":
    main()
