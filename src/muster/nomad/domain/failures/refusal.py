"""Why the cluster would not take the job: the plain texts of its errors (recorded, Nomad 1.1.2; later words too)."""

import re
from dataclasses import dataclass

from muster.nomad.domain.outcomes import Cause, CauseKind, Remedy

BULLET = re.compile(r"^\s*\* (?P<problem>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Refusal:
    """Words of a refusal, and what they mean."""

    kind: CauseKind
    remedy: Remedy
    pattern: re.Pattern[str]
    summary: str
    advice: str


REFUSALS: tuple[Refusal, ...] = (
    Refusal(
        "acl",
        "human",
        re.compile(r"ACL token not found|acl token lookup failed|UUID must be 36 characters"),
        "the cluster does not know the ACL token",
        "Set NOMAD_TOKEN to a valid token: a UUID that has not expired.",
    ),
    Refusal(
        "acl",
        "human",
        re.compile(r"Permission denied"),
        "the ACL token may not do this",
        "Use a token whose policy has `submit-job` and `read-job` here (from Nomad 1.2.6 on also `parse-job`).",
    ),
    Refusal(
        "namespace",
        "human",
        re.compile(r"nonexistent namespace \"(?P<name>[^\"]*)\"|Namespace not found|namespace \"[^\"]*\" not found"),
        "the namespace {name} does not exist",
        "Create it, or set NOMAD_NAMESPACE to one that exists.",
    ),
    Refusal(
        "vault",
        "human",
        re.compile(r"Vault .*not enabled|Vault (?:validation failed|policies requested)|not allowed to .*[Vv]ault"),
        "the cluster does not take the job's use of Vault",
        "Leave the vault block out, or have an operator enable Vault; the `root` policy is never taken.",
    ),
    Refusal(
        "invalid_job",
        "human",
        re.compile(r"No path to region"),
        "the cluster has no such region",
        "Set NOMAD_REGION to a region of this cluster, or leave it out.",
    ),
    Refusal(
        "cluster_away",
        "none",
        re.compile(r"No cluster leader|rpc error: (?:failed to get conn|EOF)|connection refused|Unexpected EOF", re.I),
        "the cluster has no leader or went away half way",
        "Try again when it is back.",
    ),
    Refusal(
        "unknown",
        "none",
        re.compile(r"Enforcing job modify index|[Cc]onflicting job modify index"),
        "somebody changed the job since the plan",
        "Plan again.",
    ),
)
"""In this order: the first that fits is the cause."""


def classify_refusal(status: int, text: str) -> Cause:
    """The cause of a refusal, from the answer's status (0: unknown) and plain text.

    Nomad answers 500 with a plain text to nearly everything it refuses, validation errors too.
    """
    quotes = (text.strip(),) if text.strip() else ()
    for refusal in REFUSALS:
        if found := refusal.pattern.search(text):
            name = found.groupdict().get("name") or ""
            summary = " ".join(refusal.summary.format(name=name).split())
            facts = {"name": name} if name else {}
            return Cause(
                kind=refusal.kind,
                remedy=refusal.remedy,
                summary=summary,
                advice=refusal.advice,
                facts=facts,
                quotes=quotes,
            )
    if status in (401, 403):
        return Cause(kind="acl", remedy="human", summary="the cluster refuses our credentials", quotes=quotes)
    if status in (429, 502, 503, 504) or not quotes:
        return Cause(kind="cluster_away", remedy="none", summary=f"the cluster answers {status}", quotes=quotes)
    return _invalid(text, quotes)


def _invalid(text: str, quotes: tuple[str, ...]) -> Cause:
    problems = [found["problem"].strip() for found in BULLET.finditer(text)]
    deepest = problems[-1] if problems else " ".join(text.split())
    return Cause(
        kind="invalid_job",
        remedy="human",
        summary=f"the cluster does not take the job: {deepest}",
        advice="Correct what the message names.",
        facts={"problem": deepest},
        quotes=quotes,
    )
