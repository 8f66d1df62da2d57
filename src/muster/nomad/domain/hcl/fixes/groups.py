"""What the two fixes of ports have to know of a group: its networks, its tasks, and whether they fit together."""

from collections.abc import Iterator
from dataclasses import dataclass

from muster.nomad.domain.hcl.nodes import Block, Body, Expression, ObjectOf, Reference, Template, TupleOf
from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.tree import Tree


@dataclass(frozen=True)
class PortMap:
    """`port_map` of a config: where it stands, and the port inside by label, as written."""

    span: Span
    ports: dict[str, str]


@dataclass(frozen=True)
class OldTask:
    """A task with what HCL1 gave it."""

    block: Block
    driver: str
    config: Block | None
    network: Block | None
    port_map: PortMap | None
    on_host: bool

    @property
    def publishes(self) -> bool:
        """Whether its driver takes ports by label."""
        return self.driver in ("docker", "podman") and self.config is not None and not self.on_host

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels that old Nomad published for it."""
        own = labels_of(self.network) if self.network else ()
        return tuple(dict.fromkeys((*own, *(self.port_map.ports if self.port_map else ()))))


@dataclass(frozen=True)
class OldGroup:
    """A group, its networks and its tasks."""

    networks: tuple[Block, ...]
    tasks: tuple[OldTask, ...]

    @property
    def ports(self) -> list[Block]:
        """The ports of the group and of its tasks."""
        own = (task.network for task in self.tasks if task.network)
        return [port for network in (*self.networks, *own) for port in blocks(network.body, "port")]

    @property
    def translates(self) -> bool:
        """Whether the ports can become the group's without a name or a number being lost."""
        names = [label(port) for port in self.ports]
        whole = all(map(_only_ports, self._merged())) and len(self.networks) <= 1
        mapped = [name for task in self.tasks if task.port_map for name in task.port_map.ports]
        once = len(names) == len(set(names)) and len(mapped) == len(set(mapped))
        return whole and once and set(mapped) <= set(names) and not any(map(_listed_otherwise, self.tasks))

    def _merged(self) -> list[Block]:
        """The networks that another one has to take up."""
        own = [task.network for task in self.tasks if task.network]
        return own if self.networks else own[1:]


def old_groups(tree: Tree) -> Iterator[OldGroup]:
    """The groups of the jobs in a file."""
    for job in blocks(tree.body, "job"):
        for group in blocks(job.body, "group"):
            tasks = tuple(_task(task, tree) for task in blocks(group.body, "task"))
            yield OldGroup(tuple(blocks(group.body, "network")), tasks)


def blocks(body: Body, kind: str) -> Iterator[Block]:
    """The blocks of that type directly inside."""
    return (block for block in body.blocks if block.type == kind)


def label(block: Block) -> str:
    """The first label, or nothing."""
    return block.labels[0].text if block.labels else ""


def labels_of(network: Block) -> tuple[str, ...]:
    """The labels of a network's ports."""
    return tuple(label(port) for port in blocks(network.body, "port"))


def _task(task: Block, tree: Tree) -> OldTask:
    driver, config = _text(task.body, "driver"), next(blocks(task.body, "config"), None)
    networks = [
        network for resources in blocks(task.body, "resources") for network in blocks(resources.body, "network")
    ]
    return OldTask(
        block=task,
        driver=driver,
        config=config,
        network=networks[0] if len(networks) == 1 else None,
        port_map=_port_map(config, tree) if config else None,
        on_host=config is not None and _text(config.body, "network_mode") == "host",
    )


def _text(body: Body, name: str) -> str:
    attribute = body.attribute(name)
    return (attribute.value.plain or "") if attribute and isinstance(attribute.value, Template) else ""


def _port_map(config: Block, tree: Tree) -> PortMap | None:
    block = next(blocks(config.body, "port_map"), None)
    if block:
        return PortMap(block.span, {item.name: tree.source.cut(item.value.span) for item in block.body.attributes})
    attribute = config.body.attribute("port_map")
    value = attribute.value if attribute else None
    if isinstance(value, TupleOf) and len(value.items) == 1:
        value = value.items[0]
    if attribute is None or not isinstance(value, ObjectOf):
        return None
    return PortMap(attribute.span, {_key(item.key): tree.source.cut(item.value.span) for item in value.items})


def _key(key: Expression) -> str:
    if isinstance(key, Reference):
        return key.root
    return (key.plain or "") if isinstance(key, Template) else ""


def _only_ports(network: Block) -> bool:
    others = [item for item in network.body.attributes if item.name != "mbits"]
    return not others and all(block.type == "port" for block in network.body.blocks)


def _listed_otherwise(task: OldTask) -> bool:
    """A config that lists ports already, and not those that its port_map names."""
    given = task.config.body.attribute("ports") if task.config else None
    if given is None:
        return False
    items = given.value.items if isinstance(given.value, TupleOf) else ()
    listed = {item.plain for item in items if isinstance(item, Template)}
    return not set(task.labels) <= listed
