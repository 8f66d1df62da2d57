"""`nomad-spec conventions`: show, validate, put, against a Consul on loopback that keeps what is written."""

import base64
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from e2e.calling import Shell

KEY = "config/nomad-agent/conventions"
GOOD = "fabio:\n  default_port: 9999\n"


@dataclass
class KeyConsul:
    """A Consul with one key. `rival` is written by somebody else right before our write."""

    text: str = ""
    index: int = 0
    rival: str = ""
    address: str = ""

    def read(self) -> tuple[int, object]:
        if not self.index:
            return 404, None
        value = base64.b64encode(self.text.encode()).decode()
        return 200, [{"Key": KEY, "Value": value, "ModifyIndex": self.index}]

    def write(self, text: str, base_index: int) -> tuple[int, object]:
        if self.rival:
            self.text, self.index = self.rival, self.index + 1
        if base_index != self.index:
            return 200, False
        self.text, self.index = text, self.index + 1
        return 200, True


@pytest.fixture
def consul(monkeypatch: pytest.MonkeyPatch) -> Iterator[KeyConsul]:
    kept = KeyConsul()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.say(*kept.read())

        def do_PUT(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.say(*kept.write(text, int(parse_qs(urlsplit(self.path).query)["cas"][0])))

        def say(self, status: int, body: object) -> None:
            assert urlsplit(self.path).path == f"/v1/kv/{KEY}"
            payload = b"" if body is None else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    kept.address = f"127.0.0.1:{server.server_address[1]}"
    monkeypatch.setenv("CONSUL_HTTP_ADDR", kept.address)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield kept
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "conventions.yaml").write_text(GOOD)
    return tmp_path / "conventions.yaml"


def test_what_was_put_is_shown_as_yaml_with_its_place(shell: Shell, consul: KeyConsul, file: Path):
    assert shell("conventions", "put", str(file), "--yes").code == 0
    assert shell("conventions", "show").out == f"# consul:{KEY}, index 1\n{GOOD}"


def test_nothing_there_is_said(shell: Shell, consul: KeyConsul):
    said = shell("conventions", "show")
    assert said.code == 0
    assert f"nothing at consul:{KEY}" in said.out


def test_all_problems_of_a_file_are_told(shell: Shell, tmp_path: Path):
    bad = tmp_path / "bad.yaml"
    bad.write_text('vault: {path_patterns: ["a/{pod}"]}\nfabio: {default_port: 99999}\n')
    said = shell("conventions", "validate", str(bad))
    assert said.code == 1
    assert "2 problems" in said.err
    assert "vault.path_patterns[0]: {pod} is no placeholder" in said.err
    assert "fabio.default_port" in said.err


def test_a_good_file_is_valid_without_a_consul(shell: Shell, file: Path):
    said = shell("conventions", "validate", str(file))
    assert (said.code, said.out) == (0, f"{file} is valid\n")


def test_what_consul_holds_is_validated_without_a_file(shell: Shell, consul: KeyConsul):
    consul.text, consul.index = "fabio: 7", 3
    said = shell("conventions", "validate")
    assert said.code == 1
    assert f"consul:{KEY} can't be used" in said.err


def test_put_shows_what_changes_and_asks(shell: Shell, consul: KeyConsul, file: Path):
    consul.text, consul.index = "fabio:\n  default_port: 8888\n", 3
    said = shell("conventions", "put", str(file), typed="y\n")
    assert "-  default_port: 8888\n+  default_port: 9999\n" in said.out
    assert consul.text == GOOD


def test_without_a_yes_nothing_is_written(shell: Shell, consul: KeyConsul, file: Path):
    said = shell("conventions", "put", str(file), typed="n\n")
    assert said.code == 0
    assert consul.index == 0


def test_where_nobody_answers_it_names_its_own_option(shell: Shell, consul: KeyConsul, file: Path):
    said = shell("conventions", "put", str(file), typed="")
    assert ("give --yes" in said.err, "--answers" in said.err) == (True, False)
    assert consul.index == 0


def test_a_dry_run_shows_and_writes_nothing(shell: Shell, consul: KeyConsul, file: Path):
    said = shell("conventions", "put", str(file), "--yes", "--dry-run")
    assert "+  default_port: 9999" in said.out
    assert consul.index == 0


def test_a_file_with_problems_is_not_put(shell: Shell, consul: KeyConsul, file: Path):
    file.write_text("fabio: 7")
    assert shell("conventions", "put", str(file), "--yes").code == 1
    assert consul.index == 0


def test_a_lost_race_overwrites_nothing(shell: Shell, consul: KeyConsul, file: Path):
    consul.rival = "fabio:\n  default_port: 1111\n"
    said = shell("conventions", "put", str(file), "--yes")
    assert said.code == 1
    assert "changed by somebody else just now; nothing was overwritten" in said.err
    assert consul.text == consul.rival


def test_the_same_text_is_not_written_again(shell: Shell, consul: KeyConsul, file: Path):
    consul.text, consul.index = GOOD, 3
    assert "nothing to write" in shell("conventions", "put", str(file), "--yes").out
    assert consul.index == 3


def test_without_a_consul_it_says_which_setting(shell: Shell, file: Path):
    said = shell("conventions", "put", str(file))
    assert said.code == 2
    assert "CONSUL_HTTP_ADDR" in said.err


def test_a_consul_that_is_away_is_exit_code_three(shell: Shell, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CONSUL_HTTP_ADDR", "127.0.0.1:1")
    assert shell("conventions", "show").code == 3
