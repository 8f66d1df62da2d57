"""What may cure a failure: typed repairs, the best first, never one that was tried.

Nothing here invents an image, a secret, or a privilege: where only a human can know, there is no proposal.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from difflib import unified_diff

from muster.core.repairs import Repair, untried
from muster.nomad.domain.outcomes import Cause, CauseKind, Observation
from muster.nomad.domain.patches.spec_patch import SpecPatch, apply_patch
from muster.nomad.domain.repairs.checks import more_patience, other_path
from muster.nomad.domain.repairs.network import free_port, real_datacenters, right_port
from muster.nomad.domain.repairs.resources import less_cpu, memory, more_or_less_disk
from muster.nomad.domain.repairs.situation import Proposer, Room, Situation, lies_in_spec
from muster.nomad.domain.repairs.tasks import known_variable, later_start, own_command, owned_volume
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Text

PROPOSERS: tuple[tuple[CauseKind, Proposer], ...] = (
    ("memory", memory),
    ("cpu", less_cpu),
    ("disk", more_or_less_disk),
    ("port_collision", free_port),
    ("datacenter", real_datacenters),
    ("check_path", other_path),
    ("check_port", right_port),
    ("check_timing", more_patience),
    ("command_not_found", own_command),
    ("missing_env", known_variable),
    ("volume_permission", owned_volume),
    ("unreachable_dependency", later_start),
)
"""Which rules know a cure for which kind of failure; every other kind needs a human or has none."""


def propose_repairs(
    cause: Cause,
    observation: Observation,
    spec: JobSpec,
    *,
    cluster: Room | None,
    tried: Sequence[Repair[SpecPatch]],
    known_env: Mapping[str, Text] | None = None,
) -> tuple[Repair[SpecPatch], ...]:
    """Repairs that change this job and were not tried, the best first; none where no rule helps.

    `known_env` are values that the repository or a human gave for environment variables; secrets among them are
    left out. A group or task that the spec does not hold is not repaired.
    """
    if not lies_in_spec(cause, spec):
        return ()
    situation = Situation(cause, observation, spec, cluster, tuple(tried), known_env or {})
    proposed = (repair for kind, propose in PROPOSERS if kind == cause.kind for repair in propose(situation))
    return untried(_distinct(repair for repair in proposed if apply_patch(spec, repair.patch) != spec), tried)


def with_diff(repair: Repair[SpecPatch], spec: JobSpec, render: Callable[[JobSpec], str]) -> Repair[SpecPatch]:
    """The repair with the unified diff of the rendered job, before and after."""
    before, after = render(spec), render(apply_patch(spec, repair.patch))
    lines = unified_diff(before.splitlines(), after.splitlines(), "before", "after", lineterm="")
    return repair.model_copy(update={"diff": "\n".join(lines)})


def _distinct(repairs: Iterable[Repair[SpecPatch]]) -> tuple[Repair[SpecPatch], ...]:
    return tuple({repair.patch.model_dump_json(): repair for repair in repairs}.values())
