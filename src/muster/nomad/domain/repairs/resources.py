"""Repairs of memory, CPU and disk."""

from collections.abc import Iterator

from muster.core.repairs import Repair
from muster.nomad.domain.failures.placement import asked_memory_mb
from muster.nomad.domain.patches.group import SetDisk
from muster.nomad.domain.patches.spec_patch import SpecPatch
from muster.nomad.domain.patches.task import SetCpu, SetMemory
from muster.nomad.domain.repairs.situation import Situation, proposal
from muster.nomad.domain.spec import EphemeralDisk

LEAST_MEMORY_MB = 128
"""The smallest workload class: growing to less than this is not worth an attempt."""

MOST_MEMORY_MB = 32768
"""How far memory grows where the size of the nodes is unknown."""

LEAST_CPU_MHZ = 100
LEAST_DISK_MB = 100
MOST_DISK_MB = 16384


def more_memory(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """Twice the memory, but at least LEAST_MEMORY_MB and at most what the largest node can give this task.

    With a ceiling (`memory_max`) the ceiling is doubled; then the same is reserved, for a cluster where
    oversubscription is off ignores the ceiling.
    """
    resources, cause = situation.task.resources, situation.cause
    limit = resources.memory_max_mb or resources.memory_mb
    grown = min(max(2 * limit, LEAST_MEMORY_MB), _room_mb(situation))
    if grown <= limit:
        return
    reason = f"{cause.group}/{cause.task} ran out of memory at {limit} MB"
    effect = f"it has {grown} MB before the kernel kills it"
    if resources.memory_max_mb:
        ceiling = SetMemory(group=cause.group, task=cause.task, memory_mb=resources.memory_mb, memory_max_mb=grown)
        yield proposal(ceiling, reason, effect)
    yield proposal(SetMemory(group=cause.group, task=cause.task, memory_mb=grown), reason, effect)


def less_memory(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """Half the memory of the task that asks most, where its amount was only a guess and nothing has shown more."""
    task = max(situation.group.tasks, key=lambda one: one.resources.memory_mb)
    halved = max(task.resources.memory_mb // 2, LEAST_MEMORY_MB)
    grew = any(isinstance(one.patch, SetMemory) and one.patch.task == task.name for one in situation.tried)
    if _guessed(situation) and not grew and halved < task.resources.memory_mb:
        yield proposal(
            SetMemory(group=situation.cause.group, task=task.name, memory_mb=halved),
            f"no node has {asked_memory_mb(situation.group)} MB left, and the amount was a default",
            f"{task.name} asks for {halved} MB; if that is too little it will be killed, and asked for more",
        )


def less_cpu(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """Half the CPU of the task that asks most, where its amount was only a guess."""
    task = max(situation.group.tasks, key=lambda one: one.resources.cpu_mhz or 0)
    asked = task.resources.cpu_mhz or 0
    halved = max(asked // 2, LEAST_CPU_MHZ)
    if _guessed(situation) and halved < asked:
        yield proposal(
            SetCpu(group=situation.cause.group, task=task.name, cpu_mhz=halved),
            f"no node has {asked} MHz left for {task.name}, and the amount was a default",
            f"{task.name} asks for {halved} MHz; it may use more whenever the node is idle",
        )


def more_or_less_disk(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """Twice the disk where the program found it full; half where no node has it and the amount was a guess.

    A node whose own disk is full, so that no image fits, is not helped by either.
    """
    if situation.cause.remedy != "rule":
        return
    size = (situation.group.ephemeral_disk or EphemeralDisk()).size_mb
    group = situation.cause.group
    if situation.cause.facts.get("problem") != "exhausted":
        doubled = max(size, min(2 * size, MOST_DISK_MB))
        yield proposal(
            SetDisk(group=group, size_mb=doubled),
            f"{group} found no space left with {size} MB of disk",
            f"it is placed on a node with {doubled} MB free",
        )
    elif size // 2 >= LEAST_DISK_MB:
        yield proposal(
            SetDisk(group=group, size_mb=size // 2),
            f"no node has {size} MB of disk left, and the amount was a default",
            f"{group} asks for {size // 2} MB",
        )


def memory(situation: Situation) -> Iterator[Repair[SpecPatch]]:
    """More for a program that ran out of it, less for one that found no node."""
    return less_memory(situation) if situation.cause.facts.get("problem") == "exhausted" else more_memory(situation)


def _guessed(situation: Situation) -> bool:
    return situation.cause.facts.get("guessed") == "true"


def _room_mb(situation: Situation) -> int:
    largest = situation.cluster.largest_node_memory_mb if situation.cluster else 0
    others = asked_memory_mb(situation.group) - situation.task.resources.memory_mb
    return (largest or MOST_MEMORY_MB) - max(others, 0)
