"""Patches of a group and the job: disk, datacenters, ports, deadlines, restarts."""

from typing import Literal

from muster.nomad.domain.patches.targets import on_host_network, port_of, update_of, with_port
from muster.nomad.domain.policies import Restart
from muster.nomad.domain.spec import EphemeralDisk, JobSpec
from muster.nomad.domain.values import Part, Text


class SetDisk(Part):
    """Give the allocation a disk of this size."""

    kind: Literal["set_disk"] = "set_disk"
    group: str
    size_mb: int

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that disk."""
        group = spec.group(self.group)
        disk = (group.ephemeral_disk or EphemeralDisk()).model_copy(update={"size_mb": self.size_mb})
        return spec.with_group(group.model_copy(update={"ephemeral_disk": disk}))


class SetDatacenters(Part):
    """Run in these datacenters."""

    kind: Literal["set_datacenters"] = "set_datacenters"
    datacenters: tuple[str, ...]

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job in those datacenters."""
        return spec.model_copy(update={"datacenters": self.datacenters})


class MakePortDynamic(Part):
    """Let Nomad pick the port outside; inside the container it stays the same.

    On the host's own network there is no inside: a variable that held the number gets `${NOMAD_PORT_label}`.
    """

    kind: Literal["make_port_dynamic"] = "make_port_dynamic"
    group: str
    label: str

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job without that fixed port."""
        port = port_of(spec.group(self.group), self.label)
        on_host = [task for task in spec.group(self.group).tasks if on_host_network(task)]
        inside = None if on_host else port.to or port.static
        changed = with_port(spec, self.group, port.model_copy(update={"static": None, "to": inside}))
        for task in on_host:
            told = {
                name: f"${{NOMAD_PORT_{self.label}}}" for name, value in task.env.items() if _is(value, port.static)
            }
            changed = changed.with_task(self.group, task.model_copy(update={"env": task.env | told}))
        return changed


class SetPort(Part):
    """The port outside (None: Nomad picks one) and inside the container (None: the same as outside)."""

    kind: Literal["set_port"] = "set_port"
    group: str
    label: str
    static: int | None = None
    to: int | None = None

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that port."""
        port = port_of(spec.group(self.group), self.label)
        return with_port(spec, self.group, port.model_copy(update={"static": self.static, "to": self.to}))


class SetDeadlines(Part):
    """How long an allocation may take to be healthy; Nomad wants min_healthy < healthy_deadline < progress_deadline."""

    kind: Literal["set_deadlines"] = "set_deadlines"
    group: str
    min_healthy_time_s: float
    healthy_deadline_s: float
    progress_deadline_s: float

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with those deadlines on the group."""
        fields = self.model_dump(exclude={"kind", "group"})
        update = update_of(spec, self.group).model_copy(update=fields)
        return spec.with_group(spec.group(self.group).model_copy(update={"update": update}))


class SetRestart(Part):
    """Another restart policy for the group."""

    kind: Literal["set_restart"] = "set_restart"
    group: str
    restart: Restart

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that policy."""
        return spec.with_group(spec.group(self.group).model_copy(update={"restart": self.restart}))


def _is(value: Text, number: int | None) -> bool:
    return number is not None and value == str(number)
