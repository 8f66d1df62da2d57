"""The task that a job is about."""

from muster.nomad.domain.spec import GroupSpec, JobSpec
from muster.nomad.domain.task import TaskSpec


def main_task(spec: JobSpec) -> tuple[GroupSpec, TaskSpec] | None:
    """The first docker task that keeps running in a group with ports, else the first that does, else the first."""
    tasks = [(group, task) for group in spec.groups for task in group.tasks]
    running = [one for one in tasks if one[1].lifecycle is None]
    listening = [one for one in running if one[0].network and one[0].network.ports]
    return next(iter((*listening, *running, *tasks)), None)
