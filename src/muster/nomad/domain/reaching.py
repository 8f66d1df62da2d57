"""Facts about how services reach each other and how the outside reaches them."""

from typing import Literal

from muster.nomad.domain.values import Part


class NetworkModeFact(Part):
    """Compose `network_mode`."""

    kind: Literal["network_mode"] = "network_mode"
    mode: str


class DependsOnFact(Part):
    """This service waits for another one, which it names as its own source does."""

    kind: Literal["depends_on"] = "depends_on"
    service: str
    condition: Literal["service_started", "service_healthy", "service_completed_successfully"] = "service_started"


class AddressFact(Part):
    """Others reach the unit at `host`; `port` there is `target` inside its container. None: whatever it listens on.

    `namespace` is Kubernetes', which knows `host.namespace` too.
    """

    kind: Literal["address"] = "address"
    host: str
    namespace: str = ""
    port: int | None = None
    target: int | None = None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host in all its forms."""
        whole = f"{self.host}.{self.namespace}"
        longer = (whole, f"{whole}.svc", f"{whole}.svc.cluster.local") if self.namespace else ()
        return (self.host, *longer)


class RouteFact(Part):
    """Host and path at which another platform lets the outside reach the unit: a hint, never taken by itself."""

    kind: Literal["route"] = "route"
    route: str
