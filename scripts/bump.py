"""Raise the version in pyproject.toml by one patch, minor or major step, and print it."""

import re
import sys
from pathlib import Path

PYPROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"
STEPS = ("major", "minor", "patch")


def bump(version: str, step: str) -> str:
    """`bump("1.2.3", "minor")` is `1.3.0`."""
    numbers = [int(part) for part in version.split(".")]
    at = STEPS.index(step)
    return ".".join(str(n) for n in [*numbers[:at], numbers[at] + 1, *[0] * (2 - at)])


def main() -> None:
    """Rewrite the version line."""
    text = PYPROJECT.read_text()
    match = re.search(r'^version = "(.*)"$', text, re.MULTILINE)
    if match is None or len(sys.argv) != 2 or sys.argv[1] not in STEPS:
        sys.exit("usage: bump.py major|minor|patch")
    new = bump(match[1], sys.argv[1])
    PYPROJECT.write_text(text[: match.start(1)] + new + text[match.end(1) :])
    print(new)


if __name__ == "__main__":
    main()
