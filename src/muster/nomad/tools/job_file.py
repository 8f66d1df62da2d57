"""Reads a job file for the checker, as it is: line ends are not translated. What is no HCL is told apart."""

import json
from dataclasses import dataclass
from pathlib import Path

from pydantic import JsonValue

from muster.core.errors import SourceError

_HCL_JSON = "Muster reads HCL itself: write it as HCL, or let Nomad judge it with `nomad job validate`."
_TEMPLATE = (
    "Check the job that it was made from (`nomad-spec generate` without --profile terraform), or what "
    "Terraform's templatefile() makes of it."
)


@dataclass(frozen=True)
class ApiJob:
    """A file that holds the API's JSON of a job."""

    job: JsonValue


def read_job_file(file: Path) -> str | ApiJob:
    """The text of an HCL file, or the job of a JSON one. Raises SourceError for what is neither."""
    if file.suffix == ".tftpl":
        raise SourceError(f"{file} is a Terraform template: Nomad can't read it, nor is it checked", advice=_TEMPLATE)
    try:
        text = file.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SourceError(f"{file} is no text: {error.reason}", advice="A job file is UTF-8 text.") from error
    except OSError as error:
        raise SourceError(f"{file} can't be read: {error.strerror}", advice="Check the path.") from error
    return _api_job(file, text) if text.lstrip("\ufeff \t\r\n").startswith("{") else text


def _api_job(file: Path, text: str) -> ApiJob:
    try:
        data: dict[str, JsonValue] = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise SourceError(
            f"{file} begins as JSON and is none: {error}", advice="A job file is HCL, or the API's JSON of a job."
        ) from error
    if "job" in data:
        raise SourceError(f"{file} is HCL written as JSON, which is not read", advice=_HCL_JSON)
    job = data.get("Job", data)
    if not isinstance(job, dict) or not {"ID", "TaskGroups"} & job.keys():
        raise SourceError(
            f"{file} is JSON, and no job", advice='The API\'s JSON of a job is {"Job": {"ID": ..., "TaskGroups": ...}}.'
        )
    return ApiJob(job)
