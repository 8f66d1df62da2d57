"""Secrets of every kind, planted wherever text comes from, are found nowhere that text goes to.

What comes in: settings, a repository, a job file, logs and events of the cluster, answers and errors of servers and models.
What goes out: both output streams with all logs, the run's folder (journal, checkpoints, row, report, ledger), the
job, what is registered, traces, metrics, what is remembered, and what a model is asked.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from core.http_double import http_double, saying
from core.llm.asking import Workload, model_of
from core.observability.tracing_to_double import traced_to
from e2e.calling import Said, Shell, write
from e2e.planting import KINDS, Garden, contents
from muster.core.errors import ServiceError
from muster.core.llm.ledger import Ledger, kept_in
from muster.core.llm.ports import Prompt
from muster.core.runs.row import Status
from muster.core.testing.langfuse_double.server import RecordingLangfuse
from muster.core.testing.openai_double import OpenAIDouble, echoes, fails, says
from muster.nomad.agent import load
from muster.nomad.embedded.launch import find_cluster, stop_cluster

pytestmark = pytest.mark.e2e

KILLED_RUN = Path(__file__).with_name("killed_run.py")
SECRET_SETTINGS = ("NOMAD_TOKEN", "OPENAI_API_KEY", "ANTHROPIC_API_KEY", "VLLM_API_KEY")


@dataclass
class World:
    """A shell, a folder, a Langfuse that takes traces, and everything that was said so far."""

    shell: Shell
    folder: Path
    garden: Garden
    langfuse: RecordingLangfuse
    said: list[str] = field(default_factory=list[str])

    def __call__(self, *words: str) -> Said:
        said = self.shell(*words)
        self.said += [said.out, said.err]
        return said

    def leaks(self) -> set[str]:
        """What can be read in any of the places that text goes to, and in which."""
        places = {"output": list(self.said), "traces": list(self._traces()), "files": list(self._files())}
        return {f"{told}, in {place}" for place, texts in places.items() for told in self.garden.leaks(*texts)}

    def _traces(self) -> Iterator[str]:
        yield from self.langfuse.project.exports
        yield from (f"{one.path} {one.body}" for one in self.langfuse.requests)

    def _files(self) -> Iterator[bytes]:
        yield from (data for path, data in contents(self.shell.home) if path.parent.name != "embedded")
        yield from (file.read_bytes() for file in self.folder.glob("out.*"))

    def cluster(self) -> str:
        """The address of the embedded cluster."""
        cluster = find_cluster(self.shell.home / "embedded")
        assert cluster is not None
        return cluster.address

    def registered(self) -> str:
        """All that the cluster was ever told of the job."""
        paths = (
            "job/shop",
            "job/shop/versions",
            "job/shop/submission?version=0",
            "job/shop/deployments",
            "evaluations",
        )
        return "\n".join(httpx.get(f"{self.cluster()}/v1/{path}", trust_env=False).text for path in paths)


@pytest.fixture
def world(shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    garden = Garden()
    garden.plant("settings", "langfuse")
    planted = {name: garden.plain(f"settings {name}") for name in SECRET_SETTINGS}
    with RecordingLangfuse(secret_key=garden.plain("settings LANGFUSE_SECRET_KEY")) as langfuse:
        given = {
            **planted,
            "LANGFUSE_ENABLED": "true",
            "LANGFUSE_PUBLIC_KEY": langfuse.public_key,
            "LANGFUSE_SECRET_KEY": langfuse.secret_key,
            "LANGFUSE_BASE_URL": langfuse.address,
            "METRICS_TEXTFILE": str(tmp_path / "out.prom"),
            "LOG_LEVEL": "DEBUG",
            "LOG_FORMAT": "json",
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield World(shell, tmp_path, garden, langfuse)
    stop_cluster(load().muster_home / "embedded")


def variable(kind: str, place: str) -> str:
    """A name that gives nothing away."""
    return f"SETTING_{place}_{re.sub(r'[^a-z]', '_', kind)}".upper()


def repository(world: World, name: str = "shop", image: str = "shop:1") -> Path:
    """Every kind in every file that is read, under names that say nothing."""
    plant, folder = world.garden.plant, world.folder / name
    compose = "".join(f"      {variable(kind, 'C')}: {json.dumps(plant('compose', kind))}\n" for kind in KINDS)
    dockerfile = "".join(f"ENV {variable(kind, 'D')}={json.dumps(plant('ENV', kind))}\n" for kind in KINDS)
    code = "".join(
        f"v = os.environ.get('{variable(kind, 'P')}', {plant('code', kind)!r})  # {plant('comment', kind)!r}\n"
        for kind in KINDS
    )
    words = ["serve", "--admin-password", world.garden.plain("command"), *(plant("command", kind) for kind in KINDS)]
    return write(
        folder,
        compose__yaml=f"services:\n  shop:\n    image: {image}\n    ports: ['8080:8080']\n"
        f"    command: {json.dumps(words)}\n    labels: {json.dumps(dict(zip(KINDS, world.garden.all('label'), strict=True)))}\n"
        f"    environment:\n{compose}",
        Dockerfile=f"FROM python:3.12\n{dockerfile}EXPOSE 8080\n",
        app__py=f"import os\n{code}",
        __env="".join(f"{variable(kind, 'E')}={json.dumps(plant('.env', kind))}\n" for kind in KINDS),
        README__md="\n\n".join(world.garden.all("README")),
    )


def plain_repository(world: World, image: str) -> Path:
    return write(
        world.folder / "shop", compose__yaml=f"services:\n  shop:\n    image: {image}\n    ports: ['8080:8080']\n"
    )


def images(world: World, **behaviour: object) -> str:
    """Behaviour of the image, with every kind in its logs."""
    lines = [line for text in world.garden.all("logs") for line in text.splitlines()]
    record = {"image": "shop:*", "memory_mb": 30, "stdout": lines, "stderr": lines, **behaviour}
    (world.folder / "images.yaml").write_text(json.dumps({"images": [record]}))
    return "images.yaml"


def answers(world: World, folder: Path) -> str:
    """The place of everything that is asked for, and the cluster's variable with something at each place."""
    shown = json.loads(world("analyze", str(folder), "--json").out)
    names = [one["name"] for service in shown["services"] for one in service["env"] if one["secret"]]
    assert len(names) > len(KINDS)
    table = {f"shop.{name}": f"nomad-var:nomad/jobs/shop#{name.lower()}" for name in names}
    (world.folder / "answers.yaml").write_text(json.dumps({"env": table}))
    items = {"Path": "nomad/jobs/shop", "Items": {name.lower(): "given" for name in names}}
    httpx.put(f"{world.cluster()}/v1/var/nomad/jobs/shop", json=items, trust_env=False).raise_for_status()
    return "answers.yaml"


