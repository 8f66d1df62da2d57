"""What a spec has to know of the cluster that it is for."""

from typing import Literal, Protocol

from muster.core.evidence import Sourced
from muster.nomad.domain.policies import Constraint
from muster.nomad.domain.versions import has_feature

Provider = Literal["consul", "nomad"]


class Target(Protocol):
    """The part of a cluster's facts that a spec depends on."""

    @property
    def version(self) -> str:
        """Nomad's version, `1.8.3`."""
        ...

    @property
    def datacenters(self) -> tuple[str, ...]:
        """Where its nodes are."""
        ...

    @property
    def vault(self) -> bool:
        """Whether Vault is there."""
        ...

    @property
    def consul(self) -> bool:
        """Whether Consul is there."""
        ...

    @property
    def ready_nodes(self) -> int:
        """How many nodes take work; 0 where they may not be seen."""
        ...

    @property
    def host_volumes(self) -> tuple[str, ...]:
        """Host volumes that a ready node offers to write."""
        ...

    @property
    def read_only_volumes(self) -> tuple[str, ...]:
        """Host volumes that ready nodes offer to read alone."""
        ...

    @property
    def csi_volumes(self) -> tuple[str, ...]:
        """CSI volumes of the namespace, by id."""
        ...

    @property
    def csi_plugins(self) -> tuple[str, ...]:
        """CSI plugins that run on some node."""
        ...

    @property
    def devices(self) -> tuple[str, ...]:
        """Groups of healthy devices on ready nodes, `vendor/type/name`."""
        ...

    @property
    def gpu_marks(self) -> tuple[Constraint, ...]:
        """What picks the nodes that say by class or meta that they have a GPU."""
        ...

    @property
    def architectures(self) -> tuple[str, ...]:
        """Of all ready nodes, as Nomad says them; empty where not all could be seen."""
        ...


def choose_provider(target: Target | None) -> Sourced[Provider]:
    """Who keeps the services: Consul where it is, or where Nomad is older than 1.3; else Nomad itself."""
    if target is None:
        return Sourced(value="consul", source="default", reason="every version of Nomad has Consul services")
    if target.consul:
        return Sourced(value="consul", source="cluster", reason="the cluster has Consul")
    if not has_feature(target.version, "native-services"):
        return Sourced(value="consul", source="cluster", reason=f"Nomad {target.version} has no services of its own")
    return Sourced(value="nomad", source="cluster", reason="the cluster has no Consul")
