"""What `muster doctor` asks of Consul: whether it has a leader, and whose eyes we look with."""

from pathlib import Path

from pydantic import SecretStr

from muster.core.health import ANSWER_S, Health
from muster.nomad.tools.consul_http import ConsulHttp, judged, path_of
from muster.nomad.tools.consul_rights import missing_rights, token_state, version_of


def consul_health(address: str, *, token: SecretStr | None = None, ca_file: Path | None = None) -> Health:
    """Version, leader and token of the Consul there. Raises SettingsError, or a ServiceError when it is away."""
    http = ConsulHttp(address, token=token, ca_file=ca_file, timeout_s=ANSWER_S)
    try:
        leader = http.json(judged(http.ask(path_of("status/leader"))))
        if not leader:
            advice = "Wait for an election, or look at `consul operator raft list-peers`."
            return Health("failing", detail=f"Consul at {address} has no leader", advice=advice)
        name = f"Consul {version_of(http)}".strip()
        detail = f"{name}, leader {leader}, {token_state(http)}"
        missing = missing_rights(http)
        return Health("limited" if missing else "ok", detail=detail, advice=missing[:1].upper() + missing[1:])
    finally:
        http.close()
