"""How Vault is, for `muster doctor`: two requests, none about a secret."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from muster.core.errors import ServiceFailureError
from muster.core.health import ANSWER_S, Health
from muster.nomad.tools.vault_http import VaultHttp

_STATES = (200, 429, 472, 473, 501, 503)
"""Of sys/health: active, standby, two kinds of replica, not initialised, sealed."""


@dataclass(frozen=True)
class VaultState:
    """What Vault says of itself. `token_valid` is None without a token, and where Vault can't judge one."""

    version: str
    initialised: bool
    sealed: bool
    standby: bool
    token_valid: bool | None = None


def read_state(http: VaultHttp, *, has_token: bool) -> VaultState:
    """Vault's state. Raises a ServiceError where it is away, or where something else listens."""
    answer = http.health()
    if answer.status_code not in _STATES:
        raise ServiceFailureError(
            f"GET sys/health of Vault was answered with {answer.status_code}",
            advice="Check VAULT_ADDR, and whether Vault runs there.",
        )
    said = http.json(answer)
    state = VaultState(
        version=str(said.get("version") or "?"),
        initialised=bool(said.get("initialized")),
        sealed=bool(said.get("sealed")),
        standby=bool(said.get("standby")),
    )
    if not has_token or state.sealed or not state.initialised:
        return state
    valid = http.lookup_self().status_code == 200
    return VaultState(state.version, state.initialised, state.sealed, state.standby, token_valid=valid)


def vault_health(
    address: str,
    *,
    token: SecretStr | None = None,
    namespace: str | None = None,
    ca_file: Path | None = None,
    timeout_s: float = ANSWER_S,
) -> Health:
    """Whether Vault can be asked, and what to do where it can't. Raises a ServiceError where it is away."""
    with VaultHttp(address, token=token, namespace=namespace, ca_file=ca_file, timeout_s=timeout_s) as http:
        return judge_state(read_state(http, has_token=token is not None))


def judge_state(state: VaultState) -> Health:
    """The state in a sentence, with advice where it is not well."""
    name = f"Vault {state.version}"
    if not state.initialised:
        return Health("not ready", detail=f"{name} is not initialised", advice="Run `vault operator init`.")
    if state.sealed:
        return Health("sealed", detail=f"{name} is sealed", advice="Unseal it: `vault operator unseal`.")
    if state.token_valid is None:
        advice = "Set VAULT_TOKEN to a token that may list secrets."
        return Health("denied", detail=f"{name} answers, and there is no token", advice=advice)
    if not state.token_valid:
        advice = "Set VAULT_TOKEN to a valid one: `vault login` makes one."
        return Health("denied", detail=f"{name} does not know the token, or it has expired", advice=advice)
    return Health("ok", detail=f"{name}{', a standby' if state.standby else ''}, and the token is valid")
