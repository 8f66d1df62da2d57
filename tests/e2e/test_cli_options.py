"""Wrong options, files and settings through the command line: exit code 2, and what to do instead."""

import os
import stat
from pathlib import Path

import pytest
import typer

from e2e.calling import DOCKERFILE, Shell, write
from muster.nomad.main import app as nomad_app

pytestmark = pytest.mark.e2e

COMPOSE = "services:\n  web:\n    build: .\n    ports: ['80']\n    environment: [API_SECRET_KEY, NAME]\n"


@pytest.fixture(autouse=True)
def app(tmp_path: Path) -> Path:
    return write(tmp_path / "app", Dockerfile=DOCKERFILE, compose__yaml=COMPOSE)


def generate(shell: Shell, *more: str) -> tuple[int, str]:
    said = shell("generate", "app", "--no-questions", *more)
    return said.code, said.err


def test_a_wish_that_can_not_be_read_is_refused_where_nobody_is_to_be_asked(shell: Shell) -> None:
    code, said = generate(shell, "-p", "call it can")
    assert (code, "is not understood, and nobody is to be asked:\n  call it can" in said) == (2, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("generate", "no repository given"),
        ("generate app --path .", "two repositories given: app and --path ."),
        ("generate app app", "unexpected extra argument"),
        ("generate app --format toml", "'--format'"),
        ("generate app --format json --profile terraform", "Give one of them"),
        ("generate app --format json --variables", "the API's JSON has no variables"),
        ("generate app --variables --profile terraform", "has variables of its own"),
        ("generate app --profile terraform -o job.hcl", "is named like job.hcl.tftpl"),
        ("generate app -o job.tftpl", "Add --profile terraform"),
        ("generate app --profile ansible", "'--profile'"),
        ("generate app --nope", "No such option: --nope"),
        ("frobnicate", "No such command 'frobnicate'"),
        ("deploy app --images x.yaml", "Add --embedded"),
        ("plan app --nodes x.yaml", "Add --embedded"),
        ("deploy app --embedded --cluster x", "name two clusters"),
        ("deploy app --cluster x", "there is no file .env.x"),
        ("deploy app --cluster ../x", "there is no file"),
        ("deploy app --embedded --images nope.yaml", "the images file nope.yaml can't be used: No such file"),
        ("deploy app --embedded --images wrong.yaml", "it holds no list of tables under `images:`"),
        ("deploy app --embedded --images typo.yaml", "memory: Unexpected keyword argument"),
        ("deploy app --embedded --nodes app", "the nodes file app can't be used: Is a directory"),
        ("deploy app --embedded --nodes none.yaml", "it names no machine"),
        ("generate app --answers nope.yaml", "the answers file nope.yaml can't be read: No such file"),
        ("generate app --answers app", "the answers file app can't be read: Is a directory"),
        ("generate app -o app", "-o names a folder: 'app'"),
        ("generate app -o nope/job.hcl", "there is no folder 'nope' for job.hcl"),
        ("generate app -o app/Dockerfile/job.hcl", "there is no folder 'app/Dockerfile' for job.hcl"),
        (f"generate app -o {'x' * 300}", "can't be written: File name too long"),
        ("validate", "Missing argument"),
        ("validate nope.hcl", "nope.hcl can't be read: No such file"),
        ("validate app", "app can't be read: Is a directory"),
        ("verify", "Missing argument"),
        ("muster runs resume", "Missing argument"),
    ],
)
def test_wrong_use_is_said_before_anything_happens(shell: Shell, words: str, why: str) -> None:
    Path("wrong.yaml").write_text("images: {a: b}")
    Path("typo.yaml").write_text("images: [{image: x, memory: 5}]")
    Path("none.yaml").write_text("nodes: []")
    said = shell(*words.split())
    assert (said.code, said.out) == (2, "")
    assert why in said.err
    assert shell.runs() == ()


