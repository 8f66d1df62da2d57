"""The writes to Consul and Vault that a journal keeps, each by the name of its operation."""

from base64 import b64decode
from collections.abc import Callable

from muster.nomad.embedded.cluster import Accepted, Cluster
from muster.nomad.embedded.consul.state import ConsulState
from muster.nomad.embedded.journal import Entry
from muster.nomad.embedded.vault.state import VaultState

_CONSUL: dict[str, Callable[[ConsulState, Entry], object]] = {
    "consul_put_key": lambda consul, e: consul.put_key(e["key"], b64decode(e["value"]), e["flags"]),
    "consul_delete_keys": lambda consul, e: consul.delete_keys(e["keys"]),
    "consul_put_policy": lambda consul, e: consul.put_row(consul.policies, e["name"], e["content"]),
    "consul_put_token": lambda consul, e: consul.put_row(consul.tokens, e["name"], e["content"]),
    "consul_put_service": lambda consul, e: consul.put_row(consul.services, e["name"], e["content"]),
    "consul_remove_service": lambda consul, e: consul.services.pop(e["name"], None),
}
_VAULT: dict[str, Callable[[VaultState, Entry], object]] = {
    "vault_write": lambda vault, e: vault.write_secret(e["path"], e["data"], e["at"]),
    "vault_delete": lambda vault, e: vault.delete_versions(e["path"], e["versions"], e["at"]),
    "vault_undelete": lambda vault, e: vault.delete_versions(e["path"], e["versions"], None),
    "vault_destroy": lambda vault, e: vault.destroy_versions(e["path"], e["versions"]),
    "vault_forget": lambda vault, e: vault.secrets.pop(e["path"], None),
    "vault_set_metadata": lambda vault, e: vault.set_metadata(
        e["path"], e["at"], cas_required=e["cas_required"], max_versions=e["max_versions"]
    ),
    "vault_write_plain": lambda vault, e: vault.plain.update({e["path"]: e["data"]}),
    "vault_forget_plain": lambda vault, e: vault.plain.pop(e["path"], None),
    "vault_put_policy": lambda vault, e: vault.policies.update({e["name"]: e["text"]}),
    "vault_remove_policy": lambda vault, e: vault.policies.pop(e["name"], None),
    "vault_put_token": lambda vault, e: vault.tokens.update({e["id"]: e["content"]}),
    "vault_remove_token": lambda vault, e: vault.tokens.pop(e["id"], None),
    "vault_seal": lambda vault, e: setattr(vault, "sealed", e["sealed"]),
}


def _on_consul(change: Callable[[ConsulState, Entry], object]) -> Callable[[Cluster, Entry], Accepted]:
    return lambda cluster, entry: _settled(cluster, change(cluster.consul, entry))


def _on_vault(change: Callable[[VaultState, Entry], object]) -> Callable[[Cluster, Entry], Accepted]:
    return lambda cluster, entry: _settled(cluster, change(cluster.vault, entry))


def _settled(cluster: Cluster, _: object) -> Accepted:
    """Templates that wait for a key or a secret look again."""
    cluster.clients.look_again()
    return Accepted(cluster.consul.index, "")


ESTATE_WRITES = {
    **{name: _on_consul(change) for name, change in _CONSUL.items()},
    **{name: _on_vault(change) for name, change in _VAULT.items()},
}
