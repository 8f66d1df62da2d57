"""Insights of a post and of an account, in the shape of the real ones, out of the engagement simulator."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import JsonValue

from muster.threads.common.platform_text import links_in
from muster.threads.fake_threads.engagement import METRICS
from muster.threads.fake_threads.graph_errors import invalid
from muster.threads.fake_threads.platform import Platform
from muster.threads.fake_threads.reading import moment
from muster.threads.fake_threads.records import Media, User

Insight = Mapping[str, JsonValue]
_OF_USERS = ("views", "likes", "replies", "reposts", "quotes", "clicks", "followers_count")
_DAY = timedelta(days=1)
_MOST_DAYS = 400


def of_media(platform: Platform, media: Media, given: Mapping[str, str]) -> Sequence[Insight]:
    """Lifetime counts of a post. `replies` counts those that were written here too. Raises GraphError 100."""
    now = platform.now()
    found: list[Insight] = []
    for metric in _metrics(given, METRICS):
        count = platform.count_of(media, metric, now)
        if metric == "replies":
            count += len(platform.ledger.replies_to(media.id))
        found.append(_insight(metric, "lifetime", media.id, {"values": [{"value": count}]}))
    return found


def of_user(platform: Platform, user: User, given: Mapping[str, str]) -> Sequence[Insight]:
    """What came to an account from `since` to `until` (by default yesterday and today). Raises GraphError 100."""
    since, until = _window(platform, given)
    return [_of_user(platform, user, metric, since, until) for metric in _metrics(given, _OF_USERS)]


def _of_user(platform: Platform, user: User, metric: str, since: datetime, until: datetime) -> Insight:
    if metric == "followers_count":
        total = platform.followers_of(user, platform.now())  # the platform knows no earlier count
        return _insight(metric, "day", user.id, {"total_value": {"value": total}})
    if metric == "views":
        return _insight(metric, "day", user.id, {"values": _views_by_day(platform, user, since, until)})
    if metric == "clicks":
        return _insight(metric, "day", user.id, {"link_total_values": _clicks(platform, user, since, until)})
    total = sum(_between(platform, media, metric, since, until) for media in platform.ledger.posts_of(user.id))
    return _insight(metric, "day", user.id, {"total_value": {"value": total}})


def _views_by_day(platform: Platform, user: User, since: datetime, until: datetime) -> list[JsonValue]:
    days: list[JsonValue] = []
    while since < until:
        end = min(since + _DAY, until)
        seen = sum(_between(platform, media, "views", since, end) for media in platform.ledger.posts_of(user.id))
        days.append({"value": seen, "end_time": end.strftime("%Y-%m-%dT%H:%M:%S+0000")})
        since = end
    return days


def _clicks(platform: Platform, user: User, since: datetime, until: datetime) -> list[JsonValue]:
    by_link: dict[str, int] = {}
    for media in platform.ledger.posts_of(user.id):
        for link in links_in(f"{media.post.text} {media.post.link_attachment}")[:1]:
            by_link[link] = by_link.get(link, 0) + _between(platform, media, "clicks", since, until)
    return [{"link_url": link, "value": clicks} for link, clicks in by_link.items()]


def _between(platform: Platform, media: Media, metric: str, since: datetime, until: datetime) -> int:
    reception = platform.reception_of(media)
    before, after = ((at - media.published_at).total_seconds() for at in (since, until))
    return reception.count(metric, after) - reception.count(metric, before)


def _window(platform: Platform, given: Mapping[str, str]) -> tuple[datetime, datetime]:
    now = platform.now()
    until = min(moment(given.get("until", "")) or now, now)
    since = moment(given.get("since", "")) or now.replace(hour=0, minute=0, second=0, microsecond=0) - _DAY
    if since > until or until - since > _MOST_DAYS * _DAY:
        raise invalid(f"since is before until, by at most {_MOST_DAYS} days")
    return since, until


def _metrics(given: Mapping[str, str], known: Sequence[str]) -> Sequence[str]:
    asked = [name.strip() for name in given.get("metric", "").split(",") if name.strip()]
    if not asked or not set(asked) <= set(known):
        raise invalid(f"Param metric must be some of {', '.join(known)}")
    return asked


def _insight(name: str, period: str, object_id: str, counts: Mapping[str, JsonValue]) -> Insight:
    words = name.replace("_", " ")
    return {"name": name, "period": period, **counts, "title": words.title(),
            "description": f"The number of {words}.", "id": f"{object_id}/insights/{name}/{period}"}  # fmt: skip
