import asyncio
import socket
from pathlib import Path

import pytest

from core.http_double import Answer, hang, http_double, raw, saying, self_signed
from muster.core.errors import (
    AccessDeniedError,
    ServiceError,
    ServiceFailureError,
    ServiceTimeoutError,
    SettingsError,
    TlsError,
    UnreachableError,
)
from muster.core.http import Service, connect, connect_async, mapped_errors

NOMAD = Service("Nomad", "NOMAD_ADDR", "NOMAD_TOKEN")


def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def failure(url: str, *, timeout_s: float = 20.0, ca_file: Path | None = None) -> ServiceError:
    with (
        connect(url, service=NOMAD, timeout_s=timeout_s, ca_file=ca_file) as client,
        pytest.raises(ServiceError) as caught,
    ):
        client.json(client.get("/v1/jobs"))
    assert caught.value.exit_code == 3
    assert "Nomad" in caught.value.message
    assert caught.value.advice
    return caught.value


def test_an_answer_comes_back_and_the_request_was_as_asked() -> None:
    with (
        http_double(saying("200 OK", '{"a": [1]}')) as (url, requests),
        connect(url, service=NOMAD, headers={"X-Nomad-Token": "t"}) as client,
    ):
        assert client.json(client.post("/v1/jobs", json={"Job": {}}, params={"namespace": "a b"})) == {"a": [1]}
    assert requests[0].startswith(b"POST /v1/jobs?namespace=a+b ")
    assert b"X-Nomad-Token: t" in requests[0]
    assert requests[0].endswith(b'{"Job":{}}')


def test_a_refused_port_is_unreachable_and_names_the_setting() -> None:
    error = failure(f"http://127.0.0.1:{unused_port()}")
    assert isinstance(error, UnreachableError)
    assert "refused" in error.message
    assert "NOMAD_ADDR" in error.advice


def test_an_unknown_host_is_unreachable() -> None:
    error = failure("http://nomad.invalid:4646")
    assert isinstance(error, UnreachableError)
    assert "there is no such host" in error.message
    assert error.advice == "Check NOMAD_ADDR: no name server knows its host."


def test_a_server_that_hangs_is_a_timeout_which_names_the_setting() -> None:
    with http_double(hang) as (url, _):
        error = failure(url, timeout_s=0.2)
    assert isinstance(error, ServiceTimeoutError)
    assert error.message.endswith("no answer in time")  # what was only read was not done
    assert "NOMAD_ADDR" in error.advice


def test_a_change_without_an_answer_has_an_unknown_outcome() -> None:
    with (
        http_double(hang) as (url, _),
        connect(url, service=NOMAD, timeout_s=0.2) as client,
        pytest.raises(ServiceTimeoutError, match="it may have been done or not"),
    ):
        client.post("/v1/jobs")


def test_one_request_may_have_a_time_of_its_own() -> None:
    with (
        http_double(hang) as (url, _),
        connect(url, service=NOMAD, timeout_s=60) as client,
        pytest.raises(ServiceTimeoutError),
    ):
        client.get("/", timeout_s=0.2)


@pytest.mark.parametrize(
    ("answer", "kind", "said"),
    [
        (saying("401 Unauthorized", "who are you"), AccessDeniedError, "who are you"),
        (saying("403 Forbidden", "Permission denied"), AccessDeniedError, "Permission denied"),
        (saying("404 Not Found", ""), ServiceFailureError, "404: an empty body"),
        (saying("500 Server Error", "No cluster leader"), ServiceFailureError, "No cluster leader"),
        (saying("301 Moved", ""), ServiceFailureError, "301"),
        (saying("200 OK", "<html>" + "x" * 5000), ServiceFailureError, "no JSON: <html>xxx"),
        (saying("200 OK", ""), ServiceFailureError, "no JSON"),
        (raw(b"SSH-2.0-OpenSSH_9.2\r\n"), UnreachableError, ""),
        (raw(b""), UnreachableError, "cut"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), UnreachableError, "cut"),
        (raw(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nhalf"), UnreachableError, ""),
    ],
)
def test_bad_answers_become_errors_that_quote_them(answer: Answer, kind: type[ServiceError], said: str) -> None:
    with http_double(answer) as (url, _):
        error = failure(url)
    assert type(error) is kind
    assert said in error.message
    assert len(error.message) < 600


def test_a_refusal_names_the_setting_of_the_token() -> None:
    with http_double(saying("403 Forbidden", "no")) as (url, _):
        assert "NOMAD_TOKEN" in failure(url).advice


def test_an_adapter_may_read_the_status_itself() -> None:
    with (
        http_double(saying("500 Server Error", "1 error occurred: job is invalid")) as (url, _),
        connect(url, service=NOMAD) as client,
    ):
        answer = client.post("/v1/jobs", json={}, judge=False)
        assert (answer.status_code, answer.text) == (500, "1 error occurred: job is invalid")


def test_an_untrusted_certificate_is_a_tls_error(tmp_path: Path) -> None:
    tls, ca_file = self_signed(tmp_path)
    with http_double(saying("200 OK", "[]"), tls) as (url, _):
        error = failure(url)
        assert isinstance(error, TlsError)
        assert "certificate" in error.message
        with connect(url, service=NOMAD, ca_file=ca_file) as client:
            assert client.json(client.get("/")) == []


def test_https_to_a_plain_port_is_a_tls_error() -> None:
    with http_double(saying("200 OK", "[]")) as (url, _):
        assert isinstance(failure(url.replace("http:", "https:")), TlsError)


@pytest.mark.parametrize("url", ["", "127.0.0.1:4646", "ftp://x", "http://", "http://[::1", "http://a b:x"])
def test_an_address_that_is_no_url_is_a_settings_error(url: str) -> None:
    with pytest.raises(SettingsError, match="NOMAD_ADDR"):
        connect(url, service=NOMAD)


def test_a_ca_file_that_is_none_is_a_settings_error(tmp_path: Path) -> None:
    for content in (None, "no certificate"):
        if content:
            (tmp_path / "ca.pem").write_text(content)
        with pytest.raises(SettingsError, match=r"ca\.pem"):
            connect("https://x", service=NOMAD, ca_file=tmp_path / "ca.pem")


def test_errors_do_not_repeat_a_password_of_the_address() -> None:
    error = failure(f"http://user:hunter2-hunter2@127.0.0.1:{unused_port()}")
    assert "hunter2" not in str(error)


def test_waiting_clients_map_their_errors_alike() -> None:
    async def ask(url: str) -> None:
        async with connect_async(url, service=NOMAD, timeout_s=0.2) as client:
            with mapped_errors(NOMAD, "watching a job of Nomad"):
                await client.get("/v1/jobs")

    with http_double(hang) as (url, _), pytest.raises(ServiceTimeoutError, match="watching a job"):
        asyncio.run(ask(url))
    with pytest.raises(UnreachableError, match="refused"):
        asyncio.run(ask(f"http://127.0.0.1:{unused_port()}"))


def test_a_call_is_told_with_status_and_time_and_no_header_or_body(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "muster.core.http")
    with (
        http_double(saying("200 OK", "the body")) as (url, _),
        connect(url, service=NOMAD, headers={"X-Token": "hunter2"}) as client,
    ):
        client.get("/v1/jobs")
    (told,) = (one for one in caplog.records if one.name == "muster.core.http")
    assert told.getMessage() == f"GET {url}/v1/jobs"
    assert told.__dict__["status"] == 200
    assert told.__dict__["ms"] >= 0
    assert not {"hunter2", "the body"} & set(map(str, told.__dict__.values()))
