"""What can be read: profiles, posts and replies, with the fields that were asked for, page by page."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from pydantic import JsonValue

from muster.threads.common.platform_text import links_in
from muster.threads.fake_threads.graph_errors import invalid
from muster.threads.fake_threads.platform import Platform
from muster.threads.fake_threads.records import Media, User

Fields = Mapping[str, JsonValue]
_PAGE, _MOST_OF_A_PAGE = 25, 100
_SITE = "https://www.threads.net"
_TYPES = {"TEXT": "TEXT_POST", "IMAGE": "IMAGE", "VIDEO": "VIDEO", "CAROUSEL": "CAROUSEL_ALBUM"}


def profile(platform: Platform, user: User) -> Fields:
    """All fields of an account."""
    return {"id": user.id, "username": user.username, "name": user.username.replace("-", " ").title(),
            "threads_profile_picture_url": f"{_SITE}/pictures/{user.id}.jpg", "is_verified": False,
            "threads_biography": f"An account of the fake platform, since {_stamp(user.since)}."}  # fmt: skip


def media_fields(platform: Platform, media: Media, reader: User) -> Fields:
    """All fields of a post; those that do not apply are left out, as the platform does."""
    post, owner = media.post, platform.ledger.users[media.user_id]
    fields: dict[str, JsonValue] = {
        "id": media.id, "media_product_type": "THREADS", "media_type": _TYPES[post.media_type], "text": post.text,
        "permalink": permalink(platform, media), "owner": {"id": owner.id}, "username": owner.username,
        "timestamp": _stamp(media.published_at), "shortcode": shortcode(media), "is_reply": bool(post.reply_to_id),
        "is_quote_post": bool(post.quote_post_id), "has_replies": bool(platform.ledger.replies_to(media.id)),
        "reply_audience": post.reply_control.upper(), "media_url": post.image_url or post.video_url,
        "topic_tag": post.topic_tag, "alt_text": post.alt_text, "hide_status": "HIDDEN" if media.hidden else "",
        "link_attachment_url": post.link_attachment or next(iter(links_in(post.text)), ""),
    }  # fmt: skip
    present = {name: value for name, value in fields.items() if value != ""}
    return {**present, **_reply_fields(platform, media, reader)}


def chosen(fields: Fields, given: Mapping[str, str]) -> Fields:
    """Those that `fields` names; the id is always there. Raises GraphError 100 for too many names."""
    names = [name.strip() for name in given.get("fields", "").split(",") if name.strip()]
    if len(names) > 100:
        raise invalid("Param fields names more than 100")
    return {"id": fields["id"], **{name: fields[name] for name in names if name in fields}}


def page(
    posts: Sequence[Media], given: Mapping[str, str], render: Callable[[Media], Fields]
) -> Mapping[str, JsonValue]:
    """A page of posts, newest first, and its cursors. Raises GraphError 100 for a bad bound."""
    since, until = moment(given.get("since", "")), moment(given.get("until", ""))
    earliest, latest = since or datetime.min.replace(tzinfo=UTC), until or datetime.max.replace(tzinfo=UTC)
    wanted = [media for media in reversed(posts) if earliest <= media.published_at <= latest]
    size, start = _size(given.get("limit", "")), _start(wanted, given)
    taken = wanted[start : start + size]
    answer: dict[str, JsonValue] = {"data": [dict(render(media)) for media in taken]}
    if taken:
        cursors: dict[str, JsonValue] = {"before": _cursor(taken[0])}
        if start + size < len(wanted):
            cursors["after"] = _cursor(taken[-1])
        answer["paging"] = {"cursors": cursors}
    return answer


def conversation(platform: Platform, media: Media) -> list[Media]:
    """All replies to a post and to its replies, oldest first."""
    found, open_ends = list[Media](), [media]
    while open_ends:
        direct = platform.ledger.replies_to(open_ends.pop().id)
        found += direct
        open_ends += direct
    return sorted(found, key=lambda one: one.id)


def root_of(platform: Platform, media: Media) -> Media:
    """The post that a reply hangs below; of a post, itself."""
    while media.post.reply_to_id:
        media = platform.ledger.media[media.post.reply_to_id]
    return media


def moment(text: str) -> datetime | None:
    """A Unix time or an ISO date. Raises GraphError 100 for anything else."""
    if not text:
        return None
    try:
        if text.isdigit():
            return datetime.fromtimestamp(int(text), UTC)
        read = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError) as error:
        raise invalid(f"{text[:50]!r} is no Unix time and no date") from error
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def permalink(platform: Platform, media: Media) -> str:
    """Where people would see it."""
    return f"{_SITE}/@{platform.ledger.users[media.user_id].username}/post/{shortcode(media)}"


def shortcode(media: Media) -> str:
    """The id, shorter."""
    return _text64(int(media.id).to_bytes(8, "big"))


def _reply_fields(platform: Platform, media: Media, reader: User) -> Fields:
    if not media.post.reply_to_id:
        return {}
    return {"replied_to": {"id": media.post.reply_to_id}, "root_post": {"id": root_of(platform, media).id},
            "is_reply_owned_by_me": media.user_id == reader.id}  # fmt: skip


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")


def _size(text: str) -> int:
    if text and not (text.isdigit() and 1 <= int(text) <= _MOST_OF_A_PAGE):
        raise invalid(f"Param limit is a number from 1 to {_MOST_OF_A_PAGE}")
    return int(text or _PAGE)


def _start(posts: Sequence[Media], given: Mapping[str, str]) -> int:
    """Where the page begins: behind `after`, or a page before `before`."""
    ids = {_cursor(media): number for number, media in enumerate(posts)}
    after, before = given.get("after", ""), given.get("before", "")
    if any(cursor and cursor not in ids for cursor in (after, before)):
        raise invalid("That cursor is of no post in this list")
    if before:
        return max(ids[before] - _size(given.get("limit", "")), 0)
    return ids[after] + 1 if after else 0


def _cursor(media: Media) -> str:
    return _text64(media.id.encode())


def _text64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")
