"""What every handler works with: the cluster's host, its pace, its own address."""

from dataclasses import dataclass

from starlette.requests import Request

from muster.nomad.embedded.host import Host
from muster.nomad.embedded.pace import Pace
from muster.nomad.embedded.state.store import Store


@dataclass(frozen=True)
class Desk:
    """Handed to the applications once; `consul` and `fabio` say where these answer."""

    host: Host
    pace: Pace
    address: str
    consul: str = "127.0.0.1:8500"
    fabio: str = "127.0.0.1:9998"

    @property
    def vault(self) -> bool:
        """Whether jobs may ask for Vault."""
        return self.host.has("vault")

    @property
    def store(self) -> Store:
        """The cluster's memory."""
        return self.host.cluster.store


def desk_of(request: Request) -> Desk:
    """The desk of the application that a request came to."""
    desk: Desk = request.app.state.desk
    return desk
