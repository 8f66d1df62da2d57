"""The state of one run. Each field has one writer, or a reducer: of two that write at the same time none is lost."""

from operator import add
from typing import Annotated, TypedDict

from pydantic import BaseModel, ConfigDict

from muster.threads.common.contracts import Draft, Finding, ModelUse, Moderation, PersonaRunRequest


class Words(BaseModel):
    """Hook and body, as far as they are written."""

    model_config = ConfigDict(frozen=True)

    hook: str = ""
    body: str = ""


def merged(before: Words, after: Words) -> Words:
    """What was written last of each; who writes one of them leaves the other alone."""
    return Words(hook=after.hook or before.hook, body=after.body or before.body)


class RunState(BaseModel):
    """Frozen. `despair` is what the request itself says of self-harm."""

    model_config = ConfigDict(frozen=True)

    request: PersonaRunRequest
    subject: str = ""
    despair: list[Finding] = []
    words: Annotated[Words, merged] = Words()
    uses: Annotated[list[ModelUse], add] = []
    condensed: int = 0
    moderation: Moderation | None = None
    draft: Draft | None = None


class Update(TypedDict, total=False):
    """What a node writes."""

    subject: str
    despair: list[Finding]
    words: Words
    uses: list[ModelUse]
    condensed: int
    moderation: Moderation
    draft: Draft
