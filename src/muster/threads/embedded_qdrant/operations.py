"""What can be asked of the vectors: each operation of Qdrant's REST API that we serve, with the shape of its body.

Shapes and names are Qdrant's own (its OpenAPI, version 1.20): https://api.qdrant.tech
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from qdrant_client.http import models
from qdrant_client.local.qdrant_local import QdrantLocal

from muster.threads.embedded_qdrant.vectors import VectorFolder

_DONE = models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED)


@dataclass(frozen=True)
class Operation:
    """`do` takes the folder, the collection's name and the body as `shape` reads it (None: there is no body)."""

    method: str
    path: str
    do: Callable[[VectorFolder, str, Any], object]
    shape: TypeAdapter[Any] | None = None


def _on(do: Callable[[QdrantLocal, str, Any], object]) -> Callable[[VectorFolder, str, Any], object]:
    def in_turn(folder: VectorFolder, name: str, body: Any) -> object:
        with folder.turn() as local:
            return do(local, name, body)

    return in_turn


def _create(folder: VectorFolder, name: str, body: models.CreateCollection) -> object:
    return folder.create(name, body)


def _exists(local: QdrantLocal, name: str, _body: None) -> object:
    return models.CollectionExistence(exists=local.collection_exists(name))


def _accept_index(local: QdrantLocal, name: str, _body: models.CreateFieldIndex) -> object:
    """Local mode has none to make: it looks at every point."""
    local.get_collection(name)
    return _DONE


def _upsert(local: QdrantLocal, name: str, body: models.PointsList | models.PointsBatch) -> object:
    points = body.points if isinstance(body, models.PointsList) else body.batch
    return local.upsert(name, points, body.update_filter, body.update_mode)


def _delete_points(local: QdrantLocal, name: str, body: models.PointIdsList | models.FilterSelector) -> object:
    return local.delete(name, body)


def _retrieve(local: QdrantLocal, name: str, body: models.PointRequest) -> object:
    payload = True if body.with_payload is None else body.with_payload
    return local.retrieve(name, body.ids, payload, body.with_vector or False)


def _query(local: QdrantLocal, name: str, body: models.QueryRequest) -> models.QueryResponse:
    query: Any = body.query  # of a wider type than local mode tells: what it can't do, it refuses
    return local.query_points(
        name,
        query=query,
        using=body.using,
        prefetch=body.prefetch,
        query_filter=body.filter,
        search_params=body.params,
        limit=10 if body.limit is None else body.limit,
        offset=body.offset,
        with_payload=body.with_payload or False,
        with_vectors=body.with_vector or False,
        score_threshold=body.score_threshold,
        lookup_from=body.lookup_from,
    )


def _query_batch(local: QdrantLocal, name: str, body: models.QueryRequestBatch) -> object:
    return [_query(local, name, one) for one in body.searches]


def _scroll(local: QdrantLocal, name: str, body: models.ScrollRequest) -> object:
    following: Any
    points, following = local.scroll(
        name,
        scroll_filter=body.filter,
        limit=10 if body.limit is None else body.limit,
        order_by=models.OrderBy(key=body.order_by) if isinstance(body.order_by, str) else body.order_by,
        offset=body.offset,
        with_payload=True if body.with_payload is None else body.with_payload,
        with_vectors=body.with_vector or False,
    )
    return models.ScrollResult(points=points, next_page_offset=following)


def _count(local: QdrantLocal, name: str, body: models.CountRequest) -> object:
    return local.count(name, body.filter)


def _set_payload(local: QdrantLocal, name: str, body: models.SetPayload) -> object:
    return local.set_payload(name, body.payload, _selected(body), body.key)


def _update_vectors(local: QdrantLocal, name: str, body: models.UpdateVectors) -> object:
    return local.update_vectors(name, body.points, body.update_filter)


def _selected(body: models.SetPayload) -> models.PointIdsList | models.Filter:
    if body.points is not None:
        return models.PointIdsList(points=body.points)
    if body.filter is None:
        raise ValueError("points or filter says which points are meant")
    return body.filter


OPERATIONS: Sequence[Operation] = (
    Operation("GET", "", _on(lambda local, _name, _body: local.get_collections())),
    Operation("GET", "/{name}", _on(lambda local, name, _body: local.get_collection(name))),
    Operation("GET", "/{name}/exists", _on(_exists)),
    Operation("PUT", "/{name}", _create, TypeAdapter(models.CreateCollection)),
    Operation("DELETE", "/{name}", _on(lambda local, name, _body: local.delete_collection(name))),
    Operation("PUT", "/{name}/index", _on(_accept_index), TypeAdapter(models.CreateFieldIndex)),
    Operation("PUT", "/{name}/points", _on(_upsert), TypeAdapter(models.PointInsertOperations)),
    Operation("POST", "/{name}/points", _on(_retrieve), TypeAdapter(models.PointRequest)),
    Operation("POST", "/{name}/points/delete", _on(_delete_points), TypeAdapter(models.PointsSelector)),
    Operation("POST", "/{name}/points/query", _on(_query), TypeAdapter(models.QueryRequest)),
    Operation("POST", "/{name}/points/query/batch", _on(_query_batch), TypeAdapter(models.QueryRequestBatch)),
    Operation("POST", "/{name}/points/scroll", _on(_scroll), TypeAdapter(models.ScrollRequest)),
    Operation("POST", "/{name}/points/count", _on(_count), TypeAdapter(models.CountRequest)),
    Operation("POST", "/{name}/points/payload", _on(_set_payload), TypeAdapter(models.SetPayload)),
    Operation("PUT", "/{name}/points/vectors", _on(_update_vectors), TypeAdapter(models.UpdateVectors)),
)
"""Below /collections."""
