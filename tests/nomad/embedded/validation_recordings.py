"""The recorded answers that judge or compare jobs, and the differences from them that have a reason."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from muster.nomad.domain.hcl.canonical import canonicalize_job
from muster.nomad.embedded.validation.admission import complete_job
from shared_data import SHARED

RECORDINGS = SHARED / "nomad-api"
JUDGING_PATHS = ("/v1/validate/job", "/v1/jobs")
DIFFERENCES: dict[str, dict[str, str]] = yaml.safe_load(
    (Path(__file__).parent / "validation_differences.yaml").read_text(encoding="utf-8")
)


@dataclass(frozen=True)
class Recording:
    """One request that carried a job, and its answer."""

    file: str
    path: str
    job: dict[str, Any]
    status: int
    answer: Any

    @property
    def admitted(self) -> dict[str, Any]:
        """The job as the server sees it when it begins to judge."""
        return complete_job(canonicalize_job(self.job))


def read_recording(file: str) -> Recording:
    content = json.loads((RECORDINGS / file).read_text(encoding="utf-8"))
    request, response = content["request"], content["response"]
    job: dict[str, Any] = (request["body"] or {}).get("Job") or {} if isinstance(request["body"], dict) else {}
    return Recording(file, request["path"], job, response["status"], response["body"])


def recorded_jobs() -> list[Recording]:
    """Every job that was validated, planned or registered and got as far as being judged."""
    if not RECORDINGS.is_dir():
        return []
    index = json.loads((RECORDINGS / "INDEX.json").read_text(encoding="utf-8"))
    files = [entry["file"] for entry in index if entry.get("method") in ("POST", "PUT") and _judges(entry["path"])]
    recordings = (read_recording(file) for file in sorted(files))
    return [recording for recording in recordings if recording.job and recording.status in (200, 500)]


def _judges(path: str) -> bool:
    steps = path.partition("?")[0].split("/")
    return "/".join(steps) in JUDGING_PATHS or (steps[:3] == ["", "v1", "job"] and steps[4:] in ([], ["plan"]))
