"""Snappy's framing without compression: what a dispatched job keeps of its payload (format: google/snappy)."""

CHUNK = 65_536
SHORT = 60


def literal(data: bytes) -> bytes:
    """The bytes as snappy literals behind their length; every reader of snappy makes them the same again."""
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    return _varint(len(data)) + b"".join(_tag(len(chunk)) + chunk for chunk in chunks)


def _tag(length: int) -> bytes:
    """A literal's tag byte, and two bytes of length where it is not in the tag."""
    if length <= SHORT:
        return bytes([(length - 1) << 2])
    return bytes([61 << 2]) + (length - 1).to_bytes(2, "little")


def _varint(number: int) -> bytes:
    found = bytearray()
    while number >= 0x80:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*found, number])
