"""A repair: one typed change to a spec, with its reason, its expected effect and the diff that a human reads."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Patch = TypeVar("Patch", bound=BaseModel)


class Repair(BaseModel, Generic[Patch]):
    """A change that may cure a failure.

    `patch` is a frozen model of the agent's own; equal patches are the same cure.
    """

    model_config = ConfigDict(frozen=True)

    patch: Patch
    reason: str
    expected_effect: str
    diff: str = ""


def untried(repairs: Iterable[Repair[Patch]], tried: Iterable[Repair[Patch]]) -> tuple[Repair[Patch], ...]:
    """The repairs whose patch has not been tried yet, in order."""
    seen = {repair.patch.model_dump_json() for repair in tried}
    return tuple(repair for repair in repairs if repair.patch.model_dump_json() not in seen)
