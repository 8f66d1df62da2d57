"""Why a job failed: evidence in, one cause out.

The strongest evidence speaks first: what the cluster said by structure, then the kernel's and the driver's words,
exit codes, and last the text of logs.
"""

from muster.nomad.domain.failures.checks import (
    blame_missing_consul,
    classify_answer,
    classify_fixed_inside,
    classify_listening,
    classify_slow,
)
from muster.nomad.domain.failures.environment import classify_missing_env
from muster.nomad.domain.failures.exits import classify_crash, classify_killed, classify_not_found, classify_oom
from muster.nomad.domain.failures.logs import (
    classify_disk_full,
    classify_memory_words,
    classify_port_in_use,
    classify_unreachable,
    classify_volume_permission,
)
from muster.nomad.domain.failures.placement import classify_placement
from muster.nomad.domain.failures.refusal import classify_refusal
from muster.nomad.domain.failures.scene import Classifier, Scene, each_suspect, scene_of
from muster.nomad.domain.failures.starting import classify_start
from muster.nomad.domain.outcomes import Cause, Observation
from muster.nomad.domain.spec import JobSpec

NEWER_VERSION = "Cancelled due to newer version of job"
"""Nomad's words (`DeploymentStatusDescriptionNewerJob`)."""


def _refused(scene: Scene) -> Cause | None:
    return classify_refusal(0, scene.observation.refusal) if scene.observation.refusal else None


def _superseded(scene: Scene) -> Cause | None:
    """Somebody registered the job again while its deployment went on: nothing says whether ours would have done."""
    if scene.observation.deployment_description != NEWER_VERSION:
        return None
    return Cause(
        kind="superseded",
        remedy="none",
        summary="somebody registered a newer version of the job before this one was healthy",
        advice="See whose it is with `nomad job history -p`; run this again to have this version after all.",
        quotes=(NEWER_VERSION,),
    )


CLASSIFIERS: tuple[tuple[str, Classifier], ...] = (
    ("refused by the cluster", _refused),
    ("replaced by a newer version", _superseded),
    ("no node found", classify_placement),
    ("killed at the memory limit", each_suspect(classify_oom)),
    ("not started", each_suspect(classify_start)),
    ("a port inside that host networking ignores", each_suspect(classify_fixed_inside)),
    ("the check is answered with an error", each_suspect(classify_answer)),
    ("killed by nobody we know", each_suspect(classify_killed)),
    ("command not found", each_suspect(classify_not_found)),
    ("says: no memory", each_suspect(classify_memory_words)),
    ("says: no variable", each_suspect(classify_missing_env)),
    ("says: may not write", each_suspect(classify_volume_permission)),
    ("says: port in use", each_suspect(classify_port_in_use)),
    ("says: disk full", each_suspect(classify_disk_full)),
    ("says: can't connect", classify_unreachable),
    ("says: listens elsewhere", each_suspect(classify_listening)),
    ("slow", each_suspect(classify_slow)),
    ("crashed", each_suspect(classify_crash)),
)
"""In this order, the strongest evidence first; the first that finds something names the cause."""


def classify_failure(observation: Observation, spec: JobSpec, *, consul: bool = True) -> Cause:
    """The one reason that explains best why this job is not healthy; `unknown` when nothing tells.

    `consul` is False where the cluster is known to have none.
    """
    scene = scene_of(observation, spec)
    causes = (classify(scene) for _, classify in CLASSIFIERS)
    cause = next((cause for cause in causes if cause), None) or _unknown(observation)
    return cause if consul else blame_missing_consul(cause, spec)


def _unknown(observation: Observation) -> Cause:
    words = [observation.deployment_description, *(one.description for one in observation.allocations)]
    said = [word for word in dict.fromkeys(words) if word]
    return Cause(
        kind="unknown",
        remedy="human",
        summary="the job is not healthy, and nothing that the cluster says tells why",
        advice="Look at `nomad job status` and the allocation's events and logs.",
        quotes=tuple(said),
    )
