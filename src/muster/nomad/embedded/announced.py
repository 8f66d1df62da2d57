"""Where a running cluster says how to reach it: `embedded.json` in its home, for its owner's eyes."""

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class EmbeddedCluster:
    """A running cluster: the base addresses of Nomad, Consul, Vault and Fabio, its process, its tokens.

    `token` and `consul_token` may do everything; they are empty without ACL mode. `vault` and `vault_token` are empty
    where no machine has Vault, `consul` and `fabio` where none has Consul.
    """

    address: str
    pid: int
    token: str = ""
    consul: str = ""
    vault: str = ""
    fabio: str = ""
    vault_token: str = ""
    consul_token: str = ""

    def variables(self) -> dict[str, str]:
        """The environment variables that lead clients to it."""
        named = {
            "NOMAD_ADDR": self.address,
            "NOMAD_TOKEN": self.token,
            "CONSUL_HTTP_ADDR": self.consul,
            "CONSUL_HTTP_TOKEN": self.consul_token,
            "VAULT_ADDR": self.vault,
            "VAULT_TOKEN": self.vault_token,
            "FABIO_ADMIN_ADDR": self.fabio,
        }
        return {name: value for name, value in named.items() if value}


def state_file(home: Path) -> Path:
    """The file that says it."""
    return home / "embedded.json"


def announce(home: Path, cluster: EmbeddedCluster) -> None:
    """Write the state file, whole or not at all."""
    draft = state_file(home).with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(cluster)))
    draft.replace(state_file(home))


def announced(home: Path) -> EmbeddedCluster | None:
    """What the state file says, whether or not it still runs; None when it says nothing that makes sense."""
    try:
        return EmbeddedCluster(**json.loads(state_file(home).read_text()))
    except (OSError, ValueError, TypeError):
        return None
