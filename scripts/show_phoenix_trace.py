"""Prints the newest trace in an Arize Phoenix as a tree, read back by its API: the check in docs/observability.md.

`python scripts/show_phoenix_trace.py http://127.0.0.1:6006`
"""

import sys
from datetime import datetime
from typing import Any

import httpx


def spans_of(address: str) -> list[dict[str, Any]]:
    """Every span of the project `default`, oldest first."""
    found: list[dict[str, Any]] = []
    params: dict[str, str] = {"limit": "1000"}
    with httpx.Client(base_url=address, trust_env=False) as client:
        while True:
            page = client.get("/v1/projects/default/spans", params=params).raise_for_status().json()
            found += page["data"]
            if not page["next_cursor"]:
                return sorted(found, key=lambda span: span["start_time"])
            params["cursor"] = page["next_cursor"]


def show(spans: list[dict[str, Any]], parent: str | None, depth: int) -> None:
    """The spans below one, each on a line: how long, what, how it ended."""
    for span in [one for one in spans if one["parent_id"] == parent]:
        attributes = span["attributes"]
        took = datetime.fromisoformat(span["end_time"]) - datetime.fromisoformat(span["start_time"])
        kind = attributes.get("langfuse.observation.type", "")
        said = attributes.get("langfuse.observation.status_message") or ""
        model = attributes.get("gen_ai.response.model")
        used = f" {model} {attributes.get('gen_ai.usage.input_tokens')} tokens in" if model else ""
        print(f"{took.total_seconds():8.3f} s  {'  ' * depth}{span['name']} ({kind}){used}  {said}".rstrip())
        show(spans, span["context"]["span_id"], depth + 1)


def main() -> None:
    """Find the newest trace, and print it."""
    spans = spans_of(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:6006")
    if not spans:
        sys.exit("no spans yet")
    trace = spans[-1]["context"]["trace_id"]
    newest = [span for span in spans if span["context"]["trace_id"] == trace]
    root = next(span for span in newest if span["parent_id"] is None)
    print(f"trace {trace} of session {root['attributes'].get('session.id')}, {len(newest)} spans")
    show(newest, None, 0)


if __name__ == "__main__":
    main()