def test_analyze_and_generate_keep_nothing(world: World) -> None:
    repository(world)
    for words in (
        ("analyze", "shop"), ("analyze", "shop", "--json"), ("generate", "shop", "--no-questions"),
        ("generate", "shop", "--no-questions", "--explain", "-o", "out.hcl"),
        ("generate", "shop", "--no-questions", "--format", "json", "-o", "out.json"),
        ("generate", "shop", "--no-questions", "--profile", "terraform", "-o", "out.tftpl"),
    ):  # fmt: skip
        assert world(*words).code == 0
    assert world.leaks() == set()


def test_a_deployment_that_becomes_healthy_keeps_nothing(world: World) -> None:
    folder, behaviours = repository(world), ("--embedded", "--images", images(world, ready_s=1))
    assert world("embedded", "start", *behaviours[1:]).code == 0
    said = world("deploy", "shop", *behaviours, "--answers", answers(world, folder), "--no-questions")
    assert said.code == 0, said.err[-1000:]
    after(world, "finished")
    assert world.leaks() == set()
    assert world.garden.leaks(world.registered()) == set()


@pytest.mark.parametrize("behaviour", [{"exit_code": 1, "exit_after_s": 1}, {"pull_error": "planted"}])
def test_a_deployment_that_fails_keeps_nothing(world: World, behaviour: dict[str, object]) -> None:
    plain_repository(world, "shop:1")
    if "pull_error" in behaviour:
        behaviour = {"pull_error": " ".join(world.garden.all("event"))}
    said = world("deploy", "shop", "--embedded", "--images", images(world, **behaviour), "--no-questions")
    assert said.code == 1
    after(world, "failed")
    assert world.leaks() == set()


def test_a_run_that_was_killed_and_goes_on_keeps_nothing(world: World) -> None:
    plain_repository(world, "shop:1")
    argv = [
        sys.executable,
        str(KILLED_RUN),
        "shop",
        images(world, exit_code=1, exit_after_s=1),
        "node",
        "diagnose_failure",
    ]
    ended = subprocess.run(argv, check=False, capture_output=True, text=True, timeout=120, cwd=world.folder)
    world.said += [ended.stdout, ended.stderr]
    world("muster", "runs", "resume", world.shell.last_run().id, "--no-questions")
    after(world, "failed")
    assert world.leaks() == set()


@pytest.mark.parametrize("status", ["403 Forbidden", "500 Internal Server Error", "200 OK"])
def test_what_a_server_says_is_not_repeated_with_secrets(
    world: World, monkeypatch: pytest.MonkeyPatch, status: str
) -> None:
    plain_repository(world, "shop:1")
    body = "\n".join([os.environ["NOMAD_TOKEN"], *world.garden.all("answer")])
    with http_double(saying(status, body)) as (address, _):
        monkeypatch.setenv("NOMAD_ADDR", address)
        assert world("deploy", "shop", "--no-questions").code in (1, 3)
        assert world("verify", "shop").code in (1, 3)
        assert world("muster", "doctor").code == 1
    assert world.leaks() == set()


