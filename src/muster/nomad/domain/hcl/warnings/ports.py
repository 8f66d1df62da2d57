"""Ports: labels that are not there, host ports that collide, and what host mode is not needed for."""

from collections.abc import Iterator

from muster.nomad.domain.hcl.positions import Span
from muster.nomad.domain.hcl.warnings.images import docker_configs
from muster.nomad.domain.hcl.warnings.rule import Finding, JobFile
from muster.nomad.domain.hcl.warnings.sites import Site

_DYNAMIC_RANGE = range(20_000, 32_001)
_LOW = 1024


def _networks(group: Site) -> Iterator[Site]:
    """The networks of a group, those that its tasks still have for themselves included."""
    return (site for site in group.all() if site.type == "network")


def _ports(group: Site) -> list[Site]:
    return [port for network in _networks(group) for port in network.of("port")]


def _static(group: Site) -> list[tuple[int, Site]]:
    return [(number, port) for port in _ports(group) if (number := port.number("static")) is not None]


def unknown_labels(file: JobFile) -> Iterator[Finding]:
    """Labels of ports that no network of the group has."""
    for group in file.of("group"):
        ports = _ports(group)
        if any(port.made or not port.labels for port in ports):
            continue
        known = dict.fromkeys(port.label for port in ports)
        for label, span in (named for site in group.all() for named in _uses(site)):
            if label and label not in known and not label.isdigit() and "${" not in label:
                there = f"there are {', '.join(known)}" if known else "there is none"
                detail = f'The group\'s network has no port "{label}"; {there}. Write `port "{label}" {{ to = N }}`.'
                yield Finding(span, detail)


def _uses(site: Site) -> Iterator[tuple[str, Span]]:
    if site.type in ("service", "check") and not site.within("sidecar_service"):
        yield site.text("port"), site.span("port")
    elif site.type == "config" and site.parent == "task":
        yield from ((item.text or "", item.span) for item in site.texts("ports"))


def host_port_clashes(file: JobFile) -> Iterator[Finding]:
    """One host port asked for twice where both may be on one node."""
    for group in file.of("group"):
        yield from _within(group)
    if not any(
        site.flag("distinct_hosts") or site.text("operator") == "distinct_hosts" for site in file.of("constraint")
    ):
        yield from _between([group for group in file.of("group") if next(group.of("constraint"), None) is None])


def _within(group: Site) -> Iterator[Finding]:
    seen: dict[tuple[int, str], Site] = {}
    for number, port in _static(group):
        other = seen.setdefault((number, port.text("host_network")), port)
        if other is not port:
            detail = (
                f'Port {number} of the node is already taken by "{other.label}": give one of them another, or none.'
            )
            yield Finding(port.span("static"), detail)


def _between(groups: list[Site]) -> Iterator[Finding]:
    taken: dict[tuple[int, str], Site] = {}
    for group in groups:
        for number, port in _static(group):
            first = taken.setdefault((number, port.text("host_network")), group)
            if first is not group:
                detail = (
                    f'Group "{first.label}" takes port {number} too: the two never share a node. Leave `static` out '
                    "where others find the service by its name, or keep the groups apart by constraints."
                )
                yield Finding(port.span("static"), detail)


def static_ports_counted(file: JobFile) -> Iterator[Finding]:
    """More allocations than one, each with the same host port."""
    for group in file.of("group"):
        count = group.number("count") or 1
        static = _static(group)
        if count > 1 and static:
            number, port = static[0]
            detail = (
                f"Each of the {count} allocations takes port {number} of a node of its own: {count} nodes are needed."
            )
            yield Finding(port.span("static"), f"{detail} Without `static` Nomad picks free ports.")


def static_in_dynamic_range(file: JobFile) -> Iterator[Finding]:
    """Host ports that Nomad itself hands out."""
    for group in file.of("group"):
        for number, port in _static(group):
            if number in _DYNAMIC_RANGE:
                detail = (
                    f"Nomad hands out 20000 to 32000 to other allocations, so {number} may be taken: "
                    "choose a port outside, or leave `static` out."
                )
                yield Finding(port.span("static"), detail)


def needless_host_mode(file: JobFile) -> Iterator[Finding]:
    """`mode = "host"` written for the sake of a low port."""
    detail = (
        'Ports below 1024 need no host mode: docker publishes them in any mode. "host" is the group\'s default and '
        "does not put a container on the host's network; docker's `network_mode = \"host\"` does. Leave it out."
    )
    for network in file.of("network", "group"):
        low = any((port.number("static") or _LOW) < _LOW for port in network.of("port"))
        if network.text("mode") == "host" and low:
            yield Finding(network.span("mode"), detail)


def bridge_without_connect(file: JobFile) -> Iterator[Finding]:
    """Bridge mode where only a host port is wanted."""
    detail = (
        '"bridge" gives the group a network of its own and needs CNI plugins on the node. For a container with a host '
        "port leave `mode` out: docker's own network is the default."
    )
    for group in file.of("group"):
        connected = any(site.type in ("connect", "sidecar_service") for site in group.all())
        for network in group.of("network"):
            several = len(list(group.of("task"))) > 1
            if network.text("mode") == "bridge" and _static(group) and not connected and not several:
                yield Finding(network.span("mode"), detail)


def mapped_on_host_network(file: JobFile) -> Iterator[Finding]:
    """`to` beside docker's host network."""
    for config in docker_configs(file):
        group = config.within("group")
        if group is None or config.text("network_mode") != "host":
            continue
        used = {item.text for item in config.texts("ports")}
        for port in _ports(group):
            if port.has("to") and port.label in used:
                detail = (
                    "On the host's network nothing is mapped: `to` only makes NOMAD_PORT wrong. Leave it out and give "
                    f"the program ${{NOMAD_PORT_{port.label}}}."
                )
                yield Finding(port.span("to"), detail)
