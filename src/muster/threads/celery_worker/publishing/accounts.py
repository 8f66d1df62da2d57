"""Whose name a persona posts in: its account and token, renewed a week before it ends. Tokens are never logged."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from pydantic import SecretStr
from sqlalchemy.exc import IntegrityError

from muster.core.clock import Clock
from muster.core.errors import ServiceError, ServiceFailureError
from muster.core.redaction import remember_secrets
from muster.threads.celery_worker.ports import PlatformRefusedError
from muster.threads.celery_worker.publishing.graph_answers import Answer
from muster.threads.celery_worker.publishing.graph_client import GraphClient
from muster.threads.db.accounts import account_of, locked_account, put_account
from muster.threads.db.engine import Database
from muster.threads.db.models import AccountRow

RENEW_BEFORE = timedelta(days=7)
"""A token of 60 days: there is a week in which the platform may be away."""
RENEWABLE_AFTER = timedelta(hours=24)
"""The platform refreshes no younger token."""
_REMEMBERED_S = 60.0
_REAL_HOST = "threads.net"
_FAKE_APP = {"client_id": "muster", "redirect_uri": "http://127.0.0.1/signed-in"}
NO_SECRET = "fake"
"""A fake without API keys takes any."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Account:
    """A user of the platform, and the right to speak for it."""

    user_id: str
    token: SecretStr


class Accounts:
    """Accounts of the database: the real platform's are put there by `accounts_file`, on a fake everybody signs up."""

    def __init__(self, database: Database, graph: GraphClient, clock: Clock, fake_secret: str = NO_SECRET) -> None:
        self._fake_secret = fake_secret
        self._database, self._graph, self._clock = database, graph, clock
        self._known: dict[str, tuple[float, Account]] = {}
        self._signed_out: set[str] = set()
        self._is_fake = not is_real(graph.host)

    def of(self, persona_id: str) -> Account:
        """Raises PlatformRefusedError (token) where there is none, ServiceError where platform or database are away."""
        until_s, account = self._known.get(persona_id, (0.0, None))
        if account is None or self._clock.monotonic_s() >= until_s:
            account = _account(self._row(persona_id))
            self._known[persona_id] = (self._clock.monotonic_s() + _REMEMBERED_S, account)
        return account

    def refused(self, persona_id: str) -> None:
        """The platform does not take its token: look again the next time, and on a fake sign up anew."""
        self._known.pop(persona_id, None)
        if self._is_fake:
            self._signed_out.add(persona_id)

    def _row(self, persona_id: str) -> AccountRow:
        now = self._clock.now()
        with self._database.read() as session:
            row = account_of(session, persona_id)
        if row is None or row.expires_at <= now or persona_id in self._signed_out:
            return self._new_row(persona_id, row)
        return self._renewed(row) if _is_due(row, now) else row

    def _new_row(self, persona_id: str, row: AccountRow | None) -> AccountRow:
        if self._is_fake:
            return self._sign_up(persona_id)
        ailing = "has no account" if row is None else "has a token that is expired"
        raise PlatformRefusedError(
            "token", f"persona {persona_id} {ailing}",
            advice="Put its user_id, access_token and expires_at into the file of THREADS_ACCOUNTS.",
        )  # fmt: skip

    def _renewed(self, row: AccountRow) -> AccountRow:
        """Once, though several workers see that it is time: the second finds a fresh token behind the lock."""
        try:
            with self._database.begin() as session:
                held = locked_account(session, row.persona_id)
                if held is not None and _is_due(held, self._clock.now()):
                    self._renew(held)
                return held or row
        except (ServiceError, PlatformRefusedError) as error:
            _LOG.warning("the token of %s could not be renewed yet: %s", row.persona_id, error)
            return row

    def _renew(self, row: AccountRow) -> None:
        asked = {"grant_type": "th_refresh_token", "access_token": row.access_token}  # a parameter by documentation
        token, lasts = _token(self._graph.get("/refresh_access_token", asked))
        now = self._clock.now()
        row.access_token, row.expires_at, row.updated_at = token, now + lasts, now

    def _sign_up(self, persona_id: str) -> AccountRow:
        """An account of the fake: its OAuth, without a person."""
        app = {**_FAKE_APP, "client_secret": self._fake_secret}
        back = self._graph.sent_to("/oauth/authorize", {**_FAKE_APP, "response_type": "code", "username": persona_id})
        code = {"grant_type": "authorization_code", "code": back.params.get("code", "")}
        short = self._graph.post("/oauth/access_token", {**app, **code})
        exchange = {**app, "grant_type": "th_exchange_token", "access_token": _text(short, "access_token")}
        token, lasts = _token(self._graph.get("/access_token", exchange))
        return self._stored(persona_id, str(short.get("user_id", "")), token, self._clock.now() + lasts)

    def _stored(self, persona_id: str, user_id: str, token: str, expires_at: datetime) -> AccountRow:
        now = self._clock.now()
        self._signed_out.discard(persona_id)
        try:
            with self._database.begin() as session:
                return put_account(
                    session, persona_id, user_id=user_id, access_token=token, expires_at=expires_at, now=now
                )
        except IntegrityError:  # another worker signed up in the same moment
            with self._database.read() as session:
                return cast(AccountRow, account_of(session, persona_id))


def is_real(host: str) -> bool:
    """Whether it is Threads itself: there nobody signs up without a person."""
    return f".{host}".endswith(f".{_REAL_HOST}")


def _is_due(row: AccountRow, now: datetime) -> bool:
    return row.expires_at - now < RENEW_BEFORE and now - row.updated_at >= RENEWABLE_AFTER


def _account(row: AccountRow) -> Account:
    remember_secrets([row.access_token])
    return Account(row.user_id, SecretStr(row.access_token))


def _token(answer: Answer) -> tuple[str, timedelta]:
    lasts = answer.get("expires_in")
    if not isinstance(lasts, int) or lasts <= 0:
        raise ServiceFailureError("Threads gave a token without saying how long it lasts")
    return _text(answer, "access_token"), timedelta(seconds=lasts)


def _text(answer: Mapping[str, object], name: str) -> str:
    value = answer.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 2000:
        raise ServiceFailureError(f"Threads answered without {name}")
    return value
