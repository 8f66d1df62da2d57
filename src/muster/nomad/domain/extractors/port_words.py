"""Ports as Dockerfiles and compose files write them: `80`, `8000-8002`, `53/udp`."""

import re
from dataclasses import dataclass
from typing import Literal

Protocol = Literal["tcp", "udp"]

LISTENING_VARIABLE = re.compile(
    r"PORT|(?:APP|HTTP|SERVER|WEB|LISTEN|SERVICE|API|CONTAINER|FLASK_RUN|UVICORN|STREAMLIT_SERVER|GRADIO_SERVER|NUXT"
    r"|NITRO|MICRONAUT_SERVER|QUARKUS_HTTP)_PORT"
)
"""Names of variables that tell an application where to listen, rather than where something else does."""

_TOLD_TO_LISTEN = re.compile(
    r"PORT|(?:LISTEN|FLASK_RUN|UVICORN|STREAMLIT_SERVER|GRADIO_SERVER|NUXT|NITRO|MICRONAUT_SERVER|QUARKUS_HTTP)_PORT"
    r"|(?:(?:HTTP|SERVER|LISTEN|BIND|WEB|API|APP)_?)?(?:ADDR|ADDRESS)|LISTEN|(?:GUNICORN_)?BIND|ASPNETCORE_(?:URLS|HTTP_PORTS)"
)
"""The ones among them, and addresses, that nobody would set to the port of something else."""
_LISTENING_ADDRESS = re.compile(
    r"(?:https?://|tcp://)?(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[[:\d]*\]|[*+])?:(\d{1,5})/?"
)

MAX_RANGE = 100
"""Longer ranges (RTP, passive FTP) make no ports one by one."""

_PORTS = re.compile(r"(\d{1,5})(?:-(\d{1,5}))?(?:/(\w+))?")


@dataclass(frozen=True)
class Ports:
    """A range of ports of one protocol, both ends included."""

    first: int
    last: int
    protocol: Protocol = "tcp"

    def __iter__(self):
        return iter(range(self.first, self.last + 1))


def listening_port(name: str, value: str) -> int | None:
    """The port that a variable tells the application to listen on: `PORT=8080`, `LISTEN_ADDR=:8080`."""
    if not _TOLD_TO_LISTEN.fullmatch(name):
        return None
    found = _LISTENING_ADDRESS.fullmatch(value)
    text = found[1] if found else value if name.endswith(("PORT", "PORTS")) else ""
    ports = parse_ports(text)
    return ports.first if not isinstance(ports, str) and ports.first == ports.last else None


def parse_ports(text: str) -> Ports | str:
    """The ports that a text names, or what is wrong with it, as a clause."""
    found = _PORTS.fullmatch(text.strip())
    if found is None:
        return "is no port"
    first = int(found[1])
    last = int(found[2] or first)
    protocol = (found[3] or "tcp").lower()
    if not 0 < first <= last < 65536:
        return "is no port between 1 and 65535"
    if last - first >= MAX_RANGE:
        return f"is a range of more than {MAX_RANGE} ports"
    match protocol:
        case "tcp" | "udp":
            return Ports(first, last, protocol)
        case _:
            return f"uses {protocol}, which Nomad's ports don't know"
