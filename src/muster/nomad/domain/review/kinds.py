"""Every kind of finding of the review, how bad it is, and whether a person may deploy in spite of it.

One that is an error keeps the job from becoming healthy, or gives a secret away. A warning may be wrong, or is judged
better by the plan. Routes are not confirmed here: taking one of somebody else needs a reason, `--allow-route-conflict`.
"""

from collections.abc import Iterable
from typing import Literal

from muster.nomad.domain.findings import Finding
from muster.nomad.domain.values import Part


class Kind(Part):
    """`why` is the reason for the severity."""

    severity: Literal["error", "warning"]
    why: str


KINDS: dict[str, Kind] = {
    "secret_plain": Kind(severity="error", why="whoever may read the job reads the secret"),
    "secret_kept": Kind(severity="warning", why="the running job has it already, and it is not made worse"),
    "vault_path_absent": Kind(severity="error", why="the task waits for the secret until the deployment fails"),
    "vault_path_short": Kind(severity="warning", why="the template adds `data/` where the task's token sees the mount"),
    "vault_key_absent": Kind(severity="error", why="it renders as `<no value>`, and the program starts with that"),
    "vault_unchecked": Kind(severity="warning", why="the job's own token may see what ours does not"),
    "consul_key_absent": Kind(severity="error", why="the task waits for the key until the deployment fails"),
    "consul_unchecked": Kind(severity="warning", why="Consul is away, or refuses our token and not Nomad's"),
    "volume_absent": Kind(severity="warning", why="the plan tells whether a node has it, and a repair may help"),
    "image_absent": Kind(severity="error", why="no node can pull it"),
    "image_denied": Kind(severity="warning", why="the nodes may have credentials that we don't"),
    "image_unknown": Kind(severity="warning", why="the registry did not answer us, and may answer the nodes"),
}
"""All errors of these may be confirmed."""


def finding(kind: str, text: str, *, where: str, advice: str) -> Finding:
    """A finding of one of these kinds. Raises KeyError for another."""
    return Finding(kind=kind, severity=KINDS[kind].severity, text=text, where=where, advice=advice)


def of_review(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those of the review among them; the others are about routes."""
    return tuple(one for one in findings if one.kind in KINDS)


def is_confirmable(found: Finding) -> bool:
    """Whether it stands in the way until a person says yes."""
    return found.severity == "error" and found.kind in KINDS


def key_of(found: Finding) -> str:
    """What is the same finding after a repair."""
    return f"{found.kind} {found.where} {found.text}"
