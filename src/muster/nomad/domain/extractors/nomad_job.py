"""Reads Nomad job files: what their docker tasks run, so that it is shown and weighed beside what other sources say.

A job file that is selected is more than evidence: it is the base that is changed in place (`domain/existing`).
"""

import re
from collections.abc import Iterator

from muster.core.errors import SourceError
from muster.nomad.domain.existing.job_file import JobFile, read_job_file
from muster.nomad.domain.existing.main_task import main_task
from muster.nomad.domain.existing.projection import plain_secrets
from muster.nomad.domain.extractors.extractor import Extractor, Files, SourceFile, problem
from muster.nomad.domain.extractors.nomad_job_facts import said_of_job, said_of_task
from muster.nomad.domain.extractors.nomad_job_places import line_of
from muster.nomad.domain.facts import Evidence, Fact

SOURCE = "nomad job"

_JOB_BLOCK = re.compile(r'^[ \t]*job[ \t]+"?[\w${\[]', re.MULTILINE)
_API_JOB = re.compile(r'"TaskGroups"\s*:')
_PACK = re.compile(r"\[\[")
_TERRAFORM = re.compile(r"\$\$\{|^[ \t]*resource[ \t]+\"", re.MULTILINE)
_EXPECTATIONS = re.compile(r"(?:^|/)(?:testdata|fixtures|test-fixtures|__snapshots__)/|(?:^|/)expected\.[^/]+$")
"""Job files that tests compare with are not what the application runs as."""


def extract(files: Files) -> tuple[Evidence, ...]:
    """What the job files say, each of one unit: `job:PATH` for its main task, `job:PATH#GROUP.TASK` for the others."""
    return tuple(item for path in sorted(files) for item in _of_file(files[path]))


def _of_file(file: SourceFile) -> Iterator[Evidence]:
    if _EXPECTATIONS.search(file.path) or not _holds_a_job(file):
        return
    try:
        job = read_job_file(file.text, file.path)
    except SourceError as error:
        why = "a template of Levant or nomad-pack" if _PACK.search(file.text) else _why_not(file, error)
        yield problem(SOURCE, file.path, f"the job file {file.path} is left out: {why}")
        return
    yield from _of_job(file, job)


def _holds_a_job(file: SourceFile) -> bool:
    shape = _API_JOB if file.path.endswith(".json") else _JOB_BLOCK
    return shape.search(file.text) is not None


def _why_not(file: SourceFile, error: SourceError) -> str:
    if _TERRAFORM.search(file.text):
        return "it is written for Terraform"
    return error.message.splitlines()[0]


def _of_job(file: SourceFile, job: JobFile) -> Iterator[Evidence]:
    unit, spec = f"job:{file.path}", job.spec
    for fact, names in said_of_job(spec):
        yield _said(file, job, unit, fact, names)
    main = main_task(spec)
    for group in spec.groups:
        for task in group.tasks:
            own = unit if main == (group, task) else f"{unit}#{group.name}.{task.name}"
            for fact, names in said_of_task(group, task):
                yield _said(file, job, own, fact, ("group", group.name, *names))
    for secret in plain_secrets(spec):
        names = ("group", secret.group, "task", secret.task, "env", secret.name)
        text = f"{secret.name} of {secret.task} is a secret in plain text: name its place instead"
        yield problem(SOURCE, file.path, text, line=line_of(job, *names), unit=unit)


def _said(file: SourceFile, job: JobFile, unit: str, fact: Fact, names: tuple[str, ...]) -> Evidence:
    line = line_of(job, *names)
    return Evidence(
        unit=unit,
        fact=fact,
        source=SOURCE,
        where=file.at(line) if line else file.path,
        reason=f"the job {job.spec.name} says so",
    )


EXTRACTOR = Extractor(
    name=SOURCE,
    looks_for="Nomad job files (HCL or JSON): their docker tasks; the one that is selected is changed in place",
    globs=("*.nomad", "*.hcl", "*.nomad.json"),
    extract=extract,
    max_bytes=256 * 1024,
    max_files=100,
)
