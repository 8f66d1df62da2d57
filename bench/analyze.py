"""What the analysis finds in public repositories, beside what their own authors wrote into their Nomad jobs.

`python bench/analyze.py FOLDER`: FOLDER holds checkouts named `owner+name` of the repositories in the recorded pairs
(job files may stay, no extractor reads them). Without FOLDER only our own examples are timed.
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from muster.nomad.domain.backing import backing_image  # noqa: E402 - after the path of the tests
from muster.nomad.domain.candidates import chosen, find_candidates  # noqa: E402
from muster.nomad.domain.merge.evidence import merge_evidence  # noqa: E402
from muster.nomad.domain.profile import ServiceProfile  # noqa: E402
from muster.nomad.tools.git_codebase import GitCodebase  # noqa: E402
from shared_data import SHARED  # noqa: E402


@dataclass(frozen=True)
class Found:
    """What an analysis says about the application's own services."""

    seconds: float
    facts: int
    ports: frozenset[int]
    variables: frozenset[str]
    routes: frozenset[str]


@dataclass(frozen=True)
class Truth:
    """What the authors' job says about the application's own tasks. `listens`: it has a port, if only a dynamic one."""

    ports: frozenset[int]
    listens: bool
    variables: frozenset[str]
    routes: frozenset[str]


def analyse(folder: Path) -> Found:
    started = time.perf_counter()
    codebase = GitCodebase()
    evidence = codebase.evidence(str(folder))
    candidates = find_candidates(evidence)
    analysis = merge_evidence(evidence, candidates, chosen(candidates), name=folder.name)
    seconds = time.perf_counter() - started
    built = [one for one in analysis.services if is_built_here(one)]
    own = built or [one for one in analysis.services if one.image and not backing_image(one.image.value)]
    return Found(
        seconds,
        len(evidence),
        frozenset(port.value.port for one in own for port in one.ports),
        frozenset(entry.name for one in own for entry in one.env),
        frozenset(one.health.value.path for one in own if one.health and one.health.value.path),
    )


def is_built_here(profile: ServiceProfile) -> bool:
    return profile.build is not None or not profile.id.startswith("compose:")


def truth_of(pair: dict) -> Truth:
    tasks = [task for task in pair["docker_tasks"] if task["own_app"]]
    ports = frozenset(port for task in tasks for port in task["container_ports"])
    return Truth(
        ports,
        bool(ports) or any(task["dynamic_port_only"] for task in tasks),
        frozenset(name for task in tasks for name in task["env_keys"]),
        frozenset(check["path"] for task in tasks for check in task["health_checks"] if check.get("path")),
    )


def port_verdict(found: Found, truth: Truth) -> str:
    if not truth.listens:
        return "INVENTED" if found.ports else "none, right"
    if not truth.ports:
        return "any, right" if found.ports else "MISSED"
    if found.ports == truth.ports:
        return "right"
    return "and others" if truth.ports < found.ports else "WRONG" if found.ports else "MISSED"


def shown(values: frozenset) -> str:
    return ",".join(map(str, sorted(values))) or "-"


def compare(pairs: list[dict], folder: Path) -> None:
    print(f"{'repository':42} {'s':>5} {'facts':>5}  {'ports':12} {'of the job':10} {'verdict':12} {'env':>7}  routes")
    known = named = 0
    verdicts: list[str] = []
    for pair in pairs:
        checkout = folder / pair["repo"].replace("/", "+")
        if not checkout.is_dir():
            continue
        found, truth = analyse(checkout), truth_of(pair)
        verdicts.append(port_verdict(found, truth))
        hits = len(found.variables & truth.variables)
        known, named = known + hits, named + len(truth.variables)
        ports = shown(truth.ports) if truth.ports else "dynamic" if truth.listens else "-"
        routes = f"{shown(found.routes)} (job: {shown(truth.routes)})"
        env = f"{hits}/{len(truth.variables)}"
        line = (
            f"{found.seconds:5.2f} {found.facts:5}  {shown(found.ports)[:12]:12} {ports:10} {verdicts[-1]:12} {env:>7}"
        )
        print(f"{pair['repo'][:42]:42} {line}  {routes}")
    right = sum(verdict.endswith("right") for verdict in verdicts)
    print(f"\nports right in {right} of {len(verdicts)}; {known} of {named} variables found")


def main() -> None:
    """Time the examples; compare with the recorded pairs where their checkouts are given."""
    for example in sorted((ROOT / "examples" / "nomad").iterdir()):
        if example.is_dir():
            found = analyse(example)
            print(f"{example.name:42} {found.seconds:5.2f} s {found.facts:4} facts  ports {shown(found.ports)}")
    if len(sys.argv) > 1:
        print()
        compare(json.loads((SHARED / "bench-pairs" / "pairs.json").read_text()), Path(sys.argv[1]))


if __name__ == "__main__":
    main()
