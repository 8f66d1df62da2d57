"""Addresses of the services around the cluster, as people write them: the scheme and the port may be left out."""

from urllib.parse import urlsplit

VAULT_PORT, CONSUL_PORT, FABIO_PORT = 8200, 8500, 9998
"""Where these listen unless told otherwise (9998 is Fabio's admin API)."""


def full_address(address: str, port: int) -> str:
    """`http://host:port` of an address that may be `host`, `host:port` or a URL; https keeps its own default port.

    Raises ValueError, saying what is wrong.
    """
    text = address if "://" in address else f"http://{address}"
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("an address is host:port, http://host:port or https://host:port")
    if parts.username or parts.password:
        raise ValueError("an address holds no user and password")
    if parts.port or parts.scheme == "https":
        return text.rstrip("/")
    return f"{parts.scheme}://{parts.netloc.rstrip(':')}:{port}{parts.path.rstrip('/')}"
