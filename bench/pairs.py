"""Field by field: the job that `generate` writes for public repositories, beside the one that their authors wrote.

`python bench/pairs.py FOLDER`: FOLDER holds checkouts named `owner+name` of the repositories in the recorded pairs, at
the recorded commits. Job files may stay in them: the extractor of job files is left out. No question is answered.
"""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from muster.nomad.domain.backing import backing_image  # noqa: E402 - after the path of the tests
from muster.nomad.domain.build.env import job_entries  # noqa: E402
from muster.nomad.domain.build.job import build_spec  # noqa: E402
from muster.nomad.domain.candidates import chosen, find_candidates  # noqa: E402
from muster.nomad.domain.decisions.apply import apply_answers  # noqa: E402
from muster.nomad.domain.env_table import is_asked  # noqa: E402
from muster.nomad.domain.extractors.registry import EXTRACTORS  # noqa: E402
from muster.nomad.domain.merge.evidence import merge_evidence  # noqa: E402
from muster.nomad.domain.profile import ServiceProfile  # noqa: E402
from muster.nomad.domain.prompt.parse import parse_prompt  # noqa: E402
from muster.nomad.domain.spec import JobSpec  # noqa: E402
from muster.nomad.domain.task import TaskSpec  # noqa: E402
from muster.nomad.tools.git_codebase import GitCodebase  # noqa: E402
from shared_data import SHARED  # noqa: E402

SOURCES = tuple(one for one in EXTRACTORS if one.name != "nomad job")


@dataclass(frozen=True)
class Job:
    """What a job says about the application's own tasks.

    `variables` are those that it sets, of ours also those that the question about the environment offers; `known`
    those that the analysis names at all.
    """

    type: str
    ports: frozenset[int]
    listens: bool
    variables: frozenset[str]
    known: frozenset[str]
    routes: frozenset[str]
    services: frozenset[str]
    images: frozenset[str]


@dataclass(frozen=True)
class Pair:
    """One repository: its authors' job, ours, and what in ours no source names."""

    repo: str
    truth: Job
    ours: Job
    invented: tuple[str, ...]


def truth_of(pair: dict) -> Job:
    tasks = [task for task in pair["docker_tasks"] if task["own_app"]]
    ports = frozenset(port for task in tasks for port in task["container_ports"])
    variables = frozenset(name for task in tasks for name in task["env_keys"])
    return Job(
        type=pair["type"],
        ports=ports,
        listens=bool(ports) or any(task["dynamic_port_only"] for task in tasks),
        variables=variables,
        known=variables,
        routes=frozenset(check["path"] for task in tasks for check in task["health_checks"] if check.get("path")),
        services=frozenset(resolved(service["name"], pair) for task in tasks for service in task["services"]),
        images=frozenset(bare(task["image"]) for task in tasks if task["image"]),
    )


def resolved(name: str, pair: dict) -> str:
    """A service's name with the job's in its place."""
    return name.replace("${JOB}", pair["job_name"]).replace("NOMAD_JOB_NAME", pair["job_name"])


def pair_of(pair: dict, checkout: Path) -> Pair:
    codebase = GitCodebase(extractors=SOURCES)
    evidence = codebase.evidence(str(checkout))
    candidates = find_candidates(evidence, name=checkout.name.partition("+")[2])
    if not candidates:
        nothing = frozenset[str]()
        return Pair(pair["repo"], truth_of(pair), Job("-", frozenset(), False, *[nothing] * 5), ())
    analysis = merge_evidence(evidence, candidates, chosen(candidates), name=checkout.name.partition("+")[2])
    decisions = apply_answers(analysis, parse_prompt(""), {})
    own = own_services(decisions.analysis.services)
    spec = build_spec(decisions)
    return Pair(pair["repo"], truth_of(pair), job_of(spec, own), tuple(invented(own, checkout)))


def job_of(spec: JobSpec, own: list[ServiceProfile]) -> Job:
    names = {one.name for one in own}
    groups = [group for group in spec.groups if group.name in names]
    ports = frozenset(port.value.port for one in own for port in one.ports)
    return Job(
        type=spec.type,
        ports=ports,
        listens=bool(ports),
        variables=frozenset(name for group in groups for task in group.tasks for name in variables_of(task))
        | {entry.name for one in own for entry in one.env if is_asked(one, entry)},
        known=frozenset(entry.name for one in own for entry in one.env),
        routes=frozenset(
            str(check.path) for group in groups for service in group.services for check in service.checks if check.path
        ),
        services=frozenset(service.name or spec.name for group in groups for service in group.services),
        images=frozenset(bare(one.image.value) for one in own if one.image),
    )


