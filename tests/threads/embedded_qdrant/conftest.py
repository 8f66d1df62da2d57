from collections.abc import Iterator
from pathlib import Path

import pytest
from qdrant_client import QdrantClient

from muster.core.web.serving import ServerThread
from muster.threads.embedded_qdrant.app import build_on


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Of an embedded Qdrant on an empty folder."""
    with ServerThread(build_on(tmp_path / "qdrant")) as server:
        yield server.address


@pytest.fixture
def client(address: str) -> Iterator[QdrantClient]:
    """The official client; its check of versions is a thread that may outlive the server."""
    client = QdrantClient(url=address, check_compatibility=False)
    yield client
    client.close()
