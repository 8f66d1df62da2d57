"""Names that Consul answers for: what a person says as `redis.service.consul` becomes a template over the catalog.

The name alone would need nodes that ask Consul for names, and says nothing of the port that the service has today.
A port that a person gives is kept, unless it is the product's usual one: then the catalog knows better.
Only an answer is changed so; what a repository's file says is left as it stands.
"""

import re

from muster.nomad.domain.backing import BACKING_IMAGES
from muster.nomad.domain.profile import EnvEntry

_NAME = re.compile(
    r"(?<![\w.-])(?P<name>[A-Za-z0-9][\w-]*)\.service(?:\.(?P<dc>[A-Za-z0-9][\w-]*))?\.consul"
    r"(?![\w-]|\.\w)(?::(?P<port>\d+))?"
)
_ITSELF = "consul"
"""Its service has the port that the servers use among themselves."""


def catalog_references(entry: EnvEntry) -> list[tuple[int, int, str]]:
    """Where an answer names services of the catalog (begin and end), and the template text for each."""
    value = (entry.value or "") if entry.origin == "user" else ""
    found = [one for one in _NAME.finditer(value) if one["name"] != _ITSELF]
    return [(one.start(), one.end(), _lookup(one, _shown(one, value))) for one in found]


def catalog_port(entry: EnvEntry, host: EnvEntry) -> str | None:
    """The template text of the port beside a host that is a service of the catalog.

    None where the host is none, and where a person chose a port of their own.
    """
    found = _NAME.fullmatch(host.value or "") if host.origin == "user" else None
    if found is None or found["port"] or found["name"] == _ITSELF:
        return None
    own = entry.value is not None and entry.value not in _usual_ports(found["name"])
    return None if own else _lookup(found, "{{ .Port }}")


def _shown(found: re.Match[str], value: str) -> str:
    """The address, and the port where one has to stand: behind a host in a URL, and for a usual one."""
    in_url = value[: found.start()].endswith(("://", "@"))
    if found["port"] and found["port"] not in _usual_ports(found["name"]):
        return f"{{{{ .Address }}}}:{found['port']}"
    return "{{ .Address }}:{{ .Port }}" if found["port"] or in_url else "{{ .Address }}"


def _usual_ports(name: str) -> set[str]:
    return {str(one.port) for one in BACKING_IMAGES if name in (one.name, one.serves)}


def _lookup(found: re.Match[str], shown: str) -> str:
    name = f"{found['name']}@{found['dc']}" if found["dc"] else found["name"]
    return f'{{{{ with service "{name}" }}}}{{{{ with index . 0 }}}}{shown}{{{{ end }}}}{{{{ end }}}}'
