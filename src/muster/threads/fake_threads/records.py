"""What the fake platform keeps: frozen records; a later one of the same kind and id takes the earlier one's place."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from muster.threads.fake_threads.engagement import World

EXPIRES_AFTER = timedelta(hours=24)
"""A container that was not published by then."""

ContainerEnd = Literal["FINISHED", "ERROR", "EXPIRED"]
"""What the processing of a container comes to."""
ContainerState = Literal["IN_PROGRESS", "FINISHED", "PUBLISHED", "ERROR", "EXPIRED"]


class Record(BaseModel):
    """Frozen, and closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Post(Record):
    """What a container asks to be published: the parameters of `POST /{user}/threads`."""

    media_type: Literal["TEXT", "IMAGE", "VIDEO", "CAROUSEL"]
    text: str = ""
    image_url: str = ""
    video_url: str = ""
    is_carousel_item: bool = False
    children: tuple[str, ...] = ()
    reply_to_id: str = ""
    quote_post_id: str = ""
    reply_control: str = "everyone"
    link_attachment: str = ""
    topic_tag: str = ""
    alt_text: str = ""


class User(Record):
    """An account. `followers`: before its first post here."""

    kind: Literal["user"] = "user"
    id: str
    username: str
    followers: int
    since: AwareDatetime


class Code(Record):
    """What `/oauth/authorize` hands over, for one token."""

    kind: Literal["code"] = "code"
    id: str
    user_id: str
    client_id: str
    redirect_uri: str
    expires_at: AwareDatetime
    used: bool = False


class Token(Record):
    """A user's access token; `id` is the token itself."""

    kind: Literal["token"] = "token"
    id: str
    user_id: str
    is_long: bool
    issued_at: AwareDatetime
    expires_at: AwareDatetime


class Container(Record):
    """Something to publish."""

    kind: Literal["container"] = "container"
    id: str
    user_id: str
    post: Post
    created_at: AwareDatetime
    ready_at: AwareDatetime
    ends: ContainerEnd = "FINISHED"
    media_id: str = ""

    def state(self, now: datetime) -> ContainerState:
        """How far it is by the platform's clock."""
        if self.media_id:
            return "PUBLISHED"
        if self.ends == "EXPIRED" or now >= self.created_at + EXPIRES_AFTER:
            return "EXPIRED"
        return self.ends if now >= self.ready_at else "IN_PROGRESS"


class Media(Record):
    """Something published."""

    kind: Literal["media"] = "media"
    id: str
    user_id: str
    container_id: str
    post: Post
    published_at: AwareDatetime
    hidden: bool = False


class Dials(Record):
    """What the controls turn, and a restart keeps."""

    kind: Literal["dials"] = "dials"
    id: Literal["dials"] = "dials"
    clock_offset_s: float = 0.0
    processing_s: float = 0.0
    """Seconds until a new container is FINISHED."""
    world: World = World()


AnyRecord = Annotated[User | Code | Token | Container | Media | Dials, Field(discriminator="kind")]
