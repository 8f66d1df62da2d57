import configparser
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONTRACTS = configparser.ConfigParser()
CONTRACTS.read(ROOT / ".importlinter")
NAMES = {section.rpartition(":")[2]: CONTRACTS[section]["name"] for section in CONTRACTS.sections() if ":" in section}
DOMAIN_MAY = {"errors", "evidence", "repairs", "clock", "gates.questions", "runs.events", "secret_shapes"}

VIOLATIONS = [
    ("packages", "core/clock.py", "muster.nomad.ports"),
    ("packages", "core/clock.py", "muster.app.agents"),
    ("packages", "nomad/ports.py", "muster.app.agents"),
    ("packages", "stray/__init__.py", ""),
    ("nomad-layers", "nomad/ports.py", "muster.nomad.graph"),
    ("nomad-layers", "nomad/domain/values.py", "muster.nomad.ports"),
    ("nomad-layers", "nomad/nodes/deploy.py", "muster.nomad.tools.nomad_http"),
    ("nomad-layers", "nomad/tools/nomad_http.py", "muster.nomad.embedded.launch"),
    ("nomad-layers", "nomad/stray.py", ""),
    ("packages", "aegis/ports.py", "muster.nomad.ports"),
    ("aegis-layers", "aegis/ports.py", "muster.aegis.executors"),
    ("aegis-layers", "aegis/domain/values.py", "muster.aegis.ports"),
    ("aegis-layers", "aegis/stray.py", ""),
    ("packages", "threads/db/models.py", "muster.aegis.ports"),
    ("threads-layers", "threads/common/states.py", "muster.threads.db.models"),
    ("threads-layers", "threads/stray.py", ""),
    ("database", "threads/persona_runtime/__init__.py", "muster.threads.db.models"),
    ("pure-domain", "nomad/domain/values.py", "httpx"),
    ("pure-domain", "aegis/domain/values.py", "httpx"),
    ("pure-domain", "nomad/domain/values.py", "langgraph.types"),
    ("pure-domain", "nomad/domain/values.py", "langchain"),
    ("pure-domain", "nomad/domain/values.py", "langchain_core.messages"),
    ("domain-of-core", "nomad/domain/values.py", "muster.core.limits"),
    ("adapters", "nomad/tools/nomad_http.py", "muster.nomad.state"),
    ("adapters", "nomad/tools/nomad_http.py", "muster.nomad.context"),
    ("adapters", "nomad/tools/nomad_http.py", "muster.nomad.settings"),
    ("adapters", "nomad/tools/nomad_http.py", "langgraph.types"),
    ("adapters", "nomad/embedded/launch.py", "muster.nomad.nodes.deploy"),
    ("adapters", "nomad/embedded/launch.py", "muster.nomad.edges"),
    ("adapters", "aegis/tools/spec_files.py", "muster.aegis.state"),
    ("nodes", "nomad/nodes/deploy.py", "muster.nomad.nodes.plan"),
    ("nodes", "aegis/nodes/run.py", "muster.aegis.nodes.judge"),
    ("settings", "nomad/graph.py", "muster.nomad.settings"),
    ("settings", "nomad/nodes/deploy.py", "muster.nomad.settings"),
    ("settings", "aegis/nodes/run.py", "muster.aegis.settings"),
]


def lint(root: Path) -> tuple[int, str]:
    """import-linter's exit code and words about the tree under `root`."""
    done = subprocess.run(
        [str(Path(sys.executable).parent / "lint-imports"), "--no-cache", "--no-logo"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root / "src"), "COLUMNS": "400"},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / ".importlinter", tmp_path)
    return tmp_path


def test_the_contracts_are_kept() -> None:
    code, said = lint(ROOT)
    assert code == 0, said


@pytest.mark.parametrize(("contract", "path", "module"), VIOLATIONS)
def test_a_contract_bites(tree: Path, contract: str, path: str, module: str) -> None:
    file = tree / "src" / "muster" / path
    file.parent.mkdir(exist_ok=True)
    with file.open("a") as source:
        source.write(f"\nimport {module}\n" if module else "\n")
    code, said = lint(tree)
    assert code == 1, said
    assert f"{NAMES[contract]} BROKEN" in said


def test_every_contract_has_a_violation_that_proves_it() -> None:
    assert {contract for contract, _, _ in VIOLATIONS} == set(NAMES)


def test_the_domains_list_of_forbidden_core_modules_is_complete() -> None:
    core = ROOT / "src" / "muster" / "core"
    modules = {
        ".".join(path.relative_to(core).with_suffix("").parts)
        for path in core.rglob("*.py")
        if path.name != "__init__.py"
    }
    forbidden = CONTRACTS["importlinter:contract:domain-of-core"]["forbidden_modules"].split()
    prefixes = {name.removeprefix("muster.core.") for name in forbidden}
    named = {module for module in modules if module in prefixes or module.partition(".")[0] in prefixes}
    assert {name if name in DOMAIN_MAY else name.partition(".")[0] for name in modules - named} == DOMAIN_MAY
