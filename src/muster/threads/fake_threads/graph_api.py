"""The endpoints under /v1.0, as the Threads API documents them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from muster.threads.fake_threads import containers, insights, reading
from muster.threads.fake_threads import graph_errors as refuse
from muster.threads.fake_threads.failing import ENDS
from muster.threads.fake_threads.parameters import parameters, token_of
from muster.threads.fake_threads.platform import Platform
from muster.threads.fake_threads.records import ContainerEnd, Media, User

Given = Mapping[str, str]
Answer = Callable[[Platform, Request, User, Given], Any]


def routes(platform: Platform) -> list[Route]:
    """All of them; who asks is known before anything is done."""
    table: list[tuple[str, str, Answer]] = [
        ("POST", "/{user}/threads", _create),
        ("POST", "/{user}/threads_publish", _publish),
        ("GET", "/{user}/threads_publishing_limit", _limit),
        ("GET", "/{user}/threads", _posts),
        ("GET", "/{user}/replies", _replies),
        ("GET", "/{user}/threads_insights", _user_insights),
        ("GET", "/{media}/insights", _media_insights),
        ("GET", "/{media}/conversation", _conversation),
        ("POST", "/{media}/manage_reply", _manage_reply),
        ("GET", "/{node}", _node),
    ]
    return [Route(f"/v1.0{path}", _endpoint(platform, answer), methods=[method]) for method, path, answer in table]


def _endpoint(platform: Platform, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    async def respond(request: Request) -> Response:
        given = await parameters(request)
        reader = platform.bearer(token_of(request, given))
        return JSONResponse(answer(platform, request, reader, given))

    return respond


def _own(request: Request, reader: User) -> User:
    """The account in the path, which is the token's."""
    named = request.path_params["user"]
    if named not in ("me", reader.id):
        raise refuse.unknown_object(named)
    return reader


def _media(platform: Platform, media_id: str, reader: User) -> Media:
    """A post of the reader's, or a reply to one."""
    media = platform.ledger.media.get(media_id)
    if media is None or reader.id not in (media.user_id, reading.root_of(platform, media).user_id):
        raise refuse.unknown_object(media_id)
    return media


def _create(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    ends: ContainerEnd = getattr(request.state, ENDS, "FINISHED")
    container = containers.create(platform, _own(request, reader), given, ends)
    if containers.is_true(given, "auto_publish_text") and container.post.media_type == "TEXT":
        return {"id": containers.publish(platform, reader, container.id).id}
    return {"id": container.id}


def _publish(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    if not given.get("creation_id"):
        raise refuse.invalid("Param creation_id is required")
    return {"id": containers.publish(platform, _own(request, reader), given["creation_id"]).id}


def _limit(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    user = _own(request, reader)
    row = {
        "quota_usage": containers.quota_usage(platform, user, replies=False),
        "config": {"quota_total": containers.QUOTA, "quota_duration": 86_400},
        "reply_quota_usage": containers.quota_usage(platform, user, replies=True),
        "reply_config": {"quota_total": containers.REPLY_QUOTA, "quota_duration": 86_400},
    }
    asked = [name.strip() for name in given.get("fields", "quota_usage").split(",")]
    return {"data": [{name: row[name] for name in asked if name in row}]}


def _posts(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    posts = [media for media in platform.ledger.posts_of(_own(request, reader).id) if not media.post.reply_to_id]
    return _page(platform, reader, given, posts)


def _replies(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    """`/{user}/replies` are those that a user wrote, `/{media}/replies` the direct ones to a post."""
    named = request.path_params["user"]
    if named in ("me", reader.id):
        mine = [media for media in platform.ledger.posts_of(reader.id) if media.post.reply_to_id]
        return _page(platform, reader, given, mine)
    media = _media(platform, named, reader)
    return _page(platform, reader, given, platform.ledger.replies_to(media.id))


def _conversation(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    media = _media(platform, request.path_params["media"], reader)
    return _page(platform, reader, given, reading.conversation(platform, media))


def _manage_reply(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    """Hide a top-level reply, or show it again; whose post it is decides."""
    media = _media(platform, request.path_params["media"], reader)
    parent = platform.ledger.media.get(media.post.reply_to_id)
    if parent is None or parent.post.reply_to_id or parent.user_id != reader.id:
        raise refuse.invalid("Only direct replies to a post of yours can be hidden")
    if given.get("hide", "").lower() not in ("true", "false"):
        raise refuse.invalid("Param hide is true or false")
    platform.ledger.put(media.model_copy(update={"hidden": containers.is_true(given, "hide")}))
    return {"success": True}


def _user_insights(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    return {"data": insights.of_user(platform, _own(request, reader), given)}


def _media_insights(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    media = platform.ledger.media.get(request.path_params["media"])
    if media is None or media.user_id != reader.id:
        raise refuse.unknown_object(request.path_params["media"])
    return {"data": insights.of_media(platform, media, given)}


def _node(platform: Platform, request: Request, reader: User, given: Given) -> Any:
    """An account, a container's status, or a post."""
    node = request.path_params["node"]
    if node in ("me", reader.id):
        return reading.chosen(reading.profile(platform, reader), given)
    if (container := containers.own_container(platform, reader, node)) is not None:
        state = container.state(platform.now())
        fields: dict[str, Any] = {"id": container.id, "status": state}
        return reading.chosen(fields | ({"error_message": "UNKNOWN"} if state == "ERROR" else {}), given)
    return reading.chosen(reading.media_fields(platform, _media(platform, node, reader), reader), given)


def _page(platform: Platform, reader: User, given: Given, posts: list[Media]) -> Any:
    return reading.page(
        posts, given, lambda media: reading.chosen(reading.media_fields(platform, media, reader), given)
    )
