"""What every handler works with: the cluster's host, its pace, its own address."""

from dataclasses import dataclass

from starlette.requests import Request

from muster.nomad.embedded.host import Host
from muster.nomad.embedded.pace import Pace
from muster.nomad.embedded.state.store import Store


@dataclass(frozen=True)
class Desk:
    """Handed to the application once; `vault` says whether jobs may ask for Vault."""

    host: Host
    pace: Pace
    address: str
    vault: bool = False

    @property
    def store(self) -> Store:
        """The cluster's memory."""
        return self.host.cluster.store


def desk_of(request: Request) -> Desk:
    """The desk of the application that a request came to."""
    desk: Desk = request.app.state.desk
    return desk
