"""Jobs that a real cluster ran, as the adapter would see them: every change of a timeline, and the end with its logs."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from muster.nomad.domain.observing import Decision, Raw, decide, observe, own_allocations, own_deployment
from muster.nomad.domain.outcomes import Observation
from shared_data import SHARED

RECORDINGS = SHARED / "nomad-api"


class Moment(NamedTuple):
    at_s: float
    observation: Observation
    decision: Decision


def body(name: str) -> Any:
    """The answer of one recorded request; None where it was not recorded."""
    path = RECORDINGS / f"{name}.json"
    return json.loads(path.read_text())["response"]["body"] if path.is_file() else None


def failing_scenarios() -> list[str]:
    """The jobs that did not become, or stay, healthy."""
    return [one for one in scenarios() if moments(one)[-1].decision.state == "failed"]


def scenarios() -> list[str]:
    return sorted(path.stem.removeprefix("timeline_") for path in RECORDINGS.glob("timeline_*.json"))


@cache
def job(scenario: str) -> Raw:
    """The job as the cluster had it afterwards."""
    return body(f"run_{scenario}_job") or _with_fixed_ports(body("run_full_stack_job"))


def _with_fixed_ports(full_stack: Raw) -> Raw:
    """The job of `full_stack_host_network_with_to_port`, which was not recorded: full_stack with `to = 8080`."""
    full_stack["CreateIndex"] = 0
    full_stack["TaskGroups"][0]["Networks"][0]["DynamicPorts"][0]["To"] = 8080
    return full_stack


@cache
def moments(scenario: str) -> tuple[Moment, ...]:
    """What is seen and decided after each recorded change."""
    return tuple(_replay(json.loads((RECORDINGS / f"timeline_{scenario}.json").read_text()), scenario))


@cache
def ending(scenario: str) -> Observation:
    """What the adapter would have observed when the job had failed, with the task's logs.

    The timelines poll one thing after the other: all that was read in the same tenth of a second counts.
    """
    failed = [one for one in moments(scenario) if one.decision.state == "failed"]
    first_s = next(one.at_s for one in failed if one.observation.allocations or one.observation.placements)
    decided = [one for one in failed if one.at_s <= first_s + 0.1][-1]
    seen = decided.observation
    logs = _logs(scenario)
    tasks = {one.id: tuple(_with_logs(task, logs) for task in one.tasks) for one in seen.allocations}
    allocations = tuple(one.model_copy(update={"tasks": tasks[one.id]}) for one in seen.allocations)
    return seen.model_copy(update={"allocations": allocations})


def _replay(timeline: Any, scenario: str) -> Iterator[Moment]:
    evaluation: Raw | None = None
    deployments: list[Raw] = []
    allocations: list[Raw] = []
    status: Raw = {}
    definition = job(scenario)
    expected = {group["Name"]: group["Count"] for group in definition["TaskGroups"]}
    for change in timeline["timeline"]:
        match change["endpoint"].removeprefix("status:").split("/")[2:]:
            case ["evaluation", _]:
                evaluation = change["body"]
            case ["job", _, "deployments"]:
                deployments = change["body"]
            case ["job", _, "allocations"]:
                allocations = change["body"]
            case ["job", _]:
                status = change["body"]
            case _:
                continue
        deployment = own_deployment(deployments, evaluation) if evaluation else None
        version = deployment["JobVersion"] if deployment else status.get("Version", 0)
        mine = own_allocations(allocations, version=version, since_index=definition["CreateIndex"])
        seen = observe(evaluation, deployment, mine, status)
        yield Moment(change["t"], seen, decide(seen, job_type=definition["Type"], expected=expected))


def _logs(scenario: str) -> tuple[Path, tuple[str, ...], tuple[str, ...]] | None:
    texts = []
    for stream in ("stdout", "stderr"):
        path = RECORDINGS / f"run_{scenario}_logs_{stream}.json"
        if not path.is_file():
            return None
        recorded = json.loads(path.read_text())
        answer = recorded["response"]
        texts.append(tuple(answer["body"].splitlines()) if answer["status"] == 200 and answer["body"] else ())
    return Path(recorded["request"]["path"].split("?")[0]), texts[0], texts[1]


def _with_logs(task: Any, logs: tuple[Path, tuple[str, ...], tuple[str, ...]] | None) -> Any:
    if not logs or logs[0].name != task.allocation:
        return task
    return task.model_copy(update={"stdout_tail": logs[1], "stderr_tail": logs[2]})
