"""Patches of a service's health check."""

from typing import Literal

from muster.nomad.domain.network import Service
from muster.nomad.domain.patches.targets import check_of, port_of, with_service
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.values import Part

_OF_OTHER_TYPES: dict[str, object] = {
    **dict.fromkeys(("path", "method", "protocol", "command", "task")),
    "args": (),
    "tls_skip_verify": False,
}


class _OfCheck(Part):
    group: str
    service: str
    check: int = 0
    """Its place among the service's checks, from 0."""

    def _change(self, spec: JobSpec, **fields: object) -> JobSpec:
        def changed(service: Service) -> Service:
            checks = list(service.checks)
            checks[self.check] = checks[self.check].model_copy(update=fields)
            return service.model_copy(update={"checks": tuple(checks)})

        check_of(spec, self.group, self.service, self.check)
        return with_service(spec, self.group, self.service, changed)


class SetCheckPath(_OfCheck):
    """Ask another path of the HTTP check."""

    kind: Literal["set_check_path"] = "set_check_path"
    path: str

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that path."""
        return self._change(spec, path=self.path)


class SetCheckPort(_OfCheck):
    """Ask the check at another of the group's ports."""

    kind: Literal["set_check_port"] = "set_check_port"
    port: str

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that port label on the check."""
        port_of(spec.group(self.group), self.port)
        return self._change(spec, port=self.port)


class SetCheckType(_OfCheck):
    """Only see whether the port is open."""

    kind: Literal["set_check_type"] = "set_check_type"
    type: Literal["tcp"] = "tcp"

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with a TCP check in that place."""
        return self._change(spec, type=self.type, **_OF_OTHER_TYPES)


class SetCheckTiming(_OfCheck):
    """How often the check asks and how long it waits; `grace_s` is how long it may fail before it restarts the task."""

    kind: Literal["set_check_timing"] = "set_check_timing"
    interval_s: float
    timeout_s: float
    grace_s: float | None = None

    def applied_to(self, spec: JobSpec) -> JobSpec:
        """The job with that rhythm."""
        restart = check_of(spec, self.group, self.service, self.check).restart
        if restart and self.grace_s is not None:
            restart = restart.model_copy(update={"grace_s": self.grace_s})
        return self._change(spec, interval_s=self.interval_s, timeout_s=self.timeout_s, restart=restart)
