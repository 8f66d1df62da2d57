"""The platform as the worker's publisher: one client for the real Threads and the fake one.

https://graph.threads.net, version 1.0: create a container, wait until it is FINISHED, publish it. The version is part
of each path; OAuth has none.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import cast

from muster.core.clock import Clock
from muster.core.errors import ServiceFailureError
from muster.threads.celery_worker.ports import ContainerKind, ContainerStatus, PlatformRefusedError, Quota
from muster.threads.celery_worker.publishing.accounts import NO_SECRET, Account, Accounts
from muster.threads.celery_worker.publishing.accounts_file import take_accounts
from muster.threads.celery_worker.publishing.graph_answers import Answer
from muster.threads.celery_worker.publishing.graph_client import GraphClient
from muster.threads.common.settings import ThreadsSettings
from muster.threads.db.engine import Database

_ID = re.compile(r"[0-9A-Za-z_-]{1,100}")
_KINDS: Mapping[str, ContainerKind] = {
    "IN_PROGRESS": "in_progress", "FINISHED": "finished", "PUBLISHED": "published", "ERROR": "error",
    "EXPIRED": "expired",
}  # fmt: skip
_PAGE, _MOST_PAGES = 100, 10
_CLOCKS_DIFFER = timedelta(minutes=5)
"""How far the platform's clock may be behind ours when a post is looked for."""


class ThreadsPublisher:
    """Satisfies `Publisher`. Threads may share it; after a fork each process opens its own."""

    def __init__(self, graph: GraphClient, accounts: Accounts) -> None:
        self._graph, self._accounts = graph, accounts

    def quota(self, persona_id: str) -> Quota:
        """Of the persona's account. Raises as all here: PlatformRefusedError, ServiceError."""
        fields = {"fields": "quota_usage,config"}
        answer = self._get(persona_id, "{user}/threads_publishing_limit", fields)
        row = _first(answer)
        config = row.get("config")
        most = config.get("quota_total") if isinstance(config, dict) else None
        used = row.get("quota_usage")
        if not isinstance(used, int) or not isinstance(most, int):
            raise ServiceFailureError("Threads told no quota")
        return Quota(used, most)

    def create(self, persona_id: str, text: str) -> str:
        """The id of a new container, which nobody sees yet."""
        return _id(self._post(persona_id, "{user}/threads", {"media_type": "TEXT", "text": text}))

    def status(self, persona_id: str, container_id: str) -> ContainerStatus:
        """Of a container. One that the platform does not find yet is in progress: it happens for some seconds."""
        try:
            answer = self._get(persona_id, container_id, {"fields": "status,error_message"})
        except PlatformRefusedError as refused:
            if refused.kind != "not_ready":
                raise
            return ContainerStatus("in_progress")
        kind = _KINDS.get(str(answer.get("status")))
        if kind is None:
            raise ServiceFailureError(f"Threads told an unknown status of container {container_id}")
        return ContainerStatus(kind, str(answer.get("error_message", ""))[:200])

    def publish(self, persona_id: str, container_id: str) -> str:
        """The media id. One attempt; how the platform words "already published" is not documented, so after a no that
        could mean it the container's status decides."""
        try:
            return _id(self._post(persona_id, "{user}/threads_publish", {"creation_id": container_id}))
        except PlatformRefusedError as refused:
            if refused.kind in ("not_ready", "invalid") and self._is_published(persona_id, container_id):
                raise PlatformRefusedError("already_published", refused.message) from refused
            raise

    def find_published(self, persona_id: str, text: str, since: datetime) -> Sequence[str]:
        """The media ids of posts with these words in the platform's order, the newest first. Looks at 1,000 posts."""
        wanted, found = _words(text), list[str]()
        asked = {"fields": "id,text,timestamp", "limit": str(_PAGE), "since": _unix(since - _CLOCKS_DIFFER)}
        for _ in range(_MOST_PAGES):
            answer = self._get(persona_id, "{user}/threads", asked)
            found += [_id(post) for post in _rows(answer) if _words(str(post.get("text", ""))) == wanted]
            after = _after(answer)
            if not after:
                break
            asked["after"] = after
        return found

    def close(self) -> None:
        """Drop all connections."""
        self._graph.close()

    def _is_published(self, persona_id: str, container_id: str) -> bool:
        try:
            return self.status(persona_id, container_id).kind == "published"
        except PlatformRefusedError:
            return False

    def _get(self, persona_id: str, path: str, params: Mapping[str, str]) -> Answer:
        account = self._accounts.of(persona_id)
        try:
            return self._graph.get(_path(path, account), params, account.token)
        except PlatformRefusedError as refused:
            self._told(persona_id, refused)
            raise

    def _post(self, persona_id: str, path: str, form: Mapping[str, str]) -> Answer:
        account = self._accounts.of(persona_id)
        try:
            return self._graph.post(_path(path, account), form, account.token)
        except PlatformRefusedError as refused:
            self._told(persona_id, refused)
            raise

    def _told(self, persona_id: str, refused: PlatformRefusedError) -> None:
        if refused.kind == "token":
            self._accounts.refused(persona_id)


def open_publisher(settings: ThreadsSettings, database: Database, clock: Clock) -> ThreadsPublisher:
    """The publisher of these settings, with the accounts of their file. Raises SettingsError, UnreachableError."""
    if settings.threads_accounts is not None:
        take_accounts(database, settings.threads_accounts)
    graph = GraphClient(settings.threads_api_url, clock)
    key = settings.threads_api_key
    secret = NO_SECRET if key is None else key.get_secret_value()
    return ThreadsPublisher(graph, Accounts(database, graph, clock, secret))


def _path(path: str, account: Account) -> str:
    filled = path.replace("{user}", account.user_id)
    if not all(_ID.fullmatch(part) for part in filled.split("/")):
        raise ServiceFailureError(f"{filled[:100]!r} is no path of Threads")
    return f"/v1.0/{filled}"


def _id(answer: Answer) -> str:
    found = answer.get("id")
    if not isinstance(found, str) or not _ID.fullmatch(found):
        raise ServiceFailureError("Threads answered without an id")
    return found


def _rows(answer: Answer) -> list[Answer]:
    rows = answer.get("data")
    if not isinstance(rows, list):
        raise ServiceFailureError("Threads answered without data")
    return [cast(Answer, row) for row in rows if isinstance(row, dict)]


def _first(answer: Answer) -> Answer:
    rows = _rows(answer)
    if not rows:
        raise ServiceFailureError("Threads answered without data")
    return rows[0]


def _after(answer: Answer) -> str:
    """The cursor of the next page; its address (`next`) is never followed."""
    paging = answer.get("paging")
    cursors = paging.get("cursors") if isinstance(paging, dict) else None
    after = cursors.get("after") if isinstance(cursors, dict) else None
    return after if isinstance(after, str) else ""


def _words(text: str) -> str:
    """A text as it is compared: the platform may trim it."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _unix(at: datetime) -> str:
    return str(int(at.astimezone(UTC).timestamp()))
