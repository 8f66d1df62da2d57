"""What a spec can hold of any job: its docker tasks, without the values of secrets.

The rest of the job is not lost: it stays in the job itself, over which `overlay` lays a change.
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from pydantic import JsonValue

from muster.core.secret_shapes.table import holds_secret, mask_words, secrets_in
from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.hcl.canonical_shape import complete
from muster.nomad.domain.hcl.normal import objects
from muster.nomad.domain.hcl.render import render_json
from muster.nomad.domain.hcl.spec_json import part_from_json
from muster.nomad.domain.hcl.tables import JOB
from muster.nomad.domain.hcl.undefaulted import without_defaults
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Part

Json = dict[str, JsonValue]

KEPT_SECRET = "[redacted]"
"""Stands for a secret's value in a spec; it never reaches a cluster, since nothing differs where it stands."""


class PlainSecret(Part):
    """A variable that holds a secret in plain text, and the task that it belongs to."""

    group: str
    task: str
    name: str


def project_job(job: Mapping[str, JsonValue]) -> JobSpec:
    """The part of the job that a spec holds. Raises pydantic's ValidationError for a job without a name."""
    given = complete("Job", job)
    groups = [_docker_only(group) for group in objects(given["TaskGroups"])]
    masked = {key: _masked(value, key) for key, value in without_defaults({**given, "TaskGroups": [*groups]}).items()}
    spec = part_from_json(JOB, masked, lenient=True)
    assert isinstance(spec, JobSpec), "the table of jobs makes jobs"
    return spec


def json_of(spec: JobSpec) -> Json:
    """The spec as `lay_change` compares it."""
    return render_json(spec)


def secret_values(job: JsonValue, key: str = "") -> Iterator[str]:
    """Every value of the job that is a secret in plain text, so that it can be kept out of what is shown."""
    match job:
        case str() if "\n" in job:
            yield from secrets_in(job)
            yield from (value for line in job.splitlines() for value in secret_values(*reversed(_assigned(line))))
        case str() if _is_secret(key, job):
            yield from (job, *secrets_in(job))
        case list():
            yield from (value for item in job for value in secret_values(item, key))
            yield from secrets_in(json.dumps(_texts(job), ensure_ascii=False))
        case dict():
            yield from (value for name, item in job.items() for value in secret_values(item, name))
        case _:
            pass


def plain_secrets(spec: JobSpec) -> tuple[PlainSecret, ...]:
    """The variables whose values were masked."""
    return tuple(_plain(spec))


def secrets_of_variables(spec: JobSpec) -> tuple[tuple[PlainSecret, str], ...]:
    """The variables of tasks whose whole value is a secret that nothing gives a value, each with that one's name."""
    known = {stand_in(one.name): one.name for one in spec.missing_variables() if looks_secret(one.name)}
    return tuple(
        (PlainSecret(group=group.name, task=task.name, name=name), known[value])
        for group in spec.groups
        for task in group.tasks
        for name, value in task.env.items()
        if isinstance(value, str) and value in known
    )


def stand_in(variable: str) -> str:
    """What stands in a job for the value of a variable that has none."""
    return f"${{var.{variable}}}"


def _plain(spec: JobSpec) -> Iterator[PlainSecret]:
    for group in spec.groups:
        for task in group.tasks:
            for name, value in task.env.items():
                if value == KEPT_SECRET:
                    yield PlainSecret(group=group.name, task=task.name, name=name)


def _docker_only(group: Json) -> Json:
    return {**group, "Tasks": [task for task in objects(group["Tasks"]) if task["Driver"] == "docker"]}


def _masked(value: JsonValue, key: str = "") -> JsonValue:
    """The same without what is secret by its name or its shape; `${...}` and `{{ }}` only name where it comes from."""
    match value:
        case str():
            return KEPT_SECRET if _is_secret(key, value) else value
        case list():
            items = [_masked(item, key) for item in value]
            words = _texts(items)
            return [*mask_words(words)] if len(words) == len(items) else items
        case dict():
            return {name: _masked(item, name) for name, item in value.items()}
        case _:
            return value


def _texts(items: Sequence[JsonValue]) -> list[str]:
    return [item for item in items if isinstance(item, str)]


def _is_secret(name: str, value: str) -> bool:
    if "\n" in value:
        return holds_secret(value) or any(_is_secret(*_assigned(line)) for line in value.splitlines())
    refers = "${" in value or "{{" in value
    return bool(value) and looks_secret("" if refers else name, value)


def _assigned(line: str) -> tuple[str, str]:
    """A line of an environment file as name and value."""
    name, _, value = line.partition("=")
    return (name.strip().removeprefix("export "), value.strip()) if value else ("", line)
