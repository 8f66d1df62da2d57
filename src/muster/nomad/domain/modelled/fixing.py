"""What a model may answer about a failure, and which of its patches are tried: none that gives a job more rights, and
none whose values stand nowhere.
"""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from muster.core.repairs import Repair
from muster.nomad.domain.env_vars import looks_secret
from muster.nomad.domain.modelled.citing import Citation, Shown
from muster.nomad.domain.modelled.widening import widening
from muster.nomad.domain.outcomes import CauseKind
from muster.nomad.domain.patches.check import SetCheckPath, SetCheckPort, SetCheckTiming, SetCheckType
from muster.nomad.domain.patches.group import MakePortDynamic, SetDatacenters, SetDeadlines, SetDisk, SetPort
from muster.nomad.domain.patches.spec_patch import SpecPatch, apply_patch
from muster.nomad.domain.patches.targets import port_of
from muster.nomad.domain.patches.task import ClearCommand, SetCpu, SetEnv, SetImage, SetMemory
from muster.nomad.domain.repairs.situation import Room
from muster.nomad.domain.spec import JobSpec

ERROR = "ERROR"
CURRENT_SPEC = "CURRENT_SPEC"
MEMORIES = "MEMORIES"
MODEL_SAYS = "a model says: "
"""So the reason of a model's repair begins."""
MOST_TIMES = 4
"""A model may ask for so many times what the job has now, and never for more than the largest node has."""
_MOST_WAIT_S = 3600.0
_LOADED = ("LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "PATH", "BASH_ENV", "ENV", "NODE_OPTIONS", "NODE_PATH")
_STARTS = ("PYTHON", "PERL5", "RUBYOPT", "RUBYLIB", "JAVA_TOOL", "JDK_JAVA", "DOCKER_", "NOMAD_", "VAULT_", "CONSUL_")

ProposedPatch = Annotated[
    SetMemory
    | SetCpu
    | SetDisk
    | SetDatacenters
    | MakePortDynamic
    | SetPort
    | SetCheckPath
    | SetCheckPort
    | SetCheckType
    | SetCheckTiming
    | SetDeadlines
    | SetImage
    | SetEnv
    | ClearCommand,
    Field(discriminator="kind"),
]
"""The kinds that the prompt `fix` names: what runs as root first (`AddChownTask`) is not among them."""


class FixAnswer(BaseModel):
    """The answer to `fix`."""

    model_config = ConfigDict(frozen=True)

    cause: CauseKind = "unknown"
    summary: str = ""
    patch: ProposedPatch | None = None
    expected_effect: str | None = None
    human: str | None = None
    confidence: float = 0.5
    evidence: list[Citation] = []
    notes: list[str] = []


def fault_of_fix(
    answer: FixAnswer, spec: JobSpec, shown: Shown, *, tried: Sequence[Repair[SpecPatch]], cluster: Room | None
) -> str:
    """Why the patch of an answer is not tried; empty where it may be. A patch is there."""
    if not any(quote.file == ERROR for quote in answer.evidence):
        return "it quotes no line of the failure"
    if missing := next((quote for quote in answer.evidence if not shown.holds(quote)), None):
        return f"{missing.file}:{missing.line} does not say that"
    return fault_of_patch(answer.patch, spec, shown, tried=tried, cluster=cluster) if answer.patch else ""


def fault_of_patch(
    patch: ProposedPatch, spec: JobSpec, shown: Shown, *, tried: Sequence[Repair[SpecPatch]], cluster: Room | None
) -> str:
    """Why a patch is not tried; empty where it may be."""
    try:
        after = apply_patch(spec, patch)
    except KeyError as error:
        return str(error.args[0])
    if after == spec:
        return "it changes nothing"
    if any(patch == repair.patch for repair in tried):
        return "it was tried"
    return widening(spec, after) or _own_fault(patch, spec, shown, cluster)


def _own_fault(patch: ProposedPatch, spec: JobSpec, shown: Shown, cluster: Room | None) -> str:
    """What is wrong with the patch's own values."""
    match patch:
        case SetEnv():
            return _env_fault(patch, spec, shown)
        case SetImage(image=image):
            return "" if isinstance(image, str) and _is_shown(image, shown) else "no line shows that image"
        case SetDatacenters(datacenters=wanted):
            known = cluster.datacenters if cluster else ()
            return "" if wanted and set(wanted) <= set(known) else "the cluster has no such datacenter"
        case SetPort(static=static):
            now = port_of(spec.group(patch.group), patch.label).static
            return "" if static in (None, now) else "a fixed port on the node is for a person to ask for"
        case SetCheckPath(path=path):
            return "" if path.startswith("/") and _is_shown(path, shown) else "no line shows that path"
        case SetMemory() | SetCpu() | SetDisk():
            return _amount_fault(patch, spec, cluster)
        case SetDeadlines() | SetCheckTiming():
            return _wait_fault(patch)
        case _:
            return ""


def _env_fault(patch: SetEnv, spec: JobSpec, shown: Shown) -> str:
    name, value = patch.name, patch.value
    if not isinstance(value, str) or looks_secret(name, value):
        return "a secret's value has no place in a job"
    if name.upper() in _LOADED or name.upper().startswith(_STARTS):
        return f"{name} decides what is loaded or who is asked: that is for a person"
    if name in spec.task(patch.group, patch.task).env and "${" in str(spec.task(patch.group, patch.task).env[name]):
        return f"{name} is given by Nomad"
    return "" if _is_shown(value, shown) else "no line shows that value"


def _amount_fault(patch: SetMemory | SetCpu | SetDisk, spec: JobSpec, cluster: Room | None) -> str:
    match patch:
        case SetMemory(memory_mb=wanted, memory_max_mb=ceiling):
            now = spec.task(patch.group, patch.task).resources.memory_mb
            most, wanted = (cluster.largest_node_memory_mb if cluster else 0), max(wanted, ceiling or 0)
        case SetCpu(cpu_mhz=wanted):
            now = spec.task(patch.group, patch.task).resources.cpu_mhz or 1000
            most = cluster.largest_node_cpu_mhz if cluster else 0
        case SetDisk(size_mb=wanted):
            disk = spec.group(patch.group).ephemeral_disk
            now, most = (disk.size_mb or 300) if disk else 300, 0
    if wanted <= 0 or wanted > now * MOST_TIMES or (most and wanted > most):
        return f"{wanted} is more than {MOST_TIMES} times {now}, or than a node has"
    return ""


def _wait_fault(patch: SetDeadlines | SetCheckTiming) -> str:
    match patch:
        case SetDeadlines(min_healthy_time_s=steady, healthy_deadline_s=healthy, progress_deadline_s=progress):
            ordered = 0 <= steady < healthy < progress <= _MOST_WAIT_S
        case SetCheckTiming(interval_s=interval, timeout_s=timeout, grace_s=grace):
            ordered = 1 <= interval <= _MOST_WAIT_S and 1 <= timeout <= interval * 10 and (grace or 0) <= _MOST_WAIT_S
    return "" if ordered else "its times make no sense"


def _is_shown(text: str, shown: Shown) -> bool:
    """Whether a line of the failure or of the job holds it, as whole words."""
    lines = (line for block in (ERROR, CURRENT_SPEC) for line in shown.files.get(block, {}).values())
    return any(_holds(line, text) for line in lines)


def _holds(line: str, text: str) -> bool:
    start = line.find(text) if text else -1
    while start >= 0:
        around = (line[start - 1 : start] or " ") + (line[start + len(text) :][:1] or " ")
        if not any(one.isalnum() for one in around):
            return True
        start = line.find(text, start + 1)
    return False
