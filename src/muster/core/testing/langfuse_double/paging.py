"""Lists with a cursor, as Langfuse's newer routes give them."""

import base64
from collections.abc import Sequence

from pydantic import JsonValue

from muster.core.testing.langfuse_double.wire import Answer, Request, refused


def paged(rows: Sequence[dict[str, JsonValue]], request: Request, *, most: int) -> Answer:
    """One page of the rows; its cursor leads to the next one, and the last page has none."""
    limit, cursor = int(request.query.get("limit", "50")), request.query.get("cursor")
    if not 1 <= limit <= most:
        return refused(400, "InvalidRequestError", f"limit must be between 1 and {most}")
    try:
        start = int(base64.urlsafe_b64decode(cursor)) if cursor else 0
    except ValueError:
        return refused(400, "InvalidRequestError", "Invalid cursor format")
    meta: dict[str, JsonValue] = {"limit": limit}
    if start + limit < len(rows):
        meta["cursor"] = base64.urlsafe_b64encode(str(start + limit).encode()).decode()
    return Answer(200, {"data": list[JsonValue](rows[start : start + limit]), "meta": meta})
