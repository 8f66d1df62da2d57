"""A route of the router in front of the cluster."""

from typing import Literal

from muster.nomad.domain.values import Part


class Route(Part):
    """Who answers for a host and a path. `host` empty: any host; `port` beside a TCP route or a non-standard port."""

    service: str
    host: str = ""
    path: str = "/"
    port: int | None = None
    protocol: Literal["http", "https", "tcp", "grpc"] = "http"
    strip: str = ""
    target: str = ""
    """The address behind it, where one is known."""
    tags: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        """Host and path as one text."""
        host = f"{self.host}:{self.port}" if self.port else self.host
        return host if self.protocol == "tcp" else f"{host}{self.path}"
