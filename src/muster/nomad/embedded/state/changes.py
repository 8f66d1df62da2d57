"""What was written lately, in order: the memory that an event stream reads."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["job", "evaluation", "allocation", "deployment", "node", "acl_token", "acl_policy"]
KEPT_CHANGES = 1000


@dataclass(frozen=True)
class Change:
    """One value as it was written under an index; `fresh` values were not there before, `removed` ones are gone."""

    index: int
    kind: Kind
    value: object
    fresh: bool = False
    removed: bool = False
    by_client: bool = False
