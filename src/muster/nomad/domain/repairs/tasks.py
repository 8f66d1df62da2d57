"""Repairs of one task: a variable, who owns its volume, its command, patience with what it depends on."""

from collections.abc import Iterator

from muster.core.repairs import Repair
from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.failures.environment import known_value
from muster.nomad.domain.patches.group import SetRestart
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.task import AddChownTask, ClearCommand, SetEnv
from muster.nomad.domain.policies import Restart
from muster.nomad.domain.repairs.situation import Situation, proposal

PATIENT = Restart(attempts=10, interval_s=600.0, delay_s=10.0, mode="fail")
"""For a task that needs another one of the same job, which may start later."""


def known_variable(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """The missing variable, where somebody knows its value and it is no secret; else a human is asked."""
    variable, cause = situation.cause.facts["variable"], situation.cause
    value = known_value(situation.group, cause.task, variable)
    value = situation.known_env.get(variable) if value is None else value
    if value is None or looks_secret(variable, value if isinstance(value, str) else None):
        return
    yield proposal(
        SetEnv(group=cause.group, task=cause.task, name=variable, value=value),
        f"{cause.group}/{cause.task} stops without {variable}",
        f"it finds {variable}",
    )


def owned_volume(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """A prestart task that gives the volume to the user id that the task runs as, where that is known."""
    cause = situation.cause
    uid = cause.facts.get("uid", "")
    if cause.remedy == "rule" and uid.isdigit():
        yield proposal(
            AddChownTask(group=cause.group, task=cause.task, volume=cause.facts["volume"], uid=int(uid)),
            f"user {uid} may not write {cause.facts['path']}",
            f"the volume {cause.facts['volume']} belongs to user {uid} before the task starts",
        )


def own_command(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """What the image itself starts, where the job starts something that the image does not have."""
    config, cause = situation.task.config, situation.cause
    if cause.remedy == "rule" and (config.command or config.entrypoint):
        yield proposal(
            ClearCommand(group=cause.group, task=cause.task),
            f"the image of {cause.group}/{cause.task} has no such command",
            "the image starts its own",
        )


def later_start(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """More and slower restarts, where the thing that can't be reached is part of this very job."""
    if situation.cause.remedy == "rule":
        yield proposal(
            SetRestart(group=situation.cause.group, restart=PATIENT),
            situation.cause.summary,
            f"{PATIENT.attempts} restarts {PATIENT.delay_s:g} s apart give the other task time to start",
        )
