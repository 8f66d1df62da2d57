"""Variables that say where a program listens are set the way the program reads them."""

import pytest

from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.registry import run_extractors
from muster.nomad.domain.facts import CommandFact, EnvFact, ImageFact, NetworkModeFact, PortFact
from muster.nomad.domain.network import Port
from muster.nomad.domain.port_forms import env_form, names_address
from nomad.domain.repositories import built, decided, say

GO = 'package main\nimport "net/http"\nfunc main() {{ {} }}'
PORT = "${NOMAD_PORT_http}"


def env(files, prompt=""):
    evidence = run_extractors({path: SourceFile(path, text) for path, text in files.items()})
    return built(evidence, prompt).groups[0].tasks[0].env


def go(code, **files):
    return {"Dockerfile": "FROM alpine\nCMD /server", "go.mod": "module m\n", "main.go": GO.format(code), **files}


@pytest.mark.parametrize(
    ("code", "name", "value"),
    [
        ('http.ListenAndServe(env("HTTP_ADDR", ":8081"), nil)', "HTTP_ADDR", f":{PORT}"),
        ('http.ListenAndServe(":" + env("PORT", "8081"), nil)', "PORT", PORT),
        ('http.ListenAndServe(fmt.Sprintf("0.0.0.0:%s", env("PORT", "8081")), nil)', "PORT", PORT),
        (
            'addr := os.Getenv("ADDR")\nif addr == "" { addr = ":80" }\nhttp.ListenAndServe(addr, nil)',
            "ADDR",
            f":{PORT}",
        ),
        (
            'addr := ":80"\nif p := os.Getenv("PORT"); p != "" { addr = ":" + os.Getenv("PORT") }\n'
            "http.ListenAndServe(addr, nil)",
            "PORT",
            PORT,
        ),
    ],
)
def test_a_variable_of_go_code_is_written_as_its_default_is(code, name, value):
    assert env(go(code))[name] == value


def test_gunicorns_bind_keeps_its_host():
    conf = 'import os\nbind = os.environ.get("GUNICORN_BIND", "0.0.0.0:8000")\n'
    files = {"Dockerfile": "FROM python:3.12\nCMD gunicorn -c gunicorn.conf.py app:app", "gunicorn.conf.py": conf}
    assert env({**files, "requirements.txt": "gunicorn\n"})["GUNICORN_BIND"] == f"0.0.0.0:{PORT}"


def test_a_node_server_that_reads_a_number_gets_a_number():
    files = {
        "Dockerfile": "FROM node:22\nCMD node a.js",
        "package.json": "{}",
        "a.js": "app.listen(process.env.PORT || 3000)",
    }
    assert env(files)["PORT"] == PORT


@pytest.mark.parametrize(
    ("files", "value"),
    [
        (go('http.ListenAndServe(env("LISTEN_ADDR", ":80"), nil)'), f":{PORT}"),
        (
            go(
                'http.ListenAndServe(env("LISTEN_ADDR", ":80"), nil)',
                Dockerfile="FROM alpine\nENV LISTEN_ADDR=0.0.0.0:9090\nEXPOSE 9090\nCMD /server",
            ),
            f"0.0.0.0:{PORT}",
        ),
        (
            {
                "compose.yaml": "services: {web: {image: x, ports: ['8080:8080'], "
                "environment: {LISTEN_ADDR: '0.0.0.0:8080'}}}"
            },
            f"0.0.0.0:{PORT}",
        ),
        (
            go('http.ListenAndServe(os.Getenv("LISTEN_ADDR"), nil)', **{".env.example": "LISTEN_ADDR=[::]:9090\n"}),
            f"[::]:{PORT}",
        ),
    ],
)
def test_what_compose_the_dockerfile_or_an_example_sets_shows_how_it_is_written(files, value):
    assert env(files)["LISTEN_ADDR"] == value


def test_a_variable_in_the_command_is_written_as_its_default_there():
    files = {"Dockerfile": "FROM python\nCMD gunicorn --bind ${BIND:-0.0.0.0:8000} app"}
    assert env(files)["BIND"] == f"0.0.0.0:{PORT}"
    assert env({"Dockerfile": "FROM python\nCMD gunicorn --bind 0.0.0.0:${PORT:-8000} app"})["PORT"] == PORT


def test_a_port_that_a_higher_source_names_takes_variable_and_form_from_below():
    evidence = (
        *say("dockerfile:Dockerfile", PortFact(port=9000)),
        *say("folder:.", PortFact(port=8081, env="HTTP_ADDR", env_form=":{port}")),
    )
    assert built(evidence).groups[0].tasks[0].env == {"HTTP_ADDR": f":{PORT}"}


def test_a_form_survives_another_port_from_the_prompt():
    evidence = say("compose:a", ImageFact(image="x"), PortFact(port=1, env="ADDR", env_form=":{port}"))
    assert built(evidence, "listens on port 8080").groups[0].tasks[0].env == {"ADDR": f":{PORT}"}


UNKNOWN = say("compose:web", ImageFact(image="x"), PortFact(port=8000, env="GUNICORN_BIND"))


def test_an_address_that_nothing_shows_is_not_set():
    group = built(UNKNOWN).groups[0]
    assert group.tasks[0].env == {}
    assert group.network.ports == (Port(label="http", to=8000),)


def test_on_the_hosts_network_such_an_address_leaves_the_port_where_it_is_and_is_said():
    evidence = (*UNKNOWN, *say("compose:web", NetworkModeFact(mode="host"), CommandFact(command=("serve",))))
    assert built(evidence).groups[0].network.ports == (Port(label="http", static=8000),)
    assert any("GUNICORN_BIND says where it listens" in note for note in build_notes(decided(evidence)))


def test_an_address_without_a_port_stays_as_compose_sets_it():
    evidence = (*UNKNOWN, *say("compose:web", EnvFact(name="GUNICORN_BIND", value="unix:/run/app.sock")))
    assert built(evidence).groups[0].tasks[0].env == {"GUNICORN_BIND": "unix:/run/app.sock"}


@pytest.mark.parametrize(
    ("name", "value", "form"),
    [
        ("PORT", "8080", None),
        ("PORT", ":8080", ":{port}"),
        ("ADDR", "8080", "{port}"),
        ("ADDR", "[::]:8080", "[::]:{port}"),
        ("ASPNETCORE_URLS", "http://+:8080", "http://+:{port}"),
        ("ADDR", "unix:/run/a.sock", None),
        ("ADDR", "", None),
        ("ADDR", None, None),
    ],
)
def test_a_form_is_the_text_around_the_number(name, value, form):
    assert env_form(name, value) == form


@pytest.mark.parametrize(
    "name", ["HTTP_ADDR", "ADDRESS", "GUNICORN_BIND", "LISTEN", "LISTEN_ADDR", "HOST_PORT", "bind"]
)
def test_names_that_ask_for_an_address(name):
    assert names_address(name)


@pytest.mark.parametrize("name", ["PORT", "BIND_PORT", "LISTEN_PORT", "HTTP_PORT", "WEB_CONCURRENCY"])
def test_names_that_ask_for_a_number(name):
    assert not names_address(name)
