"""What a look at the running cluster needs of it: its nodes, what it stores, its clients, its time."""

from typing import Protocol

from muster.nomad.embedded.agenda import Agenda
from muster.nomad.embedded.client.clients import Clients
from muster.nomad.embedded.consul.state import ConsulState
from muster.nomad.embedded.scheduler.nodes import Node
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.vault.state import VaultState


class Running(Protocol):
    """The cluster, for those that it is made of."""

    nodes: tuple[Node, ...]
    store: Store
    consul: ConsulState
    vault: VaultState
    agenda: Agenda
    clients: Clients
