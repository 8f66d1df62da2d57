"""The simple way in: post without tokens and containers, and see everything that was posted."""

from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from muster.threads.common.contracts import PersonaId
from muster.threads.fake_threads import containers
from muster.threads.fake_threads.graph_errors import unknown_object
from muster.threads.fake_threads.platform import Platform
from muster.threads.fake_threads.reading import permalink
from muster.threads.fake_threads.records import Media

_LOCAL = "local"
"""Who posts without a name."""


class Shape(BaseModel):
    """Frozen and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SimplePost(Shape):
    """`{topic?, content}` or `{persona_id, text}`."""

    content: str = Field(default="", max_length=5000)
    topic: str = Field(default="", max_length=500)
    persona_id: PersonaId = _LOCAL
    text: str = Field(default="", max_length=5000)

    @model_validator(mode="after")
    def _says_something_once(self) -> Self:
        if bool(self.content) == bool(self.text):
            raise ValueError("a post has either content or text")
        return self


class Published(Shape):
    """A post on the platform."""

    id: str
    container_id: str
    persona_id: str
    text: str
    permalink: str
    published_at: AwareDatetime


class PublishedPage(Shape):
    """Posts, oldest first; `count` is of all."""

    count: int
    data: tuple[Published, ...]


class Pong(Shape):
    """It is there."""

    status: str = "ok"
    service: str = "fake-threads"


def router(platform: Platform) -> APIRouter:
    """`/publish`, `/published`, `/ping`."""
    routes = APIRouter(tags=["facade"])

    @routes.post("/publish")
    async def publish(post: SimplePost) -> Published:
        """One post, published at once; the platform's rules and its quota hold."""
        user = platform.sign_up(post.persona_id)
        given = {"media_type": "TEXT", "text": post.content or post.text}
        container = containers.create(platform, user, given, "FINISHED")
        platform.ledger.put(container.model_copy(update={"ready_at": container.created_at}))
        return _published(platform, containers.publish(platform, user, container.id))

    @routes.get("/published")
    async def published(
        persona_id: PersonaId | None = None,
        limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
        after: Annotated[str, Query(max_length=30)] = "",
    ) -> PublishedPage:
        """What was posted, from behind the post `after` on."""
        if after and after not in platform.ledger.media:
            raise unknown_object(after)
        posts = [media for media in platform.ledger.media.values() if persona_id in (None, _name(platform, media))]
        later = [_published(platform, media) for media in posts if media.id > after]
        return PublishedPage(count=len(posts), data=tuple(later[:limit]))

    @routes.get("/ping")
    async def ping() -> Pong:
        """Whether it is there, and which service it is."""
        return Pong()

    return routes


def _published(platform: Platform, media: Media) -> Published:
    return Published(
        id=media.id, container_id=media.container_id, persona_id=_name(platform, media), text=media.post.text,
        permalink=permalink(platform, media), published_at=media.published_at,
    )  # fmt: skip


def _name(platform: Platform, media: Media) -> str:
    return platform.ledger.users[media.user_id].username
