"""Langfuse's prompts, by its public API v2 over plain HTTP: its SDK takes seconds to import and retries on its own."""

from base64 import b64encode
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import cast
from urllib.parse import quote

import httpx
from pydantic import BaseModel, JsonValue, SecretStr, ValidationError

from muster.core.errors import AccessDeniedError, ServiceFailureError, UsageError
from muster.core.http import Service, ServiceClient, connect, judge_status
from muster.core.prompts.stored import StoredPrompt, read_stored

LANGFUSE = Service("Langfuse", "LANGFUSE_BASE_URL", "LANGFUSE_PUBLIC_KEY and LANGFUSE_SECRET_KEY")
LATEST = "latest"
"""The label that Langfuse itself gives to the newest version."""

_PROMPTS = "/api/public/v2/prompts"
_PAGE = 100
_WRITTEN_S = 10.0  # what changes something is given its time: it may be under way


@dataclass(frozen=True)
class LangfuseKeys:
    """Where a Langfuse project is, and the keys to it."""

    base_url: str
    public_key: str
    secret_key: SecretStr


class PromptMeta(BaseModel):
    """What Langfuse lists of one prompt."""

    name: str
    versions: list[int]
    labels: list[str]


class _Page(BaseModel):
    class Meta(BaseModel):
        totalPages: int

    data: list[PromptMeta]
    meta: Meta


@contextmanager
def open_langfuse(keys: LangfuseKeys, *, timeout_s: float) -> Generator[ServiceClient]:
    """A client with the project's keys. Raises SettingsError for an address that is none."""
    pair = b64encode(f"{keys.public_key}:{keys.secret_key.get_secret_value()}".encode()).decode()
    headers = {"Authorization": f"Basic {pair}"}
    with connect(keys.base_url, service=LANGFUSE, timeout_s=timeout_s, headers=headers) as client:
        yield client


class LangfusePrompts:
    """Satisfies `PromptServer`, and writes: versions are added and labels moved, nothing is ever changed or deleted.

    Every method raises a ServiceError when Langfuse is away or refuses the keys.
    """

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def labelled(self, name: str, label: str) -> StoredPrompt | None:
        """The version with that label, with what it includes; None where there is none."""
        return self._get(name, {"label": label})

    def numbered(self, name: str, version: int) -> StoredPrompt | None:
        """That version, with what it includes; None where there is none."""
        return self._get(name, {"version": str(version)})

    def written(self, name: str, version: int) -> StoredPrompt | None:
        """That version with its include tags, as it was written; None where there is none."""
        return self._get(name, {"version": str(version), "resolve": "false"})

    def versions(self, name: str) -> tuple[int, ...]:
        """The numbers of all its versions, the newest first."""
        found = [number for meta in self._page(1, name=name).data if meta.name == name for number in meta.versions]
        return tuple(sorted(found, reverse=True))

    def listed(self) -> tuple[PromptMeta, ...]:
        """Every prompt of the project."""
        found: list[PromptMeta] = []
        number = 0
        while True:
            number += 1
            page = self._page(number)
            found += page.data
            if number >= page.meta.totalPages or not page.data:
                return tuple(found)

    def create(self, prompt: StoredPrompt, label: str) -> StoredPrompt:
        """Store a new version and give it the label; Langfuse says which number it has.

        Raises UsageError for a prompt that Langfuse does not take, AccessDeniedError for a label that is protected.
        """
        fields = prompt.model_dump(mode="json", include={"name", "type", "prompt", "tags"})
        body: dict[str, JsonValue] = {**fields, "config": prompt.sent_config(), "labels": [label]}
        response = self._client.post(_PROMPTS, json=body, timeout_s=_WRITTEN_S, judge=False)
        self._judge_write(response, f"a version of {prompt.name} with the label {label}", label)
        return self._read(response, prompt.name)

    def add_label(self, name: str, version: int, label: str) -> None:
        """Move a label to that version. Raises AccessDeniedError for one that is protected, UsageError without it."""
        path = f"{_PROMPTS}/{quote(name, safe='')}/versions/{version}"
        body: JsonValue = {"newLabels": [label]}
        response = self._client.request("PATCH", path, json=body, timeout_s=_WRITTEN_S, judge=False)
        self._judge_write(response, f"the label {label} on version {version} of {name}", label)

    def _get(self, name: str, params: dict[str, str]) -> StoredPrompt | None:
        response = self._client.get(f"{_PROMPTS}/{quote(name, safe='')}", params=params, judge=False)
        if response.status_code == 404 and "Prompt not found" in _message(response):  # not any server's 404
            return None
        judge_status(response, LANGFUSE)
        return self._read(response, name)

    def _read(self, response: httpx.Response, name: str) -> StoredPrompt:
        return read_stored(self._client.json(response), f"Langfuse's answer about {name}")

    def _page(self, number: int, **asked: str) -> _Page:
        response = self._client.get(_PROMPTS, params={"page": str(number), "limit": str(_PAGE), **asked})
        try:
            return _Page.model_validate(self._client.json(response))
        except ValidationError as error:
            raise ServiceFailureError(
                "Langfuse's list of prompts is none", advice="Check LANGFUSE_BASE_URL."
            ) from error

    def _judge_write(self, response: httpx.Response, what: str, label: str) -> None:
        said = _message(response)
        if response.status_code == 403 and "protected label" in said:
            raise AccessDeniedError(
                f"Langfuse did not take {what}: {' '.join(said.split())}",
                advice=f"The label {label} is protected in this project. An admin or owner may move it in "
                "Langfuse, or unprotect it in Project Settings > Protected Labels.",
            )
        if response.status_code in (400, 404, 409, 422):
            raise UsageError(f"Langfuse did not take {what}: {said}")
        judge_status(response, LANGFUSE)


def _message(response: httpx.Response) -> str:
    try:
        body: object = response.json()
    except ValueError:
        body = None
    fields = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    return str(fields.get("message") or f"status {response.status_code}")
