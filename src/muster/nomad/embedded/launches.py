"""Jobs that launch others: periodic ones at their times, parameterized ones when they are dispatched."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from muster.nomad.embedded.agenda import Agenda, Appointment
from muster.nomad.embedded.chance import Chance
from muster.nomad.embedded.cron import next_ns
from muster.nomad.embedded.snappy import literal
from muster.nomad.embedded.state.jobs import Job
from muster.nomad.embedded.state.reading import read_spec
from muster.nomad.embedded.state.store import JobKey, Store
from muster.nomad.embedded.state.values import SECOND, Evaluation

KEPT_NS = 4 * 3600 * SECOND

Json = dict[str, Any]
Forget = Callable[[JobKey], None]
Draft = Callable[[Job, str], Evaluation]
Enqueue = Callable[[Evaluation], Evaluation]


class Launches:
    """Keeps the next time of each periodic job; `draft` and `enqueue` make a job's evaluation, `forget` its end."""

    def __init__(
        self, store: Store, agenda: Agenda, chance: Chance, draft: Draft, enqueue: Enqueue, forget: Forget
    ) -> None:
        self._store = store
        self._agenda = agenda
        self._chance = chance
        self._draft = draft
        self._enqueue = enqueue
        self._forget = forget
        self._next: dict[JobKey, Appointment] = {}

    def track(self, key: JobKey) -> None:
        """A job changed: its next launch is that of its current version, or there is none any more."""
        planned = self._next.pop(key, None)
        if planned is not None:
            planned.cancel()
        job = self._store.jobs.get(key)
        at_ns = next_launch_ns(job, self._agenda.now_ns) if job is not None else None
        if at_ns is not None:
            self._next[key] = self._agenda.at(at_ns, partial(self._due, key, at_ns))

    def force(self, job: Job) -> Evaluation:
        """Launch a periodic job now, whatever runs of it already."""
        return self._launch(job, self._agenda.now_ns)

    def dispatch(self, job: Job, payload: bytes, meta: Mapping[str, str]) -> tuple[Job, Evaluation]:
        """A child of a parameterized job, with its payload and meta; its evaluation comes under an index of its own."""
        self._store.advance()
        seconds = self._agenda.now_ns // SECOND
        identifier = f"{job.id}/dispatch-{seconds}-{self._chance.identifier()[:8]}"
        own: Json = {
            "Dispatched": True,
            "Meta": {**(job.definition["Meta"] or {}), **meta} or None,
            "Payload": base64.b64encode(literal(payload)).decode(),
        }
        child = self._child(job, identifier, own)
        self._store.advance()
        drafted = replace(self._draft(child, "job-register"), job_modify_index=child.create_index)
        return child, self._enqueue(drafted)

    def _due(self, key: JobKey, at_ns: int) -> None:
        self._next.pop(key, None)
        job = self._store.jobs.get(key)
        if job is None:
            return
        self._forget_old(key)
        if not (job.definition["Periodic"]["ProhibitOverlap"] and self._child_runs(key)):
            self._launch(job, at_ns)
        self.track(key)

    def _launch(self, job: Job, at_ns: int) -> Evaluation:
        self._store.advance()
        identifier = f"{job.id}/periodic-{at_ns // SECOND}"
        child = self._child(job, identifier, {"Periodic": None})
        drafted = replace(self._draft(child, "periodic-job"), job_modify_index=child.job_modify_index)
        return self._enqueue(drafted)

    def _child(self, parent: Job, identifier: str, own: Json) -> Job:
        definition = {**parent.definition, "ID": identifier, "Name": identifier, "ParentID": parent.id, **own}
        index, known = self._store.index, self._store.jobs.get((parent.namespace, identifier))
        child = Job(
            id=identifier,
            namespace=parent.namespace,
            definition=definition,
            spec=read_spec(definition),
            submit_ns=self._agenda.now_ns,
            version=known.version + 1 if known else 0,
            create_index=known.create_index if known else index,
            modify_index=index,
            job_modify_index=index,
        )
        self._store.put_version(child)
        self._store.touch_summary((parent.namespace, parent.id))
        return child

    def _forget_old(self, key: JobKey) -> None:
        """What a launch came to is forgotten some hours after its end, as Nomad's garbage collection does."""
        for child in [k for k, job in self._store.jobs.items() if job.parent == key and job.status == "dead"]:
            ended_ns = max((e.modify_ns for e in self._store.job_evaluations(child)), default=0)
            ended_ns = max((a.modify_ns for a in self._store.job_allocations(child)), default=ended_ns)
            if ended_ns + KEPT_NS < self._agenda.now_ns:
                self._forget(child)

    def _child_runs(self, key: JobKey) -> bool:
        children = [k for k, job in self._store.jobs.items() if job.parent == key]
        return any(
            any(not e.terminal for e in self._store.job_evaluations(k))
            or any(not a.terminal for a in self._store.job_allocations(k))
            for k in children
        )


def next_launch_ns(job: Job, after_ns: int) -> int | None:
    """When a periodic job is due next; None for one that is stopped, switched off or never due."""
    periodic: Json | None = job.definition["Periodic"]
    if periodic is None or not periodic["Enabled"] or job.stop or periodic["SpecType"] != "cron":
        return None
    return next_ns(str(periodic["Spec"]), str(periodic["TimeZone"]), after_ns)