def test_an_empty_output_name_is_refused(shell: Shell) -> None:
    assert generate(shell, "-o", "") == (2, "-o names a folder: '.'\nGive another file with -o.\n")


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("web.imge: x", "'web.imge' is no question; did you mean '*.image'?"),
        ("[a]", "must hold a table"),
        ("a: [", "is no YAML"),
        (b"a\0b", "is no YAML"),
        (b"web.count: \xff", "is no YAML"),
        ("web.count: !!python/object/apply:os.system [x]", "is no YAML"),
        ("web.count: " + "[" * 3000, "is no YAML"),
    ],
)
def test_an_answers_file_that_makes_no_sense_is_refused_at_once(shell: Shell, content: str | bytes, why: str) -> None:
    Path("answers.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
    code, err = generate(shell, "--answers", "answers.yaml")
    assert (code, why in err) == (2, True)
    assert shell.runs() == ()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("web.count: lots", "web.count must be a whole number"),
        ("web.count: 2.5", "web.count must be a whole number"),
        ("web.count:", "web.count must be a whole number"),
        ("web.count: -1", "web.count must be at least 1"),
        ("web.count: 99999999999999999999", "web.count must be at most 1000"),
        ("web.network: moon", "web.network 'moon' is no choice"),
        ("web.network: [[bridge]]", "web.network must be one of the choices"),
        ("web.image: {a: b}", "web.image must be a text"),
        ('web.image: "\\ud800"', "web.image must be a text"),
        ("web.image: an image", "web.image must look like registry/name:tag"),
        ("env: 3", "env must be a table"),
        ("env: {web.NAME: [1]}", "web.NAME must be a text"),
        ("env: {web.NMAE: x}", "did you mean 'web.NAME'?"),
        ("env: {web.API_SECRET_KEY: hunter2hunter2}", "web.API_SECRET_KEY must look like nomad-var:PATH#KEY"),
    ],
)
def test_an_answer_that_does_not_fit_leaves_the_run_waiting_and_is_not_stored(
    shell: Shell, content: str, why: str
) -> None:
    Path("answers.yaml").write_text(content)
    code, err = generate(shell, "--answers", "answers.yaml")
    assert (code, why in err) == (2, True), err
    row = shell.last_run()
    assert row.status == "waiting"
    assert f"muster runs resume {row.id}" in err
    assert b"hunter2" not in shell.stored()
    Path("answers.yaml").write_text("web.image: nginx:1")
    assert shell("muster", "runs", "resume", row.id, "--answers", "answers.yaml", "--no-questions").code == 0


def test_an_answer_that_nobody_asked_for_is_said(shell: Shell) -> None:
    Path("answers.yaml").write_text("wbe.image: x\nweb.image: nginx:1")
    code, err = generate(shell, "--answers", "answers.yaml")
    assert code == 0
    assert "! answers.yaml answers what was not asked: wbe.image\n" in err


def test_an_answer_beyond_the_bound_of_questions_is_used(shell: Shell) -> None:
    Path("answers.yaml").write_text("web.image: nginx:1\nweb.route: shop.example.com/")
    code, err = generate(shell, "--answers", "answers.yaml", "-o", "job.hcl")
    assert (code, "what was not asked" in err) == (0, False)
    assert "shop.example.com/" in Path("job.hcl").read_text()


@pytest.mark.parametrize(
    ("prompt", "why"), [("password=hunter2hunter2", "looks like a secret"), ("x" * 100_000, "100000 characters long")]
)
def test_a_prompt_that_should_not_be_stored_is_refused(shell: Shell, prompt: str, why: str) -> None:
    code, err = generate(shell, "-p", prompt)
    assert (code, why in err, "hunter2" in err) == (2, True, False)
    assert shell.runs() == ()


def test_devices_pipes_and_links_are_written_to_and_never_replaced(shell: Shell) -> None:
    Path("link.hcl").symlink_to("job.hcl")
    os.mkfifo("pipe")
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    assert [generate(shell, "-o", name)[0] for name in ("link.hcl", "pipe")] == [0, 0]
    assert os.read(reader, 10**6).decode() == Path("job.hcl").read_text()
    os.close(reader)
    assert Path("link.hcl").is_symlink()
    assert stat.S_ISFIFO(Path("pipe").stat().st_mode)
    assert not list(Path().glob(".*"))


