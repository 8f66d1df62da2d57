"""What a persona said, as vectors in Qdrant: one collection a persona, by the REST API that any Qdrant speaks.

One collection each, for a search among all with a filter is slow in local mode, and a persona's posts go together.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from muster.core.errors import ServiceFailureError
from muster.core.http import Service, ServiceClient, connect, judge_status
from muster.core.memory.embeddings import DIMENSIONS
from muster.threads.common.correlation import carry_on
from muster.threads.common.metrics import record_qdrant, timed

SERVICE = Service("Qdrant", "QDRANT_URL", "QDRANT_API_KEY")
_MOST = 30
"""Posts that a search names."""
_ANSWER_S = 5.0


class _Payload(BaseModel):
    ts: float


class _Point(BaseModel):
    id: int
    score: float
    payload: _Payload


class _Points(BaseModel):
    points: list[_Point]


class _Found(BaseModel):
    result: _Points


class _Size(BaseModel):
    size: int


class _Params(BaseModel):
    vectors: _Size


class _Config(BaseModel):
    params: _Params


class _Collection(BaseModel):
    config: _Config


class _About(BaseModel):
    result: _Collection


_AnswerT = TypeVar("_AnswerT", bound=BaseModel)


class PostVectors:
    """Vectors of one embedder, of 384 numbers; those of another one are in collections of their own.

    Every method raises ServiceError.
    """

    def __init__(self, url: str, *, embedder: str, key: str = "") -> None:
        self._suffix = "" if embedder == "minilm" else f"_{embedder}"
        self._client: ServiceClient = connect(
            f"{url}/",
            service=SERVICE,
            timeout_s=_ANSWER_S,
            headers={"api-key": key} if key else {},
            before=[carry_on],
        )

    def keep(self, persona_id: str, post_id: int, vector: Sequence[float], at: datetime) -> None:
        """Remember a post's vector; who searches from now on finds it. Another one of that id is replaced."""
        point = {"id": post_id, "vector": list(vector), "payload": {"ts": at.timestamp()}}
        answer = self._upsert(persona_id, point)
        if answer.status_code == HTTPStatus.NOT_FOUND:
            self._create(persona_id)
            judge_status(self._upsert(persona_id, point), SERVICE)

    def nearest(
        self, persona_id: str, vector: Sequence[float], *, since: datetime, at_least: float
    ) -> Mapping[int, float]:
        """Posts whose cosine to that is above `at_least`, the nearest first; older ones are left out here, as a filter
        makes local mode 15 times slower."""
        asked = {"query": list(vector), "limit": _MOST, "score_threshold": at_least, "with_payload": ["ts"]}
        with timed(partial(record_qdrant, "search")):
            points = _read(_Found, self._ask("POST", persona_id, "/points/query", asked)).result.points
        return {point.id: point.score for point in points if point.payload.ts >= since.timestamp()}

    def forget(self, persona_id: str, post_id: int) -> None:
        """Drop a post's vector; one that is not there is no error."""
        self._delete(persona_id, {"points": [post_id]})

    def forget_older(self, persona_id: str, than: datetime) -> None:
        """Drop what is older."""
        self._delete(persona_id, {"filter": {"must": [{"key": "ts", "range": {"lt": than.timestamp()}}]}})

    def close(self) -> None:
        """Drop all connections."""
        self._client.close()

    def _upsert(self, persona_id: str, point: Any) -> httpx.Response:
        """Raises for any answer but success and 404, which says that there is no collection."""
        with timed(partial(record_qdrant, "upsert")):
            answer = self._ask("PUT", persona_id, "/points?wait=true", {"points": [point]})
            if answer.status_code == HTTPStatus.BAD_REQUEST:
                self._check_size(persona_id)
            return _unless_missing(answer)

    def _create(self, persona_id: str) -> None:
        with timed(partial(record_qdrant, "create")):
            answer = self._ask("PUT", persona_id, "", {"vectors": {"size": DIMENSIONS, "distance": "Cosine"}})
            if answer.status_code != HTTPStatus.CONFLICT:  # somebody else was faster
                judge_status(answer, SERVICE)

    def _delete(self, persona_id: str, selected: Any) -> None:
        with timed(partial(record_qdrant, "delete")):
            _unless_missing(self._ask("POST", persona_id, "/points/delete?wait=true", selected))

    def _check_size(self, persona_id: str) -> None:
        about = _read(_About, self._client.get(self._path(persona_id)))
        if about.result.config.params.vectors.size != DIMENSIONS:
            raise ServiceFailureError(
                f"the collection {self._name(persona_id)} of Qdrant is not of vectors of {DIMENSIONS} numbers",
                advice="Something else made it: delete it, or name another Qdrant in QDRANT_URL.",
            )

    def _ask(self, method: str, persona_id: str, path: str, body: Any) -> httpx.Response:
        return self._client.request(method, f"{self._path(persona_id)}{path}", json=body, judge=False)

    def _path(self, persona_id: str) -> str:
        return f"collections/{self._name(persona_id)}"

    def _name(self, persona_id: str) -> str:
        return f"posts_{persona_id}{self._suffix}"


def _unless_missing(answer: httpx.Response) -> httpx.Response:
    if answer.status_code != HTTPStatus.NOT_FOUND:
        judge_status(answer, SERVICE)
    return answer


def _read(shape: type[_AnswerT], answer: httpx.Response) -> _AnswerT:
    judge_status(answer, SERVICE)
    try:
        return shape.model_validate_json(answer.content)
    except ValidationError as error:
        raise ServiceFailureError("Qdrant does not answer as Qdrant does", advice="Check QDRANT_URL.") from error
