"""Calls of tools, put together from a stream's pieces."""

from pydantic import JsonValue, TypeAdapter
from pydantic_core import from_json

from muster.core.llm.talk import ToolCall

_ARGUMENTS: TypeAdapter[dict[str, JsonValue]] = TypeAdapter(dict[str, JsonValue])


class HeardCalls:
    """Collects the pieces by the index of their call; a piece without one belongs to the call before it."""

    def __init__(self) -> None:
        self._pieces: dict[int, tuple[str, str, str]] = {}

    def add(self, index: int | str | None, id: str | None, name: str | None, args: str | None) -> None:
        """One more piece."""
        place = int(index) if index is not None and str(index).isdigit() else max(self._pieces, default=0)
        known = self._pieces.get(place, ("", "", ""))
        self._pieces[place] = (known[0] or id or "", known[1] + (name or ""), known[2] + (args or ""))

    def all(self) -> tuple[ToolCall, ...]:
        """The calls in order. Arguments that are no JSON object become none, so that the tool says what it misses."""
        return tuple(
            ToolCall(id=id or f"call_{place}", name=name, args=_arguments(text), type="tool_call")
            for place, (id, name, text) in sorted(self._pieces.items())
            if name
        )


def _arguments(text: str) -> dict[str, JsonValue]:
    try:
        return _ARGUMENTS.validate_python(from_json(text or "{}"))
    except ValueError:
        return {}
