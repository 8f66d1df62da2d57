"""Which of a model's claims become evidence: those about what is open, whose lines are there and show them.

Its evidence ranks below every other source (`Origin`), and its confidence is capped: it fills gaps, and overrides
nothing.
"""

import re
from collections.abc import Iterable

from muster.nomad.domain.facts import EnvFact, Evidence, HealthFact, PortFact, WorkloadFact
from muster.nomad.domain.modelled.answers import ComposeCall, MakefileComposeAnswer
from muster.nomad.domain.modelled.citing import Shown, speaking
from muster.nomad.domain.modelled.claims import Claim
from muster.nomad.domain.modelled.open_points import OpenPoints
from muster.nomad.domain.modelled.port_lines import listens_on
from muster.nomad.domain.values import Part

SOURCE = "model"
MOST_CONFIDENCE = 0.5
"""Half of what a line says outright: a model has read it, no rule."""
_MOST_REASON = 200
_PATH = re.compile(r"/[\w./~%-]{0,199}")


class Judged(Part):
    """What became of an answer: the evidence that holds, and why the rest was left out."""

    evidence: tuple[Evidence, ...] = ()
    left_out: tuple[str, ...] = ()


def judge_claims(claims: Iterable[Claim], points: OpenPoints, shown: Shown) -> Judged:
    """Hold each claim against what is open and against the lines that were shown."""
    kept: list[Evidence] = []
    left_out: list[str] = []
    for claim in claims:
        fault = fault_of(claim, points, shown)
        if fault:
            left_out.append(f"{_told(claim)}: {fault}")
        else:
            kept.append(_evidence(claim, points))
    return Judged(evidence=tuple(kept), left_out=tuple(left_out))


def fault_of(claim: Claim, points: OpenPoints, shown: Shown) -> str:
    """Why a claim does not count; empty where it does."""
    if not claim.evidence:
        return "it names no line"
    missing = next((quote for quote in claim.evidence if not shown.holds(quote)), None)
    if missing:
        return f"{missing.file}:{missing.line} does not say that"
    said = speaking(claim.evidence, shown)
    if not said:
        return "its lines are comments, labels or messages"
    if any(not _spoken(word, said) for word in claim.words):
        return "its lines do not hold it"
    return _out_of_place(claim, points, said)


def compose_notes(answer: MakefileComposeAnswer, shown: Shown) -> tuple[str, ...]:
    """How a Makefile runs compose, for a human to look at: which files count is a person's choice."""
    running = (call for call in answer.calls if call.purpose == "run" and call.files and _all_held(call, shown))
    return tuple(
        f"`make {call.target}` runs {', '.join(call.files)} ({call.evidence[0].file}:{call.evidence[0].line})"
        for call in running
    )


def _all_held(call: ComposeCall, shown: Shown) -> bool:
    return bool(call.evidence) and all(shown.holds(quote) for quote in call.evidence)


def _out_of_place(claim: Claim, points: OpenPoints, said: Iterable[str]) -> str:
    match claim.fact:
        case PortFact(port=port):
            return _port_fault(port, points, said)
        case HealthFact(path=path):
            return "" if points.health and path and _PATH.fullmatch(path) else "the health check is not open"
        case WorkloadFact(workload="compute"):
            return "" if points.gpu or points.workload else "what it computes is not open"
        case WorkloadFact():
            return "" if points.workload else "the kind of job is not open"
        case EnvFact(name=name):
            return _env_fault(name, points, said)
        case _:
            return "nobody asked for it"


def _port_fault(port: int, points: OpenPoints, said: Iterable[str]) -> str:
    if not points.port or not 0 < port < 65536:
        return "the port is not open"
    return "" if listens_on(port, said) else "nothing listens on it in its lines"


def _env_fault(name: str, points: OpenPoints, said: Iterable[str]) -> str:
    if name in points.known_variables:
        return "it is known already"
    if name not in points.variables and not points.new_variables:
        return "nobody asked for it"
    return "" if _names(name, said) else "its lines do not name it"


def _names(name: str, said: Iterable[str]) -> bool:
    """Whether the lines hold the name, or its parts: `SHOP_PAGE_SIZE` is `page_size` under the prefix `SHOP_`."""
    text = " ".join(said).lower()
    if name.lower() in text:
        return True
    parts = name.lower().split("_")
    ends = ("_".join(parts[cut:]) for cut in range(1, len(parts)))
    return any(_spoken(end, (text,)) and "_".join(parts[: len(parts) - end.count("_") - 1]) in text for end in ends)


def _spoken(word: str, said: Iterable[str]) -> bool:
    """Whether a line holds the word as a whole: 80 is not in 8080."""
    pattern = re.compile(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", re.IGNORECASE)
    return any(pattern.search(line) for line in said)


def _evidence(claim: Claim, points: OpenPoints) -> Evidence:
    first = claim.evidence[0]
    reason = " ".join(claim.reason.split())[:_MOST_REASON]
    return Evidence(
        unit=points.unit,
        fact=claim.fact,
        source=SOURCE,
        where=f"{first.file}:{first.line}",
        reason=f"a model reads it so: {reason}" if reason else "a model reads it so",
        confidence=min(max(claim.confidence, 0.0), MOST_CONFIDENCE),
    )


def _told(claim: Claim) -> str:
    match claim.fact:
        case PortFact(port=port):
            return f"port {port}"
        case HealthFact(path=path):
            return f"health {path}"
        case EnvFact(name=name):
            return f"variable {name}"
        case WorkloadFact(workload=workload):
            return f"workload {workload}"
        case fact:
            return fact.kind
