"""Two steps to a post: a container, then its publication; what is refused is refused by the documented rules."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Literal, cast, get_args

from muster.threads.common.platform_text import MOST_LINKS, links_in, platform_problems
from muster.threads.fake_threads import graph_errors as refuse
from muster.threads.fake_threads.platform import Platform
from muster.threads.fake_threads.records import Container, ContainerEnd, Media, Post, User

QUOTA = 250
REPLY_QUOTA = 1000
QUOTA_WINDOW = timedelta(hours=24)
CONTAINER_PREFIX = "18"
_MEDIA_PREFIX = "17"
_MOST_CHILDREN, _LEAST_CHILDREN = 20, 2
_MOST_ALT_TEXT = 1000
_MediaType = Literal["TEXT", "IMAGE", "VIDEO", "CAROUSEL"]
_REPLY_CONTROLS = ("everyone", "accounts_you_follow", "mentioned_only", "parent_post_author_only", "followers_only")
_TOPIC = re.compile(r"[^.&\s][^.&]{0,49}")


def create(platform: Platform, user: User, given: Mapping[str, str], ends: ContainerEnd) -> Container:
    """A new container. Raises GraphError 100 for parameters that can't be published."""
    post = _post(given)
    for problem in (_wrong_media(post), _wrong_text(post), _wrong_links(platform, user, post)):
        if problem:
            raise refuse.invalid(problem)
    now = platform.now()
    container = Container(
        id=platform.ledger.new_id(CONTAINER_PREFIX), user_id=user.id, post=post, created_at=now, ends=ends,
        ready_at=now + timedelta(seconds=platform.ledger.dials.processing_s),
    )  # fmt: skip
    platform.ledger.put(container)
    return container


def own_container(platform: Platform, user: User, container_id: str) -> Container | None:
    """A user's container of that id."""
    container = platform.ledger.containers.get(container_id)
    return container if container is not None and container.user_id == user.id else None


def publish(platform: Platform, user: User, container_id: str) -> Media:
    """Publish a container, once. Raises GraphError: not ready, published already, of no use, or the quota is used."""
    container, now = own_container(platform, user, container_id), platform.now()
    if container is None:
        raise refuse.not_ready(container_id)
    match container.state(now):
        case "IN_PROGRESS":
            raise refuse.not_ready(container_id)
        case "PUBLISHED":
            raise refuse.already_published(container_id)
        case "ERROR" | "EXPIRED" as state:
            raise refuse.invalid(f"The container {container_id} can't be published: it is {state}")
        case "FINISHED":
            return _publish(platform, container, now)


def quota_usage(platform: Platform, user: User, *, replies: bool) -> int:
    """How many posts, or replies, were published in the last 24 hours."""
    since, used = platform.now() - QUOTA_WINDOW, 0
    for media in platform.ledger.latest_of(user.id):
        if media.published_at <= since:
            break
        used += bool(media.post.reply_to_id) == replies
    return used


def _publish(platform: Platform, container: Container, now: datetime) -> Media:
    replies = bool(container.post.reply_to_id)
    user = platform.ledger.users[container.user_id]
    if quota_usage(platform, user, replies=replies) >= (REPLY_QUOTA if replies else QUOTA):
        raise refuse.quota_used()
    if container.post.is_carousel_item:
        raise refuse.invalid("An item of a carousel is published with its carousel")
    media = Media(
        id=platform.ledger.new_id(_MEDIA_PREFIX), user_id=user.id, container_id=container.id, post=container.post,
        published_at=now,
    )  # fmt: skip
    platform.ledger.put(media, container.model_copy(update={"media_id": media.id}))
    return media


def _post(given: Mapping[str, str]) -> Post:
    kind = given.get("media_type", "").upper()
    if kind not in get_args(_MediaType):
        raise refuse.invalid("Param media_type must be one of TEXT, IMAGE, VIDEO, CAROUSEL")
    texts = {name: given.get(name, "") for name in ("text", "image_url", "video_url", "reply_to_id", "quote_post_id",
                                                    "link_attachment", "topic_tag", "alt_text")}  # fmt: skip
    children = tuple(part.strip(' "') for part in given.get("children", "").strip("[]").split(",") if part.strip(' "'))
    return Post(
        media_type=cast(_MediaType, kind), children=children, is_carousel_item=is_true(given, "is_carousel_item"),
        reply_control=given.get("reply_control", "everyone"), **texts,
    )  # fmt: skip


def is_true(given: Mapping[str, str], name: str) -> bool:
    """A boolean parameter; absent is false."""
    return given.get(name, "").lower() in ("true", "1")


def _wrong_media(post: Post) -> str:
    wanted = {"IMAGE": post.image_url, "VIDEO": post.video_url}.get(post.media_type)
    if wanted is not None and not wanted.startswith(("http://", "https://")):
        return f"A post of type {post.media_type} needs the public address of its {post.media_type.lower()}"
    if post.media_type == "CAROUSEL" and not _LEAST_CHILDREN <= len(post.children) <= _MOST_CHILDREN:
        return f"A carousel has {_LEAST_CHILDREN} to {_MOST_CHILDREN} children"
    if post.is_carousel_item and post.media_type not in ("IMAGE", "VIDEO"):
        return "An item of a carousel is an IMAGE or a VIDEO"
    return ""


def _wrong_text(post: Post) -> str:
    problems = platform_problems(post.text)
    if problems and (post.text or post.media_type == "TEXT"):
        return f"The text can't be posted: {'; '.join(problems)}"
    if len(post.alt_text) > _MOST_ALT_TEXT:
        return f"Param alt_text has more than {_MOST_ALT_TEXT} characters"
    if post.topic_tag and not _TOPIC.fullmatch(post.topic_tag):
        return "Param topic_tag has 1 to 50 characters, without periods and ampersands"
    return "" if post.reply_control in _REPLY_CONTROLS else f"Param reply_control must be one of {_REPLY_CONTROLS}"


def _wrong_links(platform: Platform, user: User, post: Post) -> str:
    if post.link_attachment and post.media_type != "TEXT":
        return "Param link_attachment goes with text posts alone"
    if len({*links_in(post.text), *([post.link_attachment] if post.link_attachment else [])}) > MOST_LINKS:
        return f"A post has at most {MOST_LINKS} links"
    for parent in filter(None, (post.reply_to_id, post.quote_post_id)):
        if parent not in platform.ledger.media:
            return f"There is no post {parent[:50]} to reply to or to quote"
    items = [own_container(platform, user, child) for child in post.children]
    if not all(item is not None and item.post.is_carousel_item for item in items):
        return "The children of a carousel are containers of yours with is_carousel_item"
    return ""
