"""How one service of a job reaches another: names that only compose or Kubernetes knows become addresses that Nomad
fills in.

The rule, for a service `redis` that runs in another group:
- `redis:6379` in a value (alone or inside a URL) becomes the address and port of the service, by a template; a URL
  without a port (`http://api/`) gets one;
- a value that is only the name (`REDIS_HOST=redis`) becomes the address, and the variable beside it (`REDIS_PORT`)
  the port; where there is no such variable the other's port is static, because a host name leaves no room for one;
- in a command the address comes from a variable (`${REDIS_6379}`) that such a template fills;
- in the same group the name becomes 127.0.0.1, because its tasks share a network;
- a service of the catalog that an answer names (`redis.service.consul`) is looked up there: see `catalog_names`.
The template restarts the task when the address changes. Until the other one is registered it renders empty, so the
dependant fails and is restarted: the restart block of such a group has room for that.
"""

import re
from collections.abc import Iterable, Iterator

from muster.core.evidence import Sourced
from muster.nomad.domain.build.catalog_names import catalog_port, catalog_references
from muster.nomad.domain.build.site import Site
from muster.nomad.domain.facts import PortFact
from muster.nomad.domain.merge.siblings import reference
from muster.nomad.domain.names import identifier
from muster.nomad.domain.profile import EnvEntry, ServiceProfile

LOOPBACK = "127.0.0.1"

Reference = tuple[int, int, ServiceProfile, Sourced[PortFact]]
"""Where a text names a service (begin and end), which one, and which of its ports."""

_HOST_NAME = re.compile(r"(HOSTNAME|HOST|SERVER|ADDRESS|ADDR|ENDPOINT|NODE)$", re.IGNORECASE)


def env_template(site: Site, service: ServiceProfile, entry: EnvEntry) -> str | None:
    """The template text of a variable that names another service, or holds its port; None for any other."""
    alone = _named_alone(site, service, entry)
    if alone:
        return _address(site, service, alone, alone.ports[0], port=False)
    by_pair = _port_template(site, service, entry)
    return by_pair or text_template(site, service, entry.value or "") or _from_catalog(site, service, entry)


def text_template(site: Site, service: ServiceProfile, text: str) -> str | None:
    """Text with other services' `host:port` and URL hosts replaced; None where it names none."""
    found = _references(site, service, text)
    return _filled(
        text, [(start, end, _address(site, service, other, port, port=True)) for start, end, other, port in found]
    )


def command_words(site: Site, service: ServiceProfile, words: Iterable[str]) -> tuple[str, ...]:
    """The words of a command; an address in them is taken from the environment, which alone a template can fill."""
    changed: list[str] = []
    for word in words:
        for start, end, other, port in reversed(_references(site, service, word)):
            word = f"{word[:start]}${{{_variable(other, port)}}}{word[end:]}"
        changed.append(word)
    return tuple(changed)


def command_addresses(site: Site, service: ServiceProfile, words: Iterable[str]) -> dict[str, str]:
    """The variables that `command_words` uses, with their template text."""
    found = [reference for word in words for reference in _references(site, service, word)]
    return {_variable(other, port): _address(site, service, other, port, port=True) for _, _, other, port in found}


def needs_static_port(site: Site, service: ServiceProfile) -> Sourced[bool] | None:
    """Said where another service names this one by host alone."""
    for other in site.decisions.analysis.services:
        for entry in other.env:
            named = _named_alone(site, other, entry)
            if named and named.id == service.id and not (_together(site, other, named) or _pair(other, entry)):
                reason = f"{entry.name} of {other.name} names it by host alone, which leaves no room for a port"
                return Sourced(value=True, source="default", where=entry.where, reason=reason)
    return None


def siblings(site: Site, service: ServiceProfile) -> Iterator[ServiceProfile]:
    """The other services that keep running in the job, and have a name and a port to be reached at."""
    running = [one for group in site.layout.groups for one in group.running]
    return (one for one in running if one.id != service.id and one.hosts and one.ports)


