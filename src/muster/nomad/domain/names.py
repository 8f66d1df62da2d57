"""Names that Nomad takes: RFC 1123 labels for jobs, groups, tasks and services; identifiers for variables and ports."""

import re

MAX_LABEL = 63
"""RFC 1123; Nomad and Consul hold services to it."""


def safe_name(text: str, *, fallback: str = "app") -> str:
    """Lower-case letters, digits and dashes, at most 63, beginning and ending with a letter or digit."""
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return name[:MAX_LABEL].strip("-") or fallback


def joined_name(*parts: str) -> str:
    """The parts as one safe name, the same part never twice in a row."""
    kept = [part for index, part in enumerate(parts) if part and (index == 0 or part != parts[index - 1])]
    return safe_name("-".join(kept))


def identifier(text: str) -> str:
    """An HCL identifier: letters, digits and underscores, no digit first."""
    name = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_") or "value"
    return f"_{name}" if name[0].isdigit() else name