def test_a_hyphen_prints(shell: Shell) -> None:
    assert shell("generate", "app", "--no-questions", "-o", "-").out.startswith("# not found in")
    assert not Path("-").exists()


def test_a_dry_run_writes_nothing(shell: Shell) -> None:
    Path("job.hcl").write_bytes(b"\xff old\n")
    said = shell("generate", "app", "--no-questions", "-o", "job.hcl", "--dry-run")
    assert said.out.startswith("--- job.hcl\n+++ job.hcl (new)\n")
    assert Path("job.hcl").read_bytes() == b"\xff old\n"


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"MAX_ITERATIONS": "lots", "DEFAULT_CPU": "-3", "LOG_LEVEL": "loud"}, ["MAX_ITERATIONS", "DEFAULT_CPU", "LOG_LEVEL"]),
        ({"MAX_ITERATIONS": "11"}, ["less than or equal to 10"]),
        ({"VERIFICATION_TIMEOUT": "inf"}, ["VERIFICATION_TIMEOUT is wrong"]),
        ({"NOMAD_TOKEN": "hunter2 hunter2"}, ["NOMAD_TOKEN is wrong: a token has no spaces"]),
        ({"NOMAD_ADDR": "garbage"}, ["NOMAD_ADDR is wrong: an address begins with http:// or https://"]),
        ({"NOMAD_ADDR": "http://127.0.0.1:abc"}, ["NOMAD_ADDR is no URL: Invalid port"]),
        ({"NOMAD_ADDR": "https://127.0.0.1:1", "NOMAD_CACERT": "/nope"}, ["the CA file /nope can't be used"]),
        ({"MUSTER_HOME": "/dev/null/x"}, ["can't be made", "Set MUSTER_HOME"]),
        ({"MUSTER_HOME": "~nobody-of-that-name/x"}, ["give an absolute path"]),
    ],
)  # fmt: skip
def test_wrong_settings_are_named_with_what_to_do(
    shell: Shell, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], why: list[str]
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    said = shell("plan", "app", "--no-questions")
    assert (said.code, said.out) == (2, "")
    assert all(words in said.err for words in why), said.err
    assert "hunter2" not in said.err


def test_an_env_file_of_odd_bytes_is_named(shell: Shell) -> None:
    Path(".env").write_bytes(b"\xff\xfe")
    assert generate(shell)[0] == 2
    assert "the settings file .env can't be read" in generate(shell)[1]


def test_a_prompt_that_asks_for_what_nobody_has_is_refused_before_anything_happens(shell: Shell) -> None:
    said = shell("generate", "app", "-p", "with 999999999 GB on port 70000")
    assert (said.code, shell.runs()) == (2, ())
    assert "on port 70000: ports end at 65535\n  with 999999999 GB: no node has more than 9999999 MB\n" in said.err


COMMANDS = typer.main.get_group(nomad_app).commands


def test_plan_takes_what_deploy_takes_but_what_only_a_deployment_can_use() -> None:
    plan, deploy = ({option.name: option.opts for option in COMMANDS[name].params} for name in ("plan", "deploy"))
    assert deploy.keys() - plan.keys() == {"keep", "dry_run"}
    assert plan.items() <= deploy.items()


EXISTING = str(Path(__file__).parents[2] / "examples" / "nomad" / "existing-job")


@pytest.mark.parametrize("words", ["--variables", "--profile terraform"])
def test_a_job_file_as_base_of_another_form_is_refused_before_anything_is_asked(shell: Shell, words: str) -> None:
    said = shell("generate", EXISTING, *words.split())
    assert (said.code, said.out) == (2, "")
    assert "shop.nomad.hcl is a job file: it is changed in place" in said.err
    assert "[1/" not in said.err


def test_another_source_than_the_job_file_may_be_written_in_every_form(shell: Shell) -> None:
    Path("answers.yaml").write_text("select: ['dockerfile:Dockerfile']\n")
    said = shell("generate", EXISTING, "--variables", "--no-questions", "--answers", "answers.yaml")
    assert (said.code, "datacenters = var.datacenters" in said.out) == (0, True), said.err
