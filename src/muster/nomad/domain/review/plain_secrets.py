"""Secrets that stand in a job in plain text. A finding names the place, never the value."""

from collections.abc import Iterator, Mapping, Sequence

from muster.nomad.domain.existing.projection import KEPT_SECRET, secret_values
from muster.nomad.domain.findings import Finding
from muster.nomad.domain.review.detectors import holds_vendor_key
from muster.nomad.domain.review.kinds import finding
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import TaskSpec

_ADVICE = "Keep it in Vault or in a Nomad variable, and answer its variable by that place: vault:PATH#KEY."


def plain_secret_findings(spec: JobSpec, *, from_running: bool) -> Iterator[Finding]:
    """One for each place. `from_running`: what was masked stands in the job that runs, and is kept from there."""
    for where, text in _places(spec):
        kept = from_running and KEPT_SECRET in text
        if KEPT_SECRET in text or any(secret_values(text, where.rpartition(".")[2])) or holds_vendor_key(text):
            kind = "secret_kept" if kept else "secret_plain"
            yield finding(kind, f"a secret in plain text in {where}", where=where, advice=_ADVICE)


def _places(spec: JobSpec) -> Iterator[tuple[str, str]]:
    yield from _named("meta", spec.meta)
    for group in spec.groups:
        start = f"group.{group.name}"
        yield from _named(f"{start}.meta", group.meta)
        for service in group.services:
            yield from _listed(f"{start}.service.{service.name}.tags", service.tags)
        for task in group.tasks:
            yield from _of_task(f"{start}.task.{task.name}", task)


def _of_task(start: str, task: TaskSpec) -> Iterator[tuple[str, str]]:
    yield from _named(f"{start}.env", {name: value for name, value in task.env.items() if isinstance(value, str)})
    yield from _named(f"{start}.meta", task.meta)
    yield from _named(f"{start}.config.labels", task.config.labels)
    words = [*task.config.entrypoint, *([task.config.command] if task.config.command else []), *task.config.args]
    yield from _listed(f"{start}.config.args", words)
    for template in task.templates:
        yield f"{start}.template.{template.destination}", template.data
    for service in task.services:
        yield from _listed(f"{start}.service.{service.name}.tags", service.tags)


def _named(start: str, values: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    return ((f"{start}.{name}", value) for name, value in values.items())


def _listed(where: str, words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The words of a command together: an option's value is a secret by the option."""
    if words:
        yield where, " ".join(words)
