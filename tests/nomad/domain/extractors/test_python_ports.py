"""Ports that Python code listens on, and those it does not."""

import pytest

from muster.nomad.domain.extractors.python.extractor import EXTRACTOR
from muster.nomad.domain.facts import FrameworkFact, PortFact
from nomad.domain.extractors.code_snippets import evidence, facts, ports

FLASK = "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
LISTENERS = [
    ("flask with a port", FLASK + "app.run(port=5001)", (5001, None)),
    ("flask with a position", FLASK + "app.run('0.0.0.0', 5001)", (5001, None)),
    ("flask without a port", FLASK + "app.run()", (5000, None)),
    ("a variable with a default", FLASK + "app.run(port=int(os.environ.get('PORT', 5002)))", (5002, "PORT")),
    ("a variable without a default", FLASK + "app.run(port=os.environ['PORT'])", (5000, "PORT")),
    ("a constant of the file", FLASK + "PORT = 5003\napp.run(port=PORT)", (5003, None)),
    ("a constant from a variable", FLASK + "P = int(os.getenv('PORT', '5004'))\napp.run(port=P)", (5004, "PORT")),
    (
        "an option of argparse",
        FLASK + "p.add_argument('--port', default=5005)\na = p.parse_args()\napp.run(port=a.port)",
        (5005, None),
    ),
    ("a parameter's default", FLASK + "def main(port=5006):\n    app.run(port=port)", (5006, None)),
    (
        "an alternative by if",
        FLASK + "app.run(port=int(os.environ['PORT']) if 'PORT' in os.environ else 5007)",
        (5007, "PORT"),
    ),
    ("an unknown object", "from app import app\napp.run(host='0.0.0.0', port=5008)", (5008, None)),
    ("uvicorn without a port", "import uvicorn\nuvicorn.run('a:b')", (8000, None)),
    ("uvicorn with a port", "import uvicorn\nuvicorn.run('a:b', port=8001)", (8001, None)),
    ("waitress", "from waitress import serve\nserve(app, port=8002)", (8002, None)),
    (
        "an address of waitress",
        "from waitress import serve\nserve(app, listen='{}:{}'.format(host, 8006))",
        (8006, None),
    ),
    ("aiohttp", "from aiohttp import web\nweb.run_app(app)", (8080, None)),
    ("http.server", "from http.server import HTTPServer\nHTTPServer(('', 8003), H).serve_forever()", (8003, None)),
    ("gRPC", "s = grpc.server(p)\ns.add_insecure_port('[::]:50051')", (50051, None)),
    ("gRPC with a variable", "import os\ns.add_insecure_port(f\"[::]:{os.getenv('PORT', '50052')}\")", (50052, "PORT")),
    ("asyncio", "import asyncio\nasyncio.start_server(f, '0.0.0.0', 8004)", (8004, None)),
    ("websockets", "import websockets\nwebsockets.serve(f, '', 8765)", (8765, None)),
    ("a bound socket", "import socket\ns = socket.socket()\ns.bind(('', 9001))", (9001, None)),
    ("gradio", "import gradio as gr\nd = gr.Interface(f)\nd.launch(server_port=7861)", (7861, None)),
    ("gunicorn's file", "bind = '0.0.0.0:8005'", (8005, None)),
    ("metrics", "from prometheus_client import start_http_server\nstart_http_server(9100)", (9100, None)),
    ("Python 2", "print 'x'\napp.run(host='0.0.0.0', port=5009)", (5009, None)),
]


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, port, id=name) for name, code, port in LISTENERS])
def test_a_call_that_listens_names_the_port(code: str, expected: tuple[int, str | None]) -> None:
    path = "gunicorn.conf.py" if code.startswith("bind") else "app.py"
    assert ports(EXTRACTOR, {path: code}) == [expected]


SILENT = [
    ("a port that is off by default", FLASK + "app.run(port=int(os.getenv('ADMIN_PORT', 0)))"),
    ("a socket's path", "from waitress import serve\nserve(app, unix_socket='/tmp/s')"),
    ("a database's variable", FLASK + "app.run(port=int(os.getenv('DB_PORT', '5432')))"),
    ("a client's port", "import redis\nredis.Redis(host='redis', port=6379)"),
    ("a connection's port", "psycopg2.connect(host='db', port=5432)"),
    ("a port of zero", FLASK + "app.run(port=0)"),
    ("an unknown port", "import uvicorn\nuvicorn.run('a:b', port=pick())"),
    ("arguments that are not seen", "import uvicorn\nuvicorn.run('a:b', **options)"),
    ("a process", "import subprocess\nsubprocess.run(['x'])"),
    ("a discord bot", "import discord\nbot = discord.Client()\nbot.run(TOKEN)"),
    ("a celery worker", "from celery import Celery\napp = Celery('a')\napp.start()"),
    ("a thread", "import threading\nthreading.Thread(target=f).start()"),
    ("a name that is too big", FLASK + "app.run(port=99999)"),
]


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in SILENT])
def test_no_port_is_invented(code: str) -> None:
    assert facts(EXTRACTOR, PortFact, {"app.py": code}) == []


@pytest.mark.parametrize("library", ["celery", "rq", "dramatiq", "discord", "aiogram", "scrapy", "typer"])
def test_a_worker_or_bot_listens_nowhere(library: str) -> None:
    found = facts(EXTRACTOR, FrameworkFact, {"requirements.txt": f"{library}\n"})
    assert [(fact.listens, fact.default_port) for fact in found] == [(False, None)]


@pytest.mark.parametrize(
    ("library", "port"), [("flask", 5000), ("django", 8000), ("fastapi", 8000), ("streamlit", 8501), ("gunicorn", 8000)]
)
def test_a_framework_has_its_default_port(library: str, port: int) -> None:
    (found,) = facts(EXTRACTOR, FrameworkFact, {"requirements.txt": f"{library}==1\n"})
    assert (found.framework, found.default_port, found.listens) == (library, port, True)


def test_an_example_opens_no_port_of_the_application() -> None:
    assert ports(EXTRACTOR, {"requirements.txt": "flask", "examples/a.py": FLASK + "app.run(port=1234)"}) == []


def test_an_example_with_its_own_package_file_is_an_application() -> None:
    files = {"examples/a/requirements.txt": "flask", "examples/a/app.py": FLASK + "app.run(port=1234)"}
    (found,) = (one for one in evidence(EXTRACTOR, files) if one.fact.kind == "port")
    assert (found.unit, found.confidence) == ("folder:examples/a", 0.9)


def test_an_explicit_port_is_surer_than_a_default() -> None:
    (explicit,) = (
        one for one in evidence(EXTRACTOR, {"a.py": FLASK + "app.run(port=5001)"}) if one.fact.kind == "port"
    )
    (default,) = (one for one in evidence(EXTRACTOR, {"a.py": FLASK + "app.run()"}) if one.fact.kind == "port")
    assert explicit.confidence > default.confidence
