"""A route of the router in front of the cluster."""

from typing import Literal

from muster.nomad.domain.values import Part

Matcher = Literal["prefix", "iprefix", "glob", "exact"]
"""How a path is compared with a request's: as its beginning (`iprefix`: in any case), as a glob, or as the whole."""


class Route(Part):
    """Who answers for a host and a path. `host` empty: any host; `port` beside a TCP route or a non-standard port."""

    service: str
    host: str = ""
    """In lower case; `*` and `?` stand for any letters and any one."""
    path: str = "/"
    port: int | None = None
    protocol: Literal["http", "https", "tcp", "grpc"] = "http"
    strip: str = ""
    """The beginning of the path that the service does not get to see."""
    target: str = ""
    """The address behind it, where one is known."""
    tags: tuple[str, ...] = ()
    router: Literal["fabio", "traefik"] = "fabio"
    matcher: Matcher = "prefix"
    options: tuple[str, ...] = ()
    """As told: what does not decide which requests it gets, `weight=0.5`, `allow=ip:10.0.0.0/8`."""
    entry_points: tuple[str, ...] = ()
    """Traefik's, by name; empty: all of its default ones."""
    priority: int | None = None
    """Traefik's, where one is told; else its longest rule wins."""
    rule: str = ""
    """Traefik's rule as told."""
    whole: bool = True
    """False: the rule says more than host and path show, so it may get fewer requests than these say."""

    @property
    def authority(self) -> str:
        """The host as a request names it: without the port of HTTP and HTTPS, which browsers leave out."""
        standard = self.protocol != "tcp" and self.port in (80, 443)
        return self.host if self.port is None or standard else f"{self.host}:{self.port}"

    @property
    def source(self) -> str:
        """Host and path as one text."""
        return self.authority if self.protocol == "tcp" else f"{self.authority}{self.path}"