def literal(text: str) -> str:
    """Text inside a double-quoted line of an env template."""
    for char, escaped in (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\r", "\\r"), ("\t", "\\t")):
        text = text.replace(char, escaped)
    return text.replace("{{", '{{ "{{" }}')


def _filled(text: str, found: list[tuple[int, int, str]]) -> str | None:
    """The text with templates in their places; None where there are none."""
    pieces, position = list[str](), 0
    for start, end, template in found:
        pieces += [literal(text[position:start]), template]
        position = end
    return "".join([*pieces, literal(text[position:])]) if found else None


def _from_catalog(site: Site, service: ServiceProfile, entry: EnvEntry) -> str | None:
    """What an answer takes from Consul's catalog, where the cluster has one."""
    if site.provider.value == "nomad":
        return None
    hosts = (one for one in service.env if _HOST_NAME.search(one.name) and _pair(service, one) == entry)
    by_pair = (port for host in hosts if (port := catalog_port(entry, host)))
    return next(by_pair, None) or _filled(entry.value or "", catalog_references(entry))


def _reference(host: str) -> re.Pattern[str]:
    """`host:port` (group 1 is the port), and a URL's host without a port."""
    name = re.escape(host)
    return re.compile(rf"{reference(host).pattern}|(?<=://){name}(?=[/?#]|$)|(?<=@){name}(?=[/?#]|$)")


def _references(site: Site, service: ServiceProfile, text: str) -> list[Reference]:
    """Where a text names another service, from left to right, each place once."""
    found = [
        (match.start(), match.end(), other, other.port_at(host, match[1]))
        for other in siblings(site, service)
        for host in other.hosts
        for match in _reference(host).finditer(text)
    ]
    apart = list[Reference]()
    for one in sorted(found, key=lambda one: one[0]):
        if not apart or one[0] >= apart[-1][1]:
            apart.append(one)
    return apart


def _variable(other: ServiceProfile, port: Sourced[PortFact]) -> str:
    return f"{identifier(other.name)}_{port.value.port}".upper()


def _address(site: Site, service: ServiceProfile, other: ServiceProfile, at: Sourced[PortFact], *, port: bool) -> str:
    if _together(site, service, other):
        return f"{LOOPBACK}:{at.value.port}" if port else LOOPBACK
    return _lookup(site, other, at, "{{ .Address }}:{{ .Port }}" if port else "{{ .Address }}")


def _lookup(site: Site, other: ServiceProfile, port: Sourced[PortFact], shown: str) -> str:
    """One healthy instance of the service; with several, the first: templates do not balance load."""
    function = "nomadService" if site.provider.value == "nomad" else "service"
    name = site.service_name(other, port)
    return f'{{{{ with {function} "{name}" }}}}{{{{ with index . 0 }}}}{shown}{{{{ end }}}}{{{{ end }}}}'


def _together(site: Site, one: ServiceProfile, other: ServiceProfile) -> bool:
    """Whether both share a group, and with it a network."""
    group = site.group_of(one)
    return group is not None and one in group.running and other in group.running


def _named_alone(site: Site, service: ServiceProfile, entry: EnvEntry) -> ServiceProfile | None:
    """The service that `REDIS_HOST=redis` names. `ROLE=redis` names none."""
    if not _HOST_NAME.search(entry.name):
        return None
    return next((other for other in siblings(site, service) if entry.value in other.hosts), None)


def _pair(service: ServiceProfile, host: EnvEntry) -> EnvEntry | None:
    """The variable that holds the port beside one that holds a host."""
    name = _HOST_NAME.sub(lambda found: "port" if found[0].islower() else "PORT", host.name)
    return next((one for one in service.env if one.name == name), None)


def _port_template(site: Site, service: ServiceProfile, entry: EnvEntry) -> str | None:
    for host in service.env:
        other = _named_alone(site, service, host)
        if other and _pair(service, host) == entry and not _together(site, service, other):
            return _lookup(site, other, other.ports[0], "{{ .Port }}")
    return None
