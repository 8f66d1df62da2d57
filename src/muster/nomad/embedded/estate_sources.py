"""What templates get from the Consul, the Vault and the variables of the cluster they run on."""

from typing import Any

from muster.nomad.embedded.consul.registrations import allocated, registered
from muster.nomad.embedded.nomad_services import nomad_services
from muster.nomad.embedded.running import Running
from muster.nomad.embedded.state.values import SECOND
from muster.nomad.embedded.vault import access
from muster.nomad.embedded.vault.mounts import PLAIN_MOUNT, VERSIONED_MOUNT
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]


class EstateSources:
    """Answers templates' questions out of the cluster's memory."""

    def __init__(self, cluster: Running) -> None:
        self._cluster = cluster

    def key(self, name: str) -> str | None:
        """The value of a key of Consul."""
        pair = self._cluster.consul.pairs.get(name)
        return None if pair is None else pair.value.decode(errors="replace")

    def secret(self, path: str, policies: tuple[str, ...]) -> Json | None:
        """A secret of Vault; one of the versioned engine may be named with `data/` or without."""
        mount, _, rest = path.partition("?")[0].strip("/").partition("/")
        if self._cluster.vault.sealed:
            return None
        if mount == VERSIONED_MOUNT:
            return self._versioned(rest.removeprefix("data/"), policies)
        if mount == PLAIN_MOUNT and access.may(self._cluster.vault, policies, f"{mount}/{rest}", "read"):
            data = self._cluster.vault.plain.get(rest)
            return None if data is None else {"Data": data}
        return None

    def _versioned(self, path: str, policies: tuple[str, ...]) -> Json | None:
        vault = self._cluster.vault
        secret = vault.secrets.get(path)
        version = secret.version(0) if secret else None
        readable = access.may(vault, policies, f"{VERSIONED_MOUNT}/data/{path}", "read")
        if not readable or version is None or version.data is None or version.deleted_ns is not None:
            return None
        metadata = {"version": version.number, "created_time": timestamp(version.created_ns // SECOND * SECOND)}
        return {"Data": {"data": version.data, "metadata": metadata}}

    def variable(self, namespace: str, path: str) -> dict[str, str] | None:
        """The items of a Nomad variable."""
        row = self._cluster.store.objects.get("variables", {}).get(f"{namespace}:{path}")
        return None if row is None else row["Items"]

    def consul_services(self, name: str) -> list[Json]:
        """The passing instances of a service, `tag.name` those with a tag; as templates see them."""
        tag, _, plain = name.partition("|")[0].rpartition(".")
        found = [*registered(self._cluster), *allocated(self._cluster)]
        return [
            {
                "ID": one.id,
                "Name": one.name,
                "Node": one.node.name,
                "Address": one.address or one.node.address,
                "Port": one.port,
                "Tags": list(one.tags),
            }
            for one in found
            if one.name == plain and one.passing and (not tag or tag in one.tags)
        ]

    def nomad_services(self, namespace: str, name: str) -> list[Json]:
        """The instances of a service that Nomad itself keeps, as templates see them."""
        found = [row for row in nomad_services(self._cluster) if row["Namespace"] == namespace]
        return [{**row, "Name": name} for row in found if row["ServiceName"] == name]
