"""Answers in Qdrant's envelope: `{"result": ..., "status": "ok", "time": seconds}`, or a status that says the error."""

from pydantic import ValidationError
from pydantic_core import to_json
from starlette.responses import Response

_MOST_TEXT = 1000


def result(value: object, took_s: float = 0.0) -> Response:
    """Done."""
    return _json(200, {"result": value, "status": "ok", "time": took_s})


def failure(status: int, message: str) -> Response:
    """Not done, and why."""
    return _json(status, {"status": {"error": message[:_MOST_TEXT]}, "time": 0.0})


def misread(error: ValidationError) -> Response:
    """A body that is not of its shape: where; what was sent is not repeated."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return failure(400, f"Format error in JSON body: {where}: {first['msg']}")


def refusal(error: Exception) -> Response:
    """What local mode says against an operation; it tells only by words what is missing and what is there already."""
    message = str(error.args[0]) if error.args else type(error).__name__
    if isinstance(error, KeyError):
        return failure(404, f"Not found: no point with id {message} found")
    if isinstance(error, NotImplementedError):
        return failure(501, f"the embedded Qdrant can't do that: {message}")
    if message.startswith("Collection ") and message.endswith("not found"):
        return failure(404, f"Not found: {message}")
    return failure(409 if message.endswith("already exists") else 400, f"Wrong input: {message}")


def _json(status: int, body: dict[str, object]) -> Response:
    return Response(to_json(body), status, media_type="application/json")
