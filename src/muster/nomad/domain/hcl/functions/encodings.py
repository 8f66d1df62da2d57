"""Encodings and hashes."""

import base64
import binascii
import csv
import hashlib
import io
import json
import urllib.parse
import uuid

import yaml
from pydantic import JsonValue

from muster.nomad.domain.hcl.functions.signature import Function, FunctionError, function
from muster.nomad.domain.hcl.values import Value, from_json, to_json

_NAMESPACES = {
    "dns": uuid.NAMESPACE_DNS,
    "url": uuid.NAMESPACE_URL,
    "oid": uuid.NAMESPACE_OID,
    "x500": uuid.NAMESPACE_X500,
}


def _base64_encode(text: str) -> Value:
    return base64.b64encode(text.encode()).decode()


def _url_encode(text: str) -> Value:
    return urllib.parse.quote_plus(text)


def _uuid4() -> Value:
    return str(uuid.uuid4())


def _base64_decode(text: str) -> Value:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise FunctionError(f'failed to decode base64 data "{text}"') from error


def _json_decode(text: str) -> Value:
    try:
        return from_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise FunctionError(f"invalid JSON: {error}") from error


def _json_encode(value: Value) -> Value:
    text = json.dumps(to_json(value), separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    # Go escapes these, so that JSON may stand in HTML.
    return text.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _yaml_decode(text: str) -> Value:
    try:
        return from_json(json.loads(json.dumps(yaml.safe_load(text), default=str)))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise FunctionError(f"invalid YAML: {error}") from error


def _yaml_encode(value: Value) -> Value:
    return yaml.safe_dump(to_json(value), default_flow_style=False, allow_unicode=True, default_style='"')


def _csv_decode(text: str) -> Value:
    rows = list(csv.reader(io.StringIO(text)))
    if not rows:
        raise FunctionError("missing header line")
    if any(len(row) != len(rows[0]) for row in rows):
        raise FunctionError("wrong number of fields")
    return from_json([dict[str, JsonValue](zip(rows[0], row, strict=True)) for row in rows[1:]])


def _uuid5(namespace: str, name: str) -> Value:
    try:
        base = _NAMESPACES.get(namespace) or uuid.UUID(namespace)
    except ValueError as error:
        raise FunctionError(f"uuidv5() doesn't support namespace {namespace}: {error}") from error
    return str(uuid.uuid5(base, name))


def _hash(name: str) -> Function:
    def digest(text: str) -> Value:
        return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

    return function(digest, "str: string")


def _unavailable(why: str) -> Function:
    def refuse(*_: Value) -> Value:
        raise FunctionError(why)

    return function(refuse, rest="args: any?")


_DISABLED = _unavailable("filesystem function disabled")
_FILES = ("abspath", "basename", "dirname", "file", "filebase64", "fileexists", "fileset", "pathexpand")

ENCODING_FUNCTIONS: dict[str, Function] = {
    "base64decode": function(_base64_decode, "str: string"),
    "base64encode": function(_base64_encode, "str: string"),
    "bcrypt": _unavailable("bcrypt is not computed offline"),
    "csvdecode": function(_csv_decode, "str: string"),
    "jsondecode": function(_json_decode, "str: string"),
    "jsonencode": function(_json_encode, "val: any?"),
    "md5": _hash("md5"),
    "rsadecrypt": _unavailable("rsadecrypt is not computed offline"),
    "sha1": _hash("sha1"),
    "sha256": _hash("sha256"),
    "sha512": _hash("sha512"),
    "urlencode": function(_url_encode, "str: string"),
    "uuidv4": function(_uuid4),
    "uuidv5": function(_uuid5, "namespace: string", "name: string"),
    "yamldecode": function(_yaml_decode, "src: string"),
    "yamlencode": function(_yaml_encode, "value: any?"),
    **dict.fromkeys(_FILES, _DISABLED),
}
