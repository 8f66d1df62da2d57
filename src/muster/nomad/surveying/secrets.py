"""Looks for an application's secrets in Vault: a bounded number of questions, and never a value."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from muster.nomad.domain.estate.secrets import SecretDenied, SecretFound
from muster.nomad.ports import Secrets

MOST_QUESTIONS = 80


@dataclass
class SecretSearch:
    """A search as far as it came; what it found stays when Vault goes away half way."""

    vault: Secrets
    is_late: Callable[[], bool]
    found: dict[str, SecretFound] = field(default_factory=dict[str, SecretFound])
    denied: list[str] = field(default_factory=list[str])
    asked: int = 0
    stopped: bool = False

    def look_up(self, paths: Iterable[str]) -> None:
        """What lies at these paths. Raises a ServiceError."""
        for path in paths:
            if not self._may_ask():
                return
            match self.vault.look_up(path):
                case SecretFound() as secret:
                    self.found.setdefault(secret.path, secret)
                case SecretDenied():
                    self.denied.append(path)
                case _:
                    pass

    def look_into(self, folders: Iterable[str]) -> None:
        """What lies at these paths, and right below them. Raises a ServiceError."""
        for folder in folders:
            self.look_up([folder])
            names = self.vault.list(folder) if self._may_ask() else ()
            self.look_up(f"{folder}/{name}" for name in names if not name.endswith("/"))

    def warnings(self) -> tuple[str, ...]:
        """What a reader of the result has to know."""
        said: list[str] = []
        if self.denied:
            said.append(f"Vault: the token may not look at {', '.join(self.denied)}")
        if self.stopped:
            said.append(f"Vault: looking for secrets was given up after {self.asked} questions")
        return tuple(said)

    def _may_ask(self) -> bool:
        self.stopped = self.stopped or self.asked >= MOST_QUESTIONS or self.is_late()
        self.asked += not self.stopped
        return not self.stopped
