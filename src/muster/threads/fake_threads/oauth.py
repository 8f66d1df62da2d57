"""OAuth as the platform documents it: a code, a token of an hour, a long one of 60 days, and its refreshing.

Whoever asks the fake for a code gets it, in the name that `username` says (the real one has a person log in).
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from secrets import token_urlsafe
from urllib.parse import urlencode

from pydantic import JsonValue
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from muster.core.web.api_keys import ApiKey, caller_of
from muster.threads.common.service_door import WRITES
from muster.threads.fake_threads import graph_errors as refuse
from muster.threads.fake_threads.parameters import parameters
from muster.threads.fake_threads.platform import Platform
from muster.threads.fake_threads.records import Code, Token

SHORT, LONG = timedelta(hours=1), timedelta(days=60)
REFRESHABLE_AFTER = timedelta(hours=24)
_CODE_FOR = timedelta(hours=1)
_MOST_NAME = 64


def routes(platform: Platform, keys: Sequence[ApiKey] = ()) -> list[Route]:
    """The four endpoints. Where there are keys, one of them is the app's secret."""

    async def authorize(request: Request) -> Response:
        given = await parameters(request)
        query = urlencode({"code": _new_code(platform, given).id, **_state(given)})
        return RedirectResponse(f"{given['redirect_uri']}?{query}#_", 302)

    async def short(request: Request) -> Response:
        given = await parameters(request)
        _check_secret(given, keys)
        token = _for_code(platform, given)
        return JSONResponse({"access_token": token.id, "user_id": int(token.user_id)})

    async def long(request: Request) -> Response:
        given = await parameters(request)
        _check_secret(given, keys)
        return JSONResponse(_for_short(platform, given))

    async def refresh(request: Request) -> Response:
        return JSONResponse(_for_long(platform, await parameters(request)))

    return [
        Route("/oauth/authorize", authorize, methods=["GET"]),
        Route("/oauth/access_token", short, methods=["POST"]),
        Route("/access_token", long, methods=["GET"]),
        Route("/refresh_access_token", refresh, methods=["GET"]),
    ]


def _check_secret(given: Mapping[str, str], keys: Sequence[ApiKey]) -> None:
    """Raises GraphError; without keys any secret will do."""
    caller = caller_of(keys, given.get("client_secret", ""))
    if keys and (caller is None or not caller.may(WRITES)):
        raise refuse.GraphError(400, 101, "Error validating client secret: it is no API key that may write")


def _new_code(platform: Platform, given: Mapping[str, str]) -> Code:
    redirect, username = given.get("redirect_uri", ""), given.get("username", "fake")
    if given.get("response_type") != "code" or not given.get("client_id"):
        raise refuse.invalid("response_type is code, and client_id says which app asks")
    if not redirect.startswith(("http://", "https://")) or not 1 <= len(username) <= _MOST_NAME:
        raise refuse.invalid("redirect_uri is an http address, and username has 1 to 64 characters")
    code = Code(
        id=token_urlsafe(24), user_id=platform.sign_up(username).id, client_id=given["client_id"],
        redirect_uri=redirect, expires_at=platform.now() + _CODE_FOR,
    )  # fmt: skip
    platform.ledger.put(code)
    return code


def _state(given: Mapping[str, str]) -> Mapping[str, str]:
    return {"state": given["state"]} if "state" in given else {}


def _for_code(platform: Platform, given: Mapping[str, str]) -> Token:
    if given.get("grant_type") != "authorization_code" or not given.get("client_secret"):
        raise refuse.invalid("grant_type is authorization_code, and client_secret is the app's")
    code = platform.ledger.codes.get(given.get("code", "").removesuffix("#_"))
    if code is None or code.used or code.expires_at <= platform.now():
        raise refuse.GraphError(400, 100, "This authorization code has been used or is unknown", subcode=36009)
    if (code.client_id, code.redirect_uri) != (given.get("client_id"), given.get("redirect_uri")):
        raise refuse.invalid("client_id and redirect_uri must be those that asked for the code")
    token = _new_token(platform, code.user_id, is_long=False)
    platform.ledger.put(code.model_copy(update={"used": True}), token)
    return token


def _for_short(platform: Platform, given: Mapping[str, str]) -> Mapping[str, JsonValue]:
    if given.get("grant_type") != "th_exchange_token" or not given.get("client_secret"):
        raise refuse.invalid("grant_type is th_exchange_token, and client_secret is the app's")
    return _longer(platform, given, is_long=False)


def _for_long(platform: Platform, given: Mapping[str, str]) -> Mapping[str, JsonValue]:
    if given.get("grant_type") != "th_refresh_token":
        raise refuse.invalid("grant_type is th_refresh_token")
    return _longer(platform, given, is_long=True)


def _longer(platform: Platform, given: Mapping[str, str], *, is_long: bool) -> Mapping[str, JsonValue]:
    """A new token of 60 days for one that is valid and of the right kind; the old one keeps its own time."""
    user = platform.bearer(given.get("access_token", ""))
    old = platform.ledger.tokens[given["access_token"]]
    if old.is_long != is_long:
        raise refuse.invalid("A short token is exchanged, a long one refreshed")
    if is_long and platform.now() - old.issued_at < REFRESHABLE_AFTER:
        raise refuse.invalid("A long token can be refreshed when it is 24 hours old")
    token = _new_token(platform, user.id, is_long=True)
    platform.ledger.put(token)
    return {"access_token": token.id, "token_type": "bearer", "expires_in": int(LONG.total_seconds())}


def _new_token(platform: Platform, user_id: str, *, is_long: bool) -> Token:
    now = platform.now()
    return Token(id=f"TH{token_urlsafe(32)}", user_id=user_id, is_long=is_long, issued_at=now,
                 expires_at=now + (LONG if is_long else SHORT))  # fmt: skip
