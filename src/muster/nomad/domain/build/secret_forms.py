"""In which form a job reads what lies in Vault and in Nomad variables: by the version, and by what is asked for."""

from typing import Literal

from muster.nomad.domain.estate.secrets import SecretMount
from muster.nomad.domain.places import Place
from muster.nomad.domain.values import Part
from muster.nomad.domain.versions import has_feature

SecretFormat = Literal["auto", "native", "template", "nomad-variables"]
"""How secrets reach a task: the best that the version has, Nomad's `secret` block, a template of an environment file,
or the same from Nomad's own variables alone."""


class SecretForm(Part):
    """How the places of one job are read."""

    native: bool = False
    """By `secret` blocks, else by templates."""
    variables: bool = False
    """What is said to lie in Vault is read from Nomad variables of the task instead."""
    mounts: tuple[SecretMount, ...] = ()
    """The KV engines that Vault has, as far as it was asked."""
    ends: bool = False
    """The job ends by itself, so that a changed value is not a reason to start it again."""

    @property
    def change_mode(self) -> Literal["restart", "noop"]:
        """What a changed value does."""
        return "noop" if self.ends else "restart"

    def mount_of(self, place: Place) -> SecretMount:
        """The engine that a place of Vault lies in: one that is known, else by its first part, of version 2."""
        known = (one for one in self.mounts if f"{place.path}/".startswith(f"{one.path}/"))
        named = SecretMount(path=place.path.partition("/")[0], version=2)
        return max(known, key=lambda one: len(one.path), default=named)


def choose_form(
    asked: SecretFormat, version: str | None, mounts: tuple[SecretMount, ...] = (), *, ends: bool = False
) -> SecretForm:
    """The form for a cluster of that version; where it has no `secret` block, templates do the same.

    Asked for by name, the block is also written where nobody knows the version.
    """
    has_block = has_feature(version, "secret-block") or (asked == "native" and not version)
    return SecretForm(
        native=has_block and asked in ("auto", "native"),
        variables=asked == "nomad-variables",
        mounts=mounts,
        ends=ends,
    )
