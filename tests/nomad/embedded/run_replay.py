"""The answers recorded at the end of each timeline (`run_*`), asked of the embedded cluster at the same point."""

import re
from pathlib import Path
from typing import Any

from nomad.embedded.api_replay import SECOND, Api, apart, recorded, recorded_names
from nomad.embedded.timelines import GAP_NS, SCENARIOS, last_time, latest_deployment, submitted

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_KINDS = re.compile(
    r"^(register|job|job_allocations|job_deployments|evaluation|evaluation_allocations|deployment|"
    r"deployment_allocations|allocation\d|logs_stdout|logs_stderr|blocked_evaluation)$"
)


def run_names(scenario: str) -> list[str]:
    """The recordings at the end of a scenario's timeline."""
    prefix = f"run_{scenario}_"
    return [name for name in recorded_names(f"{prefix}*") if _KINDS.match(name.removeprefix(prefix))]


def replay_run(scenario: str, folder: Path) -> dict[str, list[str]]:
    """The differences of each recording of a scenario, by its name."""
    names = run_names(scenario)
    settings = SCENARIOS["timelines"].get(scenario) or {}
    with Api(folder, scenario) as api:
        for before in settings.get("after", []):
            if "promote" in before:
                deployment = latest_deployment(api.host.cluster, before["promote"])
                api.host.write("promote_deployment", deployment_id=deployment, groups=[])
                api.host.advance_to(api.host.now_ns + before["then"] * SECOND)
            else:
                api.register(submitted(before), last_time(before) + GAP_NS / SECOND)
        answer = api.ask("POST", "/v1/jobs", {"Job": submitted(scenario)})
        found = {n: apart(n, answer) for n in names if n == f"run_{scenario}_register"}
        if answer.status_code != 200:
            return {name: [f"refused: {answer.text}"] for name in names}
        api.host.advance_to(api.host.now_ns + int(settings.get("seconds", last_time(scenario) + 0.5) * SECOND))
        places = _Places(api, scenario, submitted(scenario)["ID"], answer.json()["EvalID"])
        rest = [name for name in names if not name.endswith("_register")]
        return found | {name: apart(name, api.ask("GET", places.path(name))) for name in rest}


class _Places:
    """Where the embedded cluster keeps what a recorded path names by its id."""

    def __init__(self, api: Api, scenario: str, job_id: str, eval_id: str) -> None:
        self._api = api
        self._scenario = scenario
        self._job = f"/v1/job/{job_id}"
        self._eval_id = eval_id

    def path(self, name: str) -> str:
        path: str = recorded(name)["request"]["path"]
        identifier = self._identifier(name, path)
        return _UUID.sub(identifier, path) if identifier else path

    def _identifier(self, name: str, path: str) -> str:
        if name == f"run_{self._scenario}_blocked_evaluation":
            return self._api.ask("GET", f"/v1/evaluation/{self._eval_id}").json().get("BlockedEval", "none")
        if "/evaluation/" in path:
            return self._eval_id
        if "/deployment/" in path:
            return (self._api.ask("GET", f"{self._job}/deployment").json() or {}).get("ID", "none")
        return self._allocation(name) if "/allocation/" in path or "/logs/" in path else ""

    def _allocation(self, name: str) -> str:
        """The allocation that was made when the recorded one was; logs are those of the first recorded one."""
        scenario = re.sub(r"_(allocation\d|logs_\w+)$", "", name)
        listed = sorted(recorded(f"{scenario}_job_allocations")["response"]["body"], key=_age)
        path: str = recorded(name)["request"]["path"]
        position = next(number for number, allocation in enumerate(listed) if allocation["ID"] in path)
        found = sorted(self._api.ask("GET", f"{self._job}/allocations").json(), key=_age)
        return found[position]["ID"] if position < len(found) else "none"


def _age(allocation: dict[str, Any]) -> tuple[int, str]:
    return allocation["CreateIndex"], allocation["Name"]