def test_what_is_remembered_holds_no_secret(world: World) -> None:
    plain_repository(world, "shop:1")
    said = world("deploy", "shop", "--embedded", "--images", images(world, memory_mb=700, ready_s=1), "--no-questions")
    assert "remembered: set_memory" in said.out, said.err[-1000:]
    about = {"kind": "answer", "scope": "embedded", "at": "2026-01-01T12:00:00Z"}
    told = [
        about | {"text": text, "data": {"job": "x", "question": "x.image", "answer": text}}
        for text in world.garden.all("import")
    ]
    (world.folder / "in.jsonl").write_text("".join(json.dumps(memo) + "\n" for memo in told))
    assert world("memory", "import", "in.jsonl").code == 0
    for words in (("list",), ("list", "--json"), ("search", "memory", "--embedded"), ("export", "out.jsonl")):
        assert world("memory", *words).code == 0
    assert world("deploy", "shop", "--embedded", "--no-questions").code == 0
    assert (world.shell.home / "memory" / "qdrant").is_dir()
    assert world.leaks() == set()


def job_file(world: World, *, env: bool) -> None:
    """A job with every kind in its arguments and templates, and in its environment where asked for."""
    plant = world.garden.plant
    lines = [f"        {variable(kind, 'J')} = {json.dumps(plant('job file', kind))}" for kind in KINDS if env]
    data = [f"{variable(kind, 'T')}={plant('template', kind)}" for kind in KINDS if "key" not in kind]
    words = ["serve", "--admin-password", world.garden.plain("job file"), *(plant("args", kind) for kind in KINDS)]
    newline = "\n"
    write(
        world.folder / "shop",
        shop__nomad__hcl=f"""\
job "shop" {{
  datacenters = ["dc1"]
  group "shop" {{
    task "shop" {{
      driver = "docker"
      config {{
        image = "shop:1"
        args  = {json.dumps(words)}
      }}
      env {{
{newline.join(lines)}
      }}
      template {{
        destination = "local/x.env"
        data        = <<EOT
{newline.join(data)}
EOT
      }}
    }}
  }}
}}
""",
    )


def test_a_job_file_keeps_its_secrets_to_itself(world: World) -> None:
    job_file(world, env=True)
    assert world("analyze", "shop").code == 0
    assert world("generate", "shop", "-p", "with 1 GB", "-o", "shop/shop.nomad.hcl", "--no-questions").code == 0
    assert world("deploy", "shop", "--embedded", "--images", images(world), "--no-questions").code == 2
    after(world, "waiting")
    assert world.leaks() == set()


def test_a_job_file_that_is_deployed_tells_its_secrets_to_the_cluster_alone(world: World) -> None:
    job_file(world, env=False)
    behaviours = ("--embedded", "--images", images(world, ready_s=1))
    Path("accepting.yaml").write_text("findings: yes\n")
    accepting = (*behaviours, "--answers", "accepting.yaml", "--no-questions")
    assert world("deploy", "shop", *accepting).code == 0
    assert world("deploy", "shop", "-p", "with 1 GB", *accepting).code == 0
    after(world, "finished")
    assert world.leaks() == set()


def test_models_get_no_secret_and_what_they_say_is_kept_without(world: World) -> None:
    material = "\n".join([*world.garden.all("material"), os.environ["NOMAD_TOKEN"]])
    load()
    for behaviour in (
        says("\n".join(world.garden.all("model"))),
        echoes(400),
        fails(500, " ".join(world.garden.all("model"))),
    ):
        ledger = Ledger(world.folder / "out.jsonl", run="r", agent="nomad")
        with OpenAIDouble(behaviour, behaviour, behaviour) as double, traced_to(world.langfuse), kept_in(ledger):
            try:
                world.said.append(repr(model_of(double).complete(Prompt("Read this.", material), Workload)))
            except ServiceError as error:
                world.said.append(str(error))
            world.said += [json.dumps(one.body) for one in double.requests]
    assert world.leaks() == set()


def after(world: World, status: Status) -> None:
    """Everything that shows a run once more."""
    row = world.shell.last_run()
    assert row.status == status
    for words in (("list",), ("list", "--json"), ("show", row.id), ("show", row.id, "--json"), ("report", row.id)):
        assert world("muster", "runs", *words).code == 0
    assert world("muster", "metrics").code == 0
    assert world("muster", "costs").code == 0


def test_at_least_twenty_kinds_are_planted() -> None:
    assert len(KINDS) >= 40


def test_a_planted_secret_is_found_where_it_is_shown(world: World) -> None:
    """The search itself: in a text, in a file, and in a value of a database."""
    text = world.garden.plant("here", "slack")
    assert world.garden.leaks(text) == {"slack at here"}
    assert world.garden.leaks(text[len(text) // 2 :]) == {"slack at here"}
    write(world.folder, out__txt=text)
    assert world.leaks() == {"slack at here, in files"}