def variables_of(task: TaskSpec) -> Iterator[str]:
    """What the task sets, itself or by a template."""
    yield from task.env
    for template in task.templates:
        yield from re.findall(r"^(\w+)=", template.data, re.MULTILINE) if template.env else ()


def own_services(services: Iterable[ServiceProfile]) -> list[ServiceProfile]:
    """What is built here; without such, whatever is no database or queue."""
    built = [one for one in services if one.build]
    return built or [one for one in services if not (one.image and backing_image(one.image.value))]


def invented(own: Iterable[ServiceProfile], checkout: Path) -> Iterator[str]:
    """Ports, images and values that stand at no place of the repository."""
    for one in own:
        for port in one.ports:
            if not stands(str(port.value.port), port.where, checkout) and port.reason.find("listens") < 0:
                yield f"port {port.value.port} ({port.explain()})"
        if one.image and not one.image.where:
            yield f"image {one.image.value}"
        yield from (f"env {entry.name}" for entry in job_entries(one) if entry.value is not None and not entry.where)


def stands(text: str, where: str, checkout: Path) -> bool:
    path, _, line = where.rpartition(":")
    file = checkout / path
    lines = file.read_text(encoding="utf-8", errors="replace").splitlines() if file.is_file() else []
    number = int(line) if line.isdigit() else 0
    return 0 < number <= len(lines) and any(text in each for each in lines[max(number - 2, 0) : number + 3])


def bare(image: str) -> str:
    """An image's name without registry, tag and digest: those are facts of one site."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def port_verdict(pair: Pair) -> str:
    ours, truth = pair.ours, pair.truth
    if not truth.listens:
        return "INVENTED" if ours.ports else "none, right"
    if not truth.ports:
        return "any, right" if ours.ports else "MISSED"
    if ours.ports == truth.ports:
        return "right"
    return "and others" if truth.ports < ours.ports else "WRONG" if ours.ports else "MISSED"


def verdict(ours: frozenset[str], truth: frozenset[str]) -> str:
    if not truth:
        return "-"
    return "right" if truth & ours else "MISSED" if not ours else "WRONG"


def show(pairs: list[Pair]) -> None:
    print(f"{'repository':45} {'type':7} {'port':12} {'variables':22} {'health':20} {'service name':36}")
    for one in pairs:
        ours, truth = one.ours, one.truth
        hits = len(ours.variables & truth.variables)
        variables = f"{hits} of {len(truth.variables)}, wrote {len(ours.variables)}"
        kind = "right" if ours.type == truth.type else ours.type
        route = f"{verdict(ours.routes, truth.routes)} {','.join(sorted(ours.routes))}"
        name = f"{verdict(ours.services, truth.services)} {','.join(sorted(ours.services))}"
        print(f"{one.repo[:45]:45} {kind:7} {port_verdict(one):12} {variables:22} {route[:20]:20} {name[:60]}")


def summary(pairs: list[Pair]) -> None:
    hits = sum(len(one.ours.variables & one.truth.variables) for one in pairs)
    wanted, written = (
        sum(len(job.variables) for job in jobs) for jobs in zip(*((p.truth, p.ours) for p in pairs), strict=True)
    )
    seen = sum(len(one.ours.known & one.truth.variables) for one in pairs)
    ports = sum(port_verdict(one).endswith("right") for one in pairs)
    routes = [verdict(one.ours.routes, one.truth.routes) for one in pairs if one.truth.routes]
    names = [verdict(one.ours.services, one.truth.services) for one in pairs if one.truth.services]
    types = sum(one.ours.type == one.truth.type for one in pairs)
    print(f"\nports right in {ports} of {len(pairs)}; job type in {types} of {len(pairs)}")
    print(
        f"variables: {hits} of {wanted} set or asked for, recall {hits / wanted:.2f}, precision {hits / written:.2f};"
    )
    print(f"  {seen} of {wanted} are named by the analysis at all")
    print(f"health path right in {routes.count('right')} of {len(routes)}")
    print(f"service name right in {names.count('right')} of {len(names)}")
    print(f"invented: {'; '.join(text for one in pairs for text in one.invented) or 'nothing'}")


def main() -> None:
    """Compare every recorded pair whose checkout is there."""
    if len(sys.argv) != 2:
        print(__doc__)
        return
    recorded = json.loads((SHARED / "bench-pairs" / "pairs.json").read_text())
    folder = Path(sys.argv[1])
    checkouts = [(pair, folder / pair["repo"].replace("/", "+")) for pair in recorded]
    pairs = [pair_of(pair, checkout) for pair, checkout in checkouts if checkout.is_dir()]
    show(pairs)
    summary(pairs)


if __name__ == "__main__":
    main()
