"""`nomad-spec memory`, and what a run is without memories, with them, and with a store that can't be used."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.calling import DOCKERFILE, Shell, write
from muster.nomad.embedded.launch import stop_cluster

pytestmark = pytest.mark.e2e

HEAVY = ("mem0", "qdrant_client", "onnxruntime")
TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"


@pytest.fixture(autouse=True)
def embedder(monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that is installed everywhere."""
    monkeypatch.setenv("MEMORY_EMBEDDER", "hashing")


@pytest.fixture
def embedded(shell: Shell) -> Iterator[None]:
    yield
    stop_cluster(shell.home / "embedded")


def memos(shell: Shell, *words: str) -> list[dict]:
    said = shell("memory", "list", "--json", *words)
    assert said.code == 0, said.err
    return json.loads(said.out)


def test_a_preference_is_added_once_listed_found_and_forgotten(shell: Shell) -> None:
    assert "remembered for embedded: always amd64" in shell("memory", "add", "always amd64", "--embedded").out
    assert "already remembered" in shell("memory", "add", "always  amd64", "--embedded").out
    (memo,) = memos(shell)
    assert (memo["kind"], memo["scope"], memo["text"]) == ("preference", "embedded", "always amd64")
    assert "always amd64" in shell("memory", "search", "amd64 always", "--embedded").out
    assert shell("memory", "forget", memo["id"]).code == 0
    assert memos(shell) == []
    assert shell("memory", "forget", memo["id"]).code == 1


def test_a_cluster_is_called_by_its_id_or_its_address(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOMAD_ADDR", "http://Nomad.Example:4646/")
    monkeypatch.setenv("NOMAD_REGION", "eu")
    assert "remembered for nomad.example:4646/eu" in shell("memory", "add", "always amd64").out
    (tmp_path / ".env.prod").write_text("NOMAD_ADDR=http://127.0.0.1:4646\n")
    assert "remembered for prod" in shell("memory", "add", "always arm64", "--cluster", "prod").out
    assert [memo["text"] for memo in memos(shell, "--cluster", "prod")] == ["always arm64"]


def test_what_no_rule_understands_is_said(shell: Shell) -> None:
    assert "no rule understands it" in shell("memory", "add", "be nice").out


def test_a_secret_and_nothing_are_refused(shell: Shell) -> None:
    for text in (TOKEN, " "):
        said = shell("memory", "add", text)
        assert said.code == 2
        assert TOKEN not in said.err
    assert not (shell.home / "memory" / "qdrant").exists()


def test_an_export_is_imported_elsewhere_and_nothing_twice(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shell("memory", "add", "always amd64")
    assert "wrote 1 memories" in shell("memory", "export", "all.jsonl").out
    monkeypatch.setenv("MUSTER_HOME", str(tmp_path / "elsewhere"))
    assert "remembered 1 of 1" in shell("memory", "import", "all.jsonl").out
    assert "remembered 0 of 1" in shell("memory", "import", "all.jsonl").out


def test_a_bad_line_is_refused_by_its_number_and_nothing_is_stored(shell: Shell, tmp_path: Path) -> None:
    shell("memory", "add", "always amd64")
    shell("memory", "export", "all.jsonl")
    with (tmp_path / "all.jsonl").open("a") as file:
        file.write(f'{{"kind": "{TOKEN}"}}\n')
    said = shell("memory", "import", "all.jsonl")
    assert said.code != 0
    assert "all.jsonl:2:" in said.err
    assert TOKEN not in said.err
    assert len(memos(shell)) == 1


def test_a_preference_is_in_the_job_with_its_reason(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    shell("memory", "add", "datacenter dc7")
    said = shell("generate", "shop", "--explain", "--no-questions")
    assert 'datacenters = ["dc7"]' in said.out
    assert '# memory: a preference for this cluster ("datacenter dc7")' in said.out


def test_memory_that_is_switched_off_changes_nothing(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    shell("memory", "add", "datacenter dc7")
    assert "dc7" not in shell("generate", "shop", "--no-questions", "--no-memory").out
    monkeypatch.setenv("MEMORY_ENABLED", "false")
    assert "dc7" not in shell("generate", "shop", "--no-questions").out


@pytest.mark.parametrize("words", [["--help"], ["memory", "--help"], ["generate", "shop", "--no-questions"]])
def test_nothing_heavy_is_loaded_while_nothing_is_remembered(shell: Shell, tmp_path: Path, words: list[str]) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    script = (
        "import sys\nfrom muster.nomad.main import app\n"
        f"try:\n    app({words!r})\nexcept SystemExit as end:\n    assert not end.code, end.code\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules])\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True, timeout=120
    )
    assert ended.stdout.splitlines()[-1] == "[]"


def test_a_store_that_is_broken_costs_one_warning(shell: Shell, tmp_path: Path) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    broken = shell.home / "memory" / "qdrant"
    broken.mkdir(parents=True)
    (broken / "meta.json").write_text("no json")
    said = shell("generate", "shop", "--no-questions")
    assert said.code == 0
    assert said.err.count("the run goes on without memory") == 1


def test_a_server_that_is_away_costs_one_warning(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "shop", Dockerfile=DOCKERFILE)
    monkeypatch.setenv("QDRANT_HOST", "127.0.0.1")
    monkeypatch.setenv("QDRANT_PORT", "1")
    said = shell("generate", "shop", "--no-questions")
    assert said.code == 0
    assert said.err.count("the run goes on without memory") == 1
    assert shell("memory", "list").code == 3


def test_what_a_deployment_learnt_spares_the_next_one_its_failure(shell: Shell, tmp_path: Path, embedded: None) -> None:
    compose = "services: {shop: {image: 'shop:1', ports: ['8080:8080']}}"
    write(tmp_path / "shop", compose__yaml=compose)
    (tmp_path / "images.yaml").write_text("images: [{image: 'shop:*', memory_mb: 700}]")
    words = ("deploy", "shop", "--embedded", "--images", "images.yaml", "--no-questions")
    first = shell(*words)
    assert "remembered: set_memory memory_mb=1024 cured memory" in first.out
    stop_cluster(shell.home / "embedded")
    for file in (shell.home / "embedded").iterdir():
        file.unlink()
    again = shell(*words)
    assert again.code == 0
    assert "memory: set_memory memory_mb=1024 after memory in run" in again.out
    assert "attempt 1" not in again.out
