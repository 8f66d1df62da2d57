"""What `muster doctor` asks of the memory's server."""

from urllib.parse import urlsplit

from muster.core.health import ANSWER_S, Check, Health
from muster.core.http import Service, connect
from muster.core.memory.settings import MemorySettings

_SERVICE = Service("Qdrant", "QDRANT_HOST", "QDRANT_API_KEY")


def memory_checks(settings: MemorySettings) -> tuple[Check, ...]:
    """One check where a Qdrant server is named and wanted; a folder needs none."""
    if not settings.memory_enabled or settings.qdrant_host is None:
        return ()
    return (Check("Qdrant", lambda: _health(settings), server_address(settings)),)


def server_address(settings: MemorySettings) -> str:
    """The server's URL: `http` where the setting names a host alone; a port in it wins over QDRANT_PORT."""
    host = (settings.qdrant_host or "").rstrip("/")
    url = urlsplit(host if "://" in host else f"http://{host}")
    authority = url.netloc if url.port else f"{url.netloc}:{settings.qdrant_port}"
    return f"{url.scheme}://{authority}{url.path}"


def _health(settings: MemorySettings) -> Health:
    address, key = server_address(settings), settings.qdrant_api_key
    headers = {"api-key": key.get_secret_value()} if key else {}
    with connect(f"{address}/", service=_SERVICE, timeout_s=ANSWER_S, headers=headers) as client:
        answer = client.json(client.get("collections"))
    listed = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(listed, dict) or "collections" not in listed:
        return Health("failing", detail=f"{address} does not answer as Qdrant does", advice="Check QDRANT_HOST.")
    return Health("ok", detail=f"Qdrant at {address}")
