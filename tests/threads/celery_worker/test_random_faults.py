"""Whatever fails, and wherever a worker is killed: never published twice, never lost, every unknown surfaced."""

import random
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.core.errors import ServiceFailureError, ServiceTimeoutError, UnreachableError
from muster.threads.celery_worker.pipeline import publish_post
from muster.threads.celery_worker.ports import PlatformRefusedError
from muster.threads.celery_worker.tasks import HARD_LIMIT_S
from muster.threads.common.states import ENDED
from muster.threads.db import migrating
from muster.threads.db.engine import Database, sqlite_url
from muster.threads.db.leasing import LEASE_S
from muster.threads.db.story import story_after
from threads.celery_worker.fakes import Crew


class Killed(BaseException):
    """As a SIGKILL: nothing of the worker's own runs any more."""


FAULTS = (
    lambda: ServiceTimeoutError("no answer"),
    lambda: UnreachableError("cut"),
    lambda: ServiceFailureError("502"),
    Killed,
)
REFUSALS = ("not_ready", "rate_limited", "quota", "token")


def chaos(seed: int, share: float):
    """Faults before and after each call of a port; a clear no only before it, for it means that nothing was done."""
    dice = random.Random(seed)

    def hook(call: str) -> None:
        if dice.random() >= share:
            return
        if call in ("create", "publish", "quota") and dice.random() < 0.3:
            raise PlatformRefusedError(dice.choice(REFUSALS), "no")
        raise dice.choice(FAULTS)()

    return hook


class KillingDatabase(Database):
    """Kills the worker right before or after one of its commits."""

    def __init__(self, url: str, seed: int, share: float) -> None:
        super().__init__(url)
        self._dice, self.share = random.Random(seed), share

    def begin(self):
        return _Transaction(super().begin(), self._dice, self.share)


class _Transaction:
    def __init__(self, inner, dice: random.Random, share: float) -> None:
        self._inner, self._dice, self._share = inner, dice, share

    def __enter__(self):
        return self._inner.__enter__()

    def __exit__(self, kind, error, trace):
        if kind is None and self._dice.random() < self._share:
            self._inner.__exit__(Killed, Killed(), None)  # before the commit: rolled back
            raise Killed
        left = self._inner.__exit__(kind, error, trace)
        if kind is None and self._dice.random() < self._share:
            raise Killed
        return left


def run_to_the_end(crew: Crew, task_ids: list) -> None:
    """Workers come and are killed; time passes; the last ones are lucky."""
    for round_ in range(400):
        calm = round_ > 60
        if calm:
            crew.writer.hook = crew.twins.hook = crew.platform.hook = lambda _call: None
            crew.database.share = 0
        for task_id in task_ids:
            with suppress(Killed, UnreachableError):
                publish_post(crew.worker(), task_id)
        crew.clock.advance(LEASE_S + 1)
        if all(crew.row(task_id).next_attempt_at is None for task_id in task_ids):
            return
    raise AssertionError([crew.told(task_id)[-3:] for task_id in task_ids])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), share=st.sampled_from([0.05, 0.15, 0.3]))
def test_nothing_is_published_twice_or_lost(seed: int, share: float) -> None:
    with TemporaryDirectory() as folder:
        database = KillingDatabase(sqlite_url(Path(folder) / "threads.db"), seed, 0)
        migrating.upgrade(database)
        crew = Crew(database)
        tasks = [crew.task(f"subject {number}") for number in range(3)] + [crew.task("subject 0")]
        database.share = share / 4
        crew.writer.hook = crew.twins.hook = crew.platform.hook = chaos(seed, share)
        run_to_the_end(crew, tasks)
        check(crew, tasks)
        database.dispose()


def check(crew: Crew, tasks: list) -> None:
    texts = crew.platform.texts()
    assert len(texts) == len(set(texts)), "published twice"
    out = 0
    for task_id in tasks:
        state = crew.state(task_id)
        assert state in ENDED or state == "unknown" or "given up" in crew.row(task_id).reason
        if state == "published":
            out += 1
            assert crew.publication(task_id).media_id in {media for media, _, _ in crew.platform.published}
        with crew.database.read() as session:
            numbers = [event.seq for event in story_after(session, task_id, 0)]
        assert numbers == list(range(1, len(numbers) + 1))
    surfaced = [task for task in tasks if crew.state(task) in ("unknown", "container_created")]
    assert out <= len(texts) <= out + len(surfaced), "a post is out that no task knows of"


def test_a_lease_outlives_every_message() -> None:
    assert timedelta(seconds=HARD_LIMIT_S) < timedelta(seconds=LEASE_S)
