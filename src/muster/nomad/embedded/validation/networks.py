"""What Nomad refuses in a group's ports: labels and static ports used twice, and numbers out of range."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from muster.nomad.embedded.validation.reading import Block, blocks, inner, number, tasks_in, text
from muster.nomad.embedded.validation.task_services import ports_of
from muster.nomad.embedded.validation.wording import broken, quoted

_LARGEST_PORT = 65535


@dataclass
class _Taken:
    labels: set[str] = field(default_factory=set[str])
    static: dict[tuple[str, int], str] = field(default_factory=dict[tuple[str, int], str])


def network_errors(group: Block) -> Iterator[str]:
    """What is wrong with the ports of a group's networks and of its tasks' own (deprecated) networks."""
    taken = _Taken()
    for port in (port for network in blocks(group, "Networks") for port in ports_of(network)):
        label = text(port, "Label")
        yield from _label_error(label, taken)
        taken.labels.add(label)
        yield from _static_errors(port, "taskgroup network", taken)
        yield from _mapping_errors(port)
    for task in tasks_in(group):
        for network in blocks(inner(task, "Resources") or {}, "Networks"):
            for port in ports_of(network):
                yield from _label_error(text(port, "Label"), taken)
                yield from _static_errors(port, text(task, "Name"), taken)


def _label_error(label: str, taken: _Taken) -> tuple[str, ...]:
    return broken((label in taken.labels, f"Port label {label} already in use by taskgroup network"))


def _static_errors(port: Block, owner: str, taken: _Taken) -> Iterator[str]:
    label, value = text(port, "Label"), number(port, "Value")
    place = (text(port, "HostNetwork") or "default", value)
    if place in taken.static:
        yield f"Static port {value} already reserved by {taken.static[place]}"
    elif value > _LARGEST_PORT:
        yield f"Port {label} ({value}) cannot be greater than {_LARGEST_PORT}"
    elif value:
        taken.static[place] = f"{owner}:{label}"


def _mapping_errors(port: Block) -> tuple[str, ...]:
    label, to = quoted(text(port, "Label")), number(port, "To")
    return broken(
        (to < -1, f"Port {label} cannot be mapped to negative value {to}"),
        (to > _LARGEST_PORT, f"Port {label} cannot be mapped to a port ({to}) greater than {_LARGEST_PORT}"),
    )
