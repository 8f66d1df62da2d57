"""What is remembered, frozen: a text that is found by its meaning, and data that code acts on."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, JsonValue


class Memo(BaseModel):
    """One thing to remember. `kind` is an agent's word for it, `scope` whose it is: a cluster, a user."""

    model_config = ConfigDict(frozen=True)

    kind: str
    scope: str
    text: str
    data: dict[str, JsonValue] = {}
    at: datetime
    id: str = ""
    """Given by the store."""


class Recalled(BaseModel):
    """A memo and how near it is to what was asked: 0 to 1, 1 is the same text."""

    model_config = ConfigDict(frozen=True)

    memo: Memo
    score: float
