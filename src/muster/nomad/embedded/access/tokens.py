"""ACL tokens and policies as they are stored, and what a secret stands for."""

import hashlib
import uuid
from base64 import b64encode
from typing import Any

from muster.nomad.embedded.access.permissions import EVERYTHING, Permissions, merge_rules
from muster.nomad.embedded.access.rules import RulesError, parse_rules
from muster.nomad.embedded.state.store import Store
from muster.nomad.embedded.wire.times import timestamp

Json = dict[str, Any]
UUID_LENGTH = 36
HEX = frozenset("0123456789abcdefABCDEF-")


class TokenError(Exception):
    """A secret stands for nothing; status and text are the server's."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


def permissions_of(store: Store, secret: str) -> Permissions:
    """What a secret allows; an empty one is the anonymous token. Raises TokenError."""
    if not secret:
        return _of_policies(store, ("anonymous",))
    if len(secret) != UUID_LENGTH:
        raise TokenError(500, "acl token lookup failed: index error: UUID must be 36 characters")
    token = find_token(store, secret)
    if token is None:
        raise TokenError(403, "ACL token not found")
    if token["Type"] == "management":
        return EVERYTHING
    return _of_policies(store, tuple(token["Policies"] or ()))


def find_token(store: Store, secret: str) -> Json | None:
    """The token of a secret."""
    return next((t for t in store.objects.get("acl_token", {}).values() if t["SecretID"] == secret), None)


def _of_policies(store: Store, names: tuple[str, ...]) -> Permissions:
    known = store.objects.get("acl_policy", {})
    return Permissions(policies=names, rules=merge_rules(parse_rules(known[n]["Rules"]) for n in names if n in known))


def bootstrap_token(now_ns: int) -> Json:
    """The first token, which may do everything."""
    return new_token({"Name": "Bootstrap Token", "Type": "management", "Global": True}, now_ns)


def new_token(asked: Json, now_ns: int) -> Json:
    """A token with fresh identifiers: a secret is no part of the cluster's own chance."""
    made = {"AccessorID": str(uuid.uuid4()), "SecretID": str(uuid.uuid4()), "CreateTime": timestamp(now_ns)}
    return token_content({**asked, **made})


def token_content(asked: Json) -> Json:
    """A token's fields in the server's shape."""
    policies: list[str] = asked.get("Policies") or []
    name, kind, everywhere = asked.get("Name") or "", asked.get("Type") or "", bool(asked.get("Global"))
    return {
        "AccessorID": asked["AccessorID"],
        "CreateTime": asked["CreateTime"],
        "Global": everywhere,
        "Hash": digest(name, kind, *policies, "global" if everywhere else "local"),
        "Name": name,
        "Policies": policies or None,
        "SecretID": asked["SecretID"],
        "Type": kind,
    }


def policy_content(asked: Json) -> Json:
    """A policy's fields in the server's shape."""
    name, description, rules = (asked.get(key) or "" for key in ("Name", "Description", "Rules"))
    return {"Description": description, "Hash": digest(name, description, rules), "Name": name, "Rules": rules}


def policy_errors(asked: Json) -> list[str]:
    """Why a policy would not be taken."""
    name = str(asked.get("Name") or "")
    plain = name.replace("-", "a").isalnum() and name.isascii() and len(name) <= 128
    errors = [] if plain else [f"invalid name '{name}'"]
    try:
        parse_rules(str(asked.get("Rules") or ""))
    except RulesError as error:
        errors.append(f"failed to parse rules: {error}")
    if len(str(asked.get("Description") or "")) > 256:
        errors.append("description longer than 256")
    return errors


def token_errors(asked: Json) -> list[str]:
    """Why a token would not be taken."""
    errors = ["token name too long"] if len(str(asked.get("Name") or "")) > 256 else []
    match asked.get("Type"), bool(asked.get("Policies")):
        case "client", False:
            errors.append("client token missing policies")
        case "management", True:
            errors.append("management token cannot be associated with policies")
        case (("client" | "management"), _):
            pass
        case _:
            errors.append("token type must be client or management")
    return errors


def digest(*words: str) -> str:
    """The hash that replication compares: BLAKE2b over the fields that a user sets."""
    return b64encode(hashlib.blake2b("".join(words).encode(), digest_size=32).digest()).decode()
