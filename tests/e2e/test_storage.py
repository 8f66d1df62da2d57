"""What keeps a named volume follows from what the embedded cluster's nodes offer."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from e2e.calling import Shell, write
from muster.nomad.embedded.launch import find_cluster, stop_cluster

pytestmark = pytest.mark.e2e

COMPOSE = "services:\n  db:\n    image: acme/db:16\n    volumes: [pg:/data]\nvolumes:\n  pg:\n"
NODES = """\
nodes:
  - name: one
    host_volumes: {files: /srv/files}
    csi_plugins: [ebs]
    devices: [nvidia/gpu/T4]
"""
VOLUME = {
    "ID": "pg",
    "Name": "pg",
    "PluginID": "ebs",
    "RequestedCapabilities": [{"AccessMode": "single-node-writer", "AttachmentMode": "file-system"}],
}


@pytest.fixture
def home(shell: Shell, tmp_path: Path) -> Iterator[Path]:
    write(tmp_path / "app", compose__yaml=COMPOSE)
    write(tmp_path, nodes__yaml=NODES)
    yield shell.home / "embedded"
    stop_cluster(shell.home / "embedded")


def plan(shell: Shell) -> str:
    said = shell("plan", "app", "--embedded", "--nodes", "nodes.yaml", "--no-questions")
    return said.out + said.err


def test_a_volume_that_no_node_offers_says_what_to_declare(shell: Shell, home: Path) -> None:
    said = plan(shell)
    assert 'db: no ready node offers the volume pg for /data: declare host_volume "pg" { path = "..." }' in said
    assert "refused" not in said
    assert "missing compatible host volumes" in said


def test_a_csi_volume_of_that_name_is_taken(shell: Shell, home: Path) -> None:
    plan(shell)
    cluster = find_cluster(home)
    assert cluster is not None
    httpx.put(f"{cluster.address}/v1/volumes", json={"Volumes": [VOLUME]}, trust_env=False).raise_for_status()
    said = plan(shell)
    assert "db.storage = csi" in said, said
    assert "planned: changes shown" in said
