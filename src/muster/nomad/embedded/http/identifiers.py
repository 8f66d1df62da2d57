"""Identifiers in paths and prefixes, refused in the words of Nomad's store."""

from muster.nomad.embedded.http.asking import BadRequest

UUID_LENGTH = 36
HEX = frozenset("0123456789abcdefABCDEF")


def check_uuid(text: str, lookup: str) -> None:
    """Raises BadRequest for what can't be a UUID."""
    if len(text) != UUID_LENGTH:
        raise BadRequest(500, f"{lookup}: index error: UUID must be 36 characters")
    _check_hex(text, lookup)


def check_prefix(text: str, lookup: str) -> None:
    """Raises BadRequest for what can't begin a UUID."""
    _check_hex(text, lookup)


def _check_hex(text: str, lookup: str) -> None:
    stranger = next((character for character in text if character not in HEX and character != "-"), None)
    if stranger is not None:
        what = f"encoding/hex: invalid byte: U+{ord(stranger):04X} '{stranger}'"
        raise BadRequest(500, f"{lookup}: index error: Invalid UUID: {what}")
