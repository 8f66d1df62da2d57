"""An embedded cluster for tests that need one."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from muster.nomad.embedded.launch import EmbeddedCluster, ensure_cluster, stop_cluster


@pytest.fixture
def start_cluster(tmp_path: Path) -> Iterator[Callable[..., EmbeddedCluster]]:
    """Start an embedded cluster in a home of its own, with the given behaviour of images; stopped at the end."""
    home = tmp_path / "muster" / "embedded"

    def start(images: str = "", nodes: str = "") -> EmbeddedCluster:
        return ensure_cluster(home, images=_file(images, "images.yaml"), nodes=_file(nodes, "nodes.yaml"))

    def _file(text: str, name: str) -> Path | None:
        if not text:
            return None
        file = tmp_path / name
        file.write_text(text)
        return file

    yield start
    stop_cluster(home)
