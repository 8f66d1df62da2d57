"""The two questions that a Hugging Face hub is asked: what a revision of a model holds, and a file of it.

`GET /api/models/ID/revision/REV?blobs=true` and `GET /ID/resolve/SHA/FILE`, which redirects to where files are stored.
huggingface_hub is not used: its 2.4 begins every file anew after a restart (`_download_to_tmp_and_move`).
"""

import ssl
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import quote

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from muster.core.errors import AccessDeniedError, ServiceFailureError, SettingsError, SourceError
from muster.core.http import Service, judge_status, mapped_errors

HUB = Service("the hub", "HF_ENDPOINT", "HF_TOKEN")
_TIMEOUT = httpx.Timeout(30.0, connect=5.0)
_REDIRECTS = 5
_MOST_TOLD = 16 * 2**20


class _Lfs(BaseModel):
    sha256: str = Field(pattern=r"[0-9a-f]{64}")
    size: int = Field(ge=0)


class _Sibling(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    name: str = Field(alias="rfilename", max_length=500)
    size: int | None = Field(default=None, ge=0)
    blob: str | None = Field(default=None, alias="blobId", max_length=64)
    lfs: _Lfs | None = None


class _Told(BaseModel):
    sha: str = Field(pattern=r"[0-9a-f]{40}")
    siblings: list[_Sibling]


@dataclass(frozen=True)
class HubFile:
    """`sha256` of its bytes where it is stored apart from git, else `blob`, git's SHA-1 of it."""

    name: str
    size: int
    sha256: str = ""
    blob: str = ""


@dataclass(frozen=True)
class HubListing:
    """A revision, pinned."""

    sha: str
    files: tuple[HubFile, ...]


@dataclass(frozen=True)
class HubClient:
    """Asks one hub. The token goes to the hub alone, never to where it redirects to."""

    endpoint: str
    token: str = ""

    def listing(self, model: str, revision: str) -> HubListing:
        """Raises SourceError for a model or revision that is not there, AccessDeniedError for one that wants a token,
        ServiceError where the hub is away."""
        url = f"{self._origin}/api/models/{quote(model)}/revision/{quote(revision, safe='')}?blobs=true"
        with self._answer(url, f"ask for {model}", {}) as answer:
            _judge(answer, model, revision)
            body = b"".join(_bounded(answer, _MOST_TOLD))
        try:
            told = _Told.model_validate_json(body)
        except ValidationError as error:
            raise ServiceFailureError(
                f"the hub's answer about {model} makes no sense: {error.errors()[0]['msg']}"
            ) from error
        return HubListing(told.sha, tuple(_file(one) for one in told.siblings))

    def read(self, model: str, sha: str, file: HubFile, offset: int) -> Iterator[bytes]:
        """The file's bytes from an offset on. Raises as `listing` does, UnreachableError where it is cut off."""
        url = f"{self._origin}/{quote(model)}/resolve/{sha}/{quote(file.name)}"
        wanted = {"Range": f"bytes={offset}-"} if offset else {}
        with self._answer(url, f"fetch {file.name} of {model}", wanted) as answer:
            _judge(answer, model, sha)
            if offset and answer.status_code != 206:
                raise ServiceFailureError(f"the hub does not go on in the middle of {file.name} of {model}")
            yield from _bounded(answer, file.size - offset)

    @property
    def _origin(self) -> str:
        return self.endpoint.rstrip("/")

    @contextmanager
    def _answer(self, url: str, what: str, headers: dict[str, str]) -> Generator[httpx.Response]:
        """The first answer that is no redirect."""
        here, bearer = _parsed(url), {"Authorization": f"Bearer {self.token}"} if self.token else {}
        given = {"Accept-Encoding": "identity", **headers}
        with (
            mapped_errors(HUB, what),
            httpx.Client(trust_env=False, timeout=_TIMEOUT, verify=ssl.create_default_context()) as client,
        ):
            at = here
            for _ in range(_REDIRECTS):
                ours = (at.scheme, at.netloc) == (here.scheme, here.netloc)
                with client.stream("GET", at, headers={**given, **(bearer if ours else {})}) as answer:
                    if not answer.has_redirect_location:
                        yield answer
                        return
                    at = at.join(answer.headers["Location"])
                if at.scheme != "https" and here.scheme == "https":
                    raise ServiceFailureError(f"the hub redirects from https to {at.scheme}, to {what}")
        raise ServiceFailureError(f"the hub redirects more than {_REDIRECTS} times, to {what}")


def _judge(answer: httpx.Response, model: str, revision: str) -> None:
    if answer.status_code < 300:
        return
    answer.read()
    if answer.status_code in (401, 403):
        raise AccessDeniedError(
            f"the hub does not give {model} to us (status {answer.status_code}): it is gated, private, or not there",
            advice="Ask for access on its page, and set HF_TOKEN to a token of that account.",
        )
    if answer.status_code == 404:
        raise SourceError(
            f"the hub has no {model} at {revision}",
            advice="Correct model.path, or model.revision: a branch, tag or commit.",
        )
    judge_status(answer, HUB)


def _bounded(answer: httpx.Response, most: int) -> Iterator[bytes]:
    """As they come, so that none is lost where it is cut off. Raises ServiceFailureError for more than were told."""
    left = most
    for some in answer.iter_raw():
        left -= len(some)
        if left < 0:
            raise ServiceFailureError(f"the hub sends more than the {most} bytes that there are")
        yield some


def _file(told: _Sibling) -> HubFile:
    size = told.lfs.size if told.lfs else told.size or 0
    return HubFile(told.name, size, told.lfs.sha256 if told.lfs else "", "" if told.lfs else told.blob or "")


def _parsed(url: str) -> httpx.URL:
    parsed = httpx.URL(url)
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise SettingsError(f"HF_ENDPOINT is no http(s) URL: {url}")
    return parsed
