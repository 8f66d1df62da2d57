"""What templates ask for, and who answers; None is "not there"."""

from typing import Any, Protocol

Json = dict[str, Any]


class Sources(Protocol):
    """What a cluster has for its tasks' templates."""

    def key(self, name: str) -> str | None:
        """The value of a key of Consul."""
        ...

    def secret(self, path: str, policies: tuple[str, ...]) -> Json | None:
        """A secret of Vault as templates see it, where these policies allow to read it."""
        ...

    def variable(self, namespace: str, path: str) -> dict[str, str] | None:
        """The items of a Nomad variable."""
        ...

    def consul_services(self, name: str) -> list[Json]:
        """The passing instances of a service in Consul."""
        ...

    def nomad_services(self, namespace: str, name: str) -> list[Json]:
        """The instances of a service that Nomad itself keeps."""
        ...


class NoSources:
    """A cluster that has nothing."""

    def key(self, name: str) -> str | None:
        """None."""

    def secret(self, path: str, policies: tuple[str, ...]) -> Json | None:
        """None."""

    def variable(self, namespace: str, path: str) -> dict[str, str] | None:
        """None."""

    def consul_services(self, name: str) -> list[Json]:
        """None at all."""
        return []

    def nomad_services(self, namespace: str, name: str) -> list[Json]:
        """None at all."""
        return []
