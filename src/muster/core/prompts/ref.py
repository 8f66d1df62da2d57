"""Which prompt a call was made with: carried to spans and to the ledger."""

from dataclasses import dataclass
from typing import Literal

PromptPlace = Literal["file", "langfuse"]


@dataclass(frozen=True)
class PromptRef:
    """One version of one prompt, and where it was read.

    `label` is the one that was asked for. `fallback` says that Langfuse should have had it, and a file stood in.
    """

    name: str
    version: int
    label: str
    source: PromptPlace
    fallback: bool = False
