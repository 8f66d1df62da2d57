"""Repairs of a health check and of the patience with a start."""

from collections.abc import Iterator

from muster.core.repairs import Repair
from muster.nomad.domain.patches.check import SetCheckPath, SetCheckTiming, SetCheckType
from muster.nomad.domain.patches.group import SetDeadlines
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.targets import services_of, update_of
from muster.nomad.domain.repairs.situation import Situation, proposal

MOST_PATIENCE_S = 900.0
"""Nobody waits longer than this for one allocation to be healthy."""

MARGIN_S = 60.0
"""The progress deadline stays this far beyond the healthy deadline."""

LEAST_GRACE_S = 30.0


def other_path(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """A path that the log shows to exist, the root, and at last only whether the port is open.

    Nothing for a 5xx: the program says itself that it is not well. A path that wants a login has no better root.
    """
    facts = situation.cause.facts
    if facts["status"].startswith("5"):
        return
    reason = f"the check's path {facts['path']} answers {facts['status']}"
    for path in facts["answers"].split():
        yield _ask(situation, path, reason, f"{path}, which the log shows, answers 200")
    if facts["status"] not in ("401", "403"):
        yield _ask(situation, "/", reason, "the root answers 200")
    yield _open(situation, facts["service"], int(facts["check"]), reason)


def more_patience(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """Twice the healthy deadline, with the progress deadline beyond it; then a check that only opens the port.

    After one round of patience the check comes first: attempts are few. A download has no check to blame.
    """
    problem = situation.cause.facts.get("problem")
    patience = _more_grace if problem == "check_restart" else _longer
    match problem:
        case "no_consul":
            return
        case "download":
            order = (patience,)
        case _:
            order = (_only_open, patience) if _was_patient(situation) else (patience, _only_open)
    for propose in order:
        yield from propose(situation)


def _was_patient(situation: Situation) -> bool:
    patches = (repair.patch for repair in situation.tried)
    group = situation.cause.group
    return any(isinstance(patch, SetDeadlines | SetCheckTiming) and patch.group == group for patch in patches)


def _longer(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    update = update_of(situation.spec, situation.cause.group)
    healthy_s = min(2 * update.healthy_deadline_s, MOST_PATIENCE_S)
    if healthy_s > update.healthy_deadline_s:
        yield proposal(
            SetDeadlines(
                group=situation.cause.group,
                min_healthy_time_s=update.min_healthy_time_s,
                healthy_deadline_s=healthy_s,
                progress_deadline_s=max(update.progress_deadline_s, healthy_s + MARGIN_S),
            ),
            f"{situation.cause.group} was not healthy within {update.healthy_deadline_s:g} s",
            f"it has {healthy_s:g} s",
        )


def _more_grace(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    for service in services_of(situation.group):
        for place, check in enumerate(service.checks):
            if check.restart:
                grace_s = max(
                    check.restart.grace_s, min(max(2 * check.restart.grace_s, LEAST_GRACE_S), MOST_PATIENCE_S)
                )
                yield proposal(
                    SetCheckTiming(
                        group=situation.cause.group,
                        service=service.name,
                        check=place,
                        interval_s=check.interval_s,
                        timeout_s=check.timeout_s,
                        grace_s=grace_s,
                    ),
                    f"the check of {service.name} restarts the task {check.restart.grace_s:g} s after its start",
                    f"it has {grace_s:g} s to answer before that",
                )


def _only_open(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    for service in services_of(situation.group):
        for place, check in enumerate(service.checks):
            if check.type in ("http", "grpc", "script"):
                yield _open(situation, service.name, place, f"the check of {service.name} has never passed")


def _ask(situation: Situation, path: str, reason: str, effect: str) -> Repair[SpecPatch]:
    cause = situation.cause
    place = int(cause.facts["check"])
    return proposal(
        SetCheckPath(group=cause.group, service=cause.facts["service"], check=place, path=path), reason, effect
    )


def _open(situation: Situation, service: str, place: int, reason: str) -> Repair[SpecPatch]:
    return proposal(
        SetCheckType(group=situation.cause.group, service=service, check=place),
        reason,
        "the check passes when the port is open; it no longer sees whether the program is well",
    )
