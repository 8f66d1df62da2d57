"""The cluster with its journal: each accepted write is applied and written down, and a start replays them all."""

from pathlib import Path
from typing import Any

from muster.nomad.embedded.client.behaviours import read_behaviours
from muster.nomad.embedded.cluster import Accepted, Cluster
from muster.nomad.embedded.fleet import follow_scripts
from muster.nomad.embedded.journal import Entry, Journal
from muster.nomad.embedded.scheduler.nodes import read_nodes
from muster.nomad.embedded.writes import WRITES

Records = list[dict[str, Any]]


class Host:
    """A cluster that survives its process. Writes raise Refused as the cluster's do; only accepted ones are kept."""

    def __init__(
        self, journal: Path, nodes: Records, images: Records, now_ns: int, seed: str, *, acl: bool = False
    ) -> None:
        """Open a home: nodes, time, seed and ACL mode count for the first start alone, images for all that follows."""
        self._journal = Journal(journal)
        entries = list(self._journal.entries())
        first: Entry = {"op": "start", "at": now_ns, "seed": seed, "nodes": nodes, "images": images, "acl": acl}
        if entries:
            first = entries[0]
        else:
            self._journal.append(first)
        self.acl: bool = first.get("acl", False)
        self._images: Records = first["images"]
        self.cluster = Cluster(read_nodes(first["nodes"]), read_behaviours(self._images), first["at"], first["seed"])
        follow_scripts(self.cluster)
        for entry in entries[1:]:
            self._replay(entry)
        if images != self._images:
            self.write("images", records=images)

    def has(self, service: str) -> bool:
        """Whether some machine has `consul` or `vault`; without one the cluster has none."""
        return any(f"{service}.version" in node.attributes for node in self.cluster.nodes)

    @property
    def now_ns(self) -> int:
        """The cluster's time."""
        return self.cluster.agenda.now_ns

    def write(self, op: str, **arguments: Any) -> Accepted | None:
        """Apply a write and keep it. Raises Refused when the cluster says no."""
        entry: Entry = {"op": op, "at": self.now_ns, **arguments}
        accepted = self._apply(entry)
        self._journal.append(entry)
        return accepted

    def advance_to(self, to_ns: int) -> None:
        """Let time go on."""
        self.cluster.agenda.advance_to(to_ns)

    def mark(self) -> None:
        """Remember how far time came: somebody is about to hear of it."""
        self._journal.append({"op": "clock", "at": self.now_ns})

    def close(self) -> None:
        """Close the journal."""
        self._journal.close()

    def _replay(self, entry: Entry) -> None:
        self.cluster.agenda.advance_to(entry["at"])
        self._apply(entry)

    def _apply(self, entry: Entry) -> Accepted | None:
        write = WRITES.get(entry["op"])
        if write is not None:
            return write(self.cluster, entry)
        if entry["op"] == "images":
            self._images = entry["records"]
            self.cluster.clients.learn(read_behaviours(self._images))
        return None
