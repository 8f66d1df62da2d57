"""The tokens that a home begins with: Nomad's and Consul's in ACL mode, Vault's always."""

import secrets
import uuid

from muster.nomad.embedded.access.tokens import bootstrap_token
from muster.nomad.embedded.host import Host
from muster.nomad.embedded.wire.times import timestamp

CONSUL_ROOT = {"ID": "00000000-0000-0000-0000-000000000001", "Name": "global-management"}


def management_token(host: Host) -> str:
    """Nomad's first management token, made where there is none yet; empty without ACL mode."""
    if not host.acl:
        return ""
    rows = host.cluster.store.objects.get("acl_token", {}).values()
    found = next((row for row in rows if row["Type"] == "management"), None) or bootstrap_token(host.now_ns)
    if not rows:
        host.write("put", table="acl_token", name=found["AccessorID"], content=found)
    return str(found["SecretID"])


def consul_management_token(host: Host) -> str:
    """Consul's, likewise."""
    if not host.acl:
        return ""
    known = [row for row in host.cluster.consul.tokens.values() if CONSUL_ROOT in row["Policies"]]
    if known:
        return str(known[0]["SecretID"])
    accessor, secret = str(uuid.uuid4()), str(uuid.uuid4())
    content = {
        "AccessorID": accessor,
        "SecretID": secret,
        "Description": "Bootstrap Token (Global Management)",
        "Policies": [CONSUL_ROOT],
        "Local": False,
        "CreateTime": timestamp(host.now_ns),
        "Hash": "",
    }
    host.write("consul_put_token", name=accessor, content=content)
    return secret


def vault_root_token(host: Host) -> str:
    """Vault's root token, made where there is none yet."""
    known = [secret for secret, row in host.cluster.vault.tokens.items() if row["policies"] == ["root"]]
    if known:
        return known[0]
    secret = "s." + secrets.token_urlsafe(18).replace("-", "a").replace("_", "b")
    host.write("vault_put_token", id=secret, content=root_token(host.now_ns))
    return secret


def root_token(now_ns: int) -> dict[str, object]:
    """What Vault keeps of a root token: it never ends."""
    return {
        "accessor": secrets.token_hex(12),
        "policies": ["root"],
        "created_ns": now_ns,
        "ttl_s": 0,
        "display_name": "root",
        "path": "auth/token/root",
        "meta": None,
    }
