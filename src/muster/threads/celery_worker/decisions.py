"""What the worker decides, apart from asking and storing: pure."""

import hashlib
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from muster.threads.celery_worker.dedup.wording import bare_words
from muster.threads.celery_worker.ports import ContainerStatus, PlatformRefusedError, Quota, Twin
from muster.threads.common.contracts import Draft, Moderation
from muster.threads.common.personas import Persona, Schedule
from muster.threads.common.platform_text import compose, platform_problems, words_sha256
from muster.threads.common.schedule import after_quiet_hours
from muster.threads.common.states import TaskState
from muster.threads.db.neighbours import PENDING, STANDING, Chosen

MOST_ATTEMPTS = 8
"""Of one step; together its pauses are about nine minutes."""
MOST_CONTAINERS = 5
"""Of one task; together the pauses between them are some minutes."""
MOST_LOOKS = 7
"""For a post whose fate is unknown; together their pauses are about an hour."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 2.0, 600.0
_FIRST_LOOK_S = 3.0
_QUOTA_PAUSE = timedelta(hours=1)
_RATE_PAUSE = timedelta(minutes=1)
_LONGEST_RETRY_AFTER_S = 86_400.0
_CONTAINER_MOST_AGE = timedelta(hours=1)


@dataclass(frozen=True)
class Later:
    """Not now, but then, and why. `counts`: as a failed attempt."""

    at: datetime
    why: str
    counts: bool = False


def back_off_s(task_id: UUID, attempt: int) -> float:
    """Seconds before the next attempt, after `attempt` (from 1) failures: twice as long each time, and spread by the
    task, so that those that failed together don't come back together."""
    longest = min(_FIRST_PAUSE_S * 2 ** (attempt - 1), _LONGEST_PAUSE_S)
    return longest * random.Random(f"{task_id}:{attempt}").uniform(0.5, 1.0)


def new_container_s(task_id: UUID, spoilt: int) -> float:
    """Seconds before another container is made, after `spoilt` (from 1) that went wrong: four times the last pause."""
    return back_off_s(task_id, 2 * spoilt)


def look_again_s(task_id: UUID, looks: int) -> float | None:
    """Seconds before the next look, after `looks` (from 1); None: a person has to decide."""
    if looks >= MOST_LOOKS:
        return None
    return _FIRST_LOOK_S * 3 ** (looks - 1) * random.Random(f"{task_id}:look:{looks}").uniform(0.5, 1.0)


def day_of(schedule: Schedule, now: datetime) -> tuple[datetime, datetime]:
    """Beginning of the persona's day, and of its next."""
    zone = ZoneInfo(schedule.timezone)
    today = now.astimezone(zone).date()
    start, end = (datetime.combine(day, time(), tzinfo=zone) for day in (today, today + timedelta(days=1)))
    return start.astimezone(UTC), end.astimezone(UTC)


def decide_budget(persona: Persona, spent_usd: float, now: datetime) -> Later | None:
    """Whether another post may be written today. Nothing spent is always within: a budget of 0 is for a free writer."""
    if spent_usd <= 0 or spent_usd < persona.limits.usd_per_day:
        return None
    _, tomorrow = day_of(persona.schedule, now)
    return Later(tomorrow, f"{persona.id} has spent its {persona.limits.usd_per_day:g} dollars of today")


def draft_problem(draft: Draft) -> str:
    """Why a draft can't be judged: what is posted has to be the words that are judged, and nothing else."""
    if draft.text.split() != compose(draft.hook, draft.body).split():
        return "the text to be posted is not its hook and body"
    if problems := platform_problems(draft.text):
        return f"the platform would refuse it: {'; '.join(problems)}"
    return ""


def content_sha256(text: str) -> str:
    """Of the bare words: the same whatever their case, signs and spaces are. A text without words is taken as it is."""
    return hashlib.sha256((bare_words(text) or text).encode(errors="surrogatepass")).hexdigest()


def holds(verdict: Moderation | None, draft: Draft) -> bool:
    """Whether a verdict is on these words."""
    return verdict is not None and verdict.text_sha256 == words_sha256(draft.hook, draft.body)


def why_blocked(verdict: Moderation) -> str:
    """In words; empty: it may be said."""
    if verdict.verdict == "allowed":
        return ""
    if verdict.verdict == "support":
        return "it is about self-harm: a helper's words are called for, not a post"
    found = ", ".join(dict.fromkeys(f"{finding.category} ({finding.rule})" for finding in verdict.findings))
    return f"the guardrail blocked it: {found or 'without a reason'}"


def decide_twin(post_id: int, twins: Sequence[Twin], states: Mapping[int, TaskState]) -> Chosen | None:
    """The best twin that counts: one that passed already, or an older one that is on its way. So of posts that are
    alike and compared at the same time the oldest stays, whatever order they are compared in."""
    for twin in twins:
        state = states.get(twin.post_id)
        if state in STANDING or (state in PENDING and twin.post_id < post_id):
            how = {"same": "the same words as", "near": "nearly the same words as", "meaning": "it means the same as"}
            return Chosen(twin.post_id, f"{how[twin.how]} post {twin.post_id} ({twin.score:.2f})")
    return None


def decide_time(persona: Persona, publish_at: datetime | None, posted_today: int, now: datetime) -> Later | None:
    """Whether it may be published now: its own time, quiet hours, the persona's posts of the day."""
    at, why = now, ""
    if publish_at is not None and publish_at > at:
        at, why = publish_at, "it waits for its time"
    elif posted_today >= persona.limits.posts_per_day:
        _, at = day_of(persona.schedule, now)
        why = f"{persona.id} has posted its {persona.limits.posts_per_day} of today"
    awake = after_quiet_hours(persona.schedule, at)
    if awake > at:
        at, why = awake, why or f"{persona.id} has quiet hours"
    return Later(at, f"{why}, until {at:%Y-%m-%d %H:%M} UTC") if at > now else None


def decide_quota(quota: Quota, now: datetime) -> Later | None:
    """Whether the account may publish another one."""
    if quota.used < quota.most:
        return None
    return Later(now + _QUOTA_PAUSE, f"the platform's quota is used up: {quota.used} of {quota.most} in 24 hours")


def decide_refusal(task_id: UUID, attempts: int, refusal: PlatformRefusedError, now: datetime) -> Later:
    """When to ask again after a clear no. Quota and rate pass by themselves; whatever else is said counts."""
    asked_s = min(refusal.retry_after_s, _LONGEST_RETRY_AFTER_S) if refusal.retry_after_s else None
    asked = timedelta(seconds=asked_s) if asked_s else None
    if refusal.kind == "quota":
        return Later(now + (asked or _QUOTA_PAUSE), refusal.message)
    if refusal.kind == "rate_limited":
        return Later(now + (asked or _RATE_PAUSE), refusal.message)
    return Later(now + (asked or timedelta(seconds=back_off_s(task_id, attempts + 1))), refusal.message, counts=True)


def decide_container(status: ContainerStatus, container_at: datetime, now: datetime, *, was_tried: bool) -> Later | str:
    """For a container that can't be published yet: when to look again, or (text) why another one is needed. One whose
    publication was tried is given up only when the platform says that it expired or went wrong."""
    age = now - container_at
    if status.kind == "in_progress" and (was_tried or age < _CONTAINER_MOST_AGE):
        pause_s = min(max(age.total_seconds(), _FIRST_PAUSE_S), 60)
        return Later(now + timedelta(seconds=pause_s), "the platform still works on it")
    if status.kind == "in_progress":
        return "the platform did not finish it within an hour"
    return "it expired" if status.kind == "expired" else f"the platform could not make it: {status.message}"
