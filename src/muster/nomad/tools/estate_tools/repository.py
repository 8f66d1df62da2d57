"""A tool that reads the repository: lines of one file, redacted."""

from pydantic import Field, JsonValue

from muster.core.errors import SourceError
from muster.core.redaction import redact
from muster.nomad.ports import Codebase
from muster.nomad.tools.estate_tools.looking import Around, Asked, configured, looking_tool

MOST_LINES = 120


class ExcerptAsked(Asked):
    """Lines of a file."""

    path: str = Field(description="Its path in the repository.", min_length=1)
    first: int = Field(default=1, ge=1, description="The first line.")
    last: int | None = Field(default=None, ge=1, description=f"The last line; at most {MOST_LINES} are shown.")


def read_codebase_excerpt(around: Around, asked: ExcerptAsked) -> JsonValue:
    """Read lines of a program or of what starts and configures it, secrets masked. No environment files."""
    codebase: Codebase = configured(around.codebase, "a repository", "PATH")
    files = {file.path: file for file in codebase.material(around.source)}
    if asked.path not in files:
        raise SourceError(
            f"{asked.path} is not shown", advice=f"There are {', '.join(list(files)[:40]) or 'no files'}."
        )
    lines = redact(files[asked.path].text).split("\n")
    last = min(asked.last or len(lines), asked.first + MOST_LINES - 1, len(lines))
    shown = [f"{number}| {lines[number - 1][:300]}" for number in range(asked.first, last + 1)]
    return {"path": asked.path, "lines": list[JsonValue](shown), "of": len(lines)}


REPOSITORY_TOOLS = (looking_tool(read_codebase_excerpt, ExcerptAsked),)
