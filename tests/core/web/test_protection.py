import json
import socket
from collections.abc import Iterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from muster.core.errors import MusterError, ServiceTimeoutError, UnreachableError, UsageError
from muster.core.testing.clock import FakeClock
from muster.core.web.api_keys import ApiKey, new_key
from muster.core.web.door import require
from muster.core.web.headers import SECURITY_HEADERS
from muster.core.web.protection import protect
from muster.core.web.serving import ServerThread

ERRORS = {
    "usage": UsageError("that is wrong", advice="Do it right."),
    "away": UnreachableError("it is away"),
    "slow": ServiceTimeoutError("it is slow"),
    "own": MusterError("token=abcdefgh12345678"),
    "surprise": ZeroDivisionError("a secret detail"),
}


async def echo(request: Request) -> Response:
    body = await request.body()
    return JSONResponse({"who": request.state.caller.name, "bytes": len(body), "id": request.state.correlation_id})


async def guarded(request: Request) -> Response:
    return JSONResponse({"who": require(request, "tasks:read").name})


async def fail(request: Request) -> Response:
    raise ERRORS[request.path_params["kind"]]


async def health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def an_app(*keys: ApiKey) -> Starlette:
    routes = [
        Route("/echo", echo, methods=["GET", "POST"]),
        Route("/guarded", guarded),
        Route("/fail/{kind}", fail),
        Route("/health", health),
    ]
    app = Starlette(routes=routes)
    protect(app, keys=keys, open_paths=["/health"], clock=FakeClock(), most_body_bytes=1000)
    return app


def client_of(server: ServerThread, **headers: str) -> httpx.Client:
    return httpx.Client(base_url=server.address, trust_env=False, headers=headers, verify=False)


@pytest.fixture(scope="module")
def open_service() -> Iterator[ServerThread]:
    with ServerThread(an_app()) as server:
        yield server


@pytest.fixture
def http(open_service: ServerThread) -> Iterator[httpx.Client]:
    with client_of(open_service) as client:
        yield client


def test_without_keys_this_machine_is_local(http: httpx.Client) -> None:
    assert http.get("/echo").json()["who"] == "local"
    assert http.get("/guarded").json()["who"] == "local"


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Origin": "null"}])
def test_a_page_of_elsewhere_is_not_local(http: httpx.Client, headers: dict[str, str]) -> None:
    assert http.post("/echo", headers=headers).status_code == 403


def test_a_page_of_this_machine_is(http: httpx.Client) -> None:
    assert http.get("/echo", headers={"Origin": "http://localhost:3000"}).status_code == 200


def test_with_keys_nobody_is_local() -> None:
    plain, key = new_key("ci", ["tasks:write"])
    with ServerThread(an_app(key)) as server, client_of(server) as client:
        refused = client.get("/echo")
        assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
        assert client.get("/echo", headers={"Authorization": "Bearer mk_wrong"}).status_code == 401
        assert client.get("/echo", headers={"Authorization": f"Basic {plain}"}).status_code == 401
        known = {"Authorization": f"Bearer {plain}"}
        assert client.get("/echo", headers=known).json()["who"] == "ci"
        missing = client.get("/guarded", headers=known)
        assert (missing.status_code, missing.json()["detail"]) == (403, "the key ci lacks the scope tasks:read")
        assert client.get("/health").status_code == 200


def test_a_key_may_ask_so_often() -> None:
    plain, key = new_key("ci", ["tasks:read"])
    slow = key.model_copy(update={"requests_per_s": 0.5})
    with ServerThread(an_app(slow)) as server, client_of(server, authorization=f"Bearer {plain}") as client:
        assert client.get("/echo").status_code == 200
        refused = client.get("/echo")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "2")


def test_guessing_keys_is_slowed_down() -> None:
    with ServerThread(an_app(new_key("ci", ["tasks:read"])[1])) as server, client_of(server) as client:
        assert [client.get("/echo").status_code for _ in range(12)] == [401] * 10 + [429] * 2


@pytest.mark.parametrize("content", [b"x" * 1001, iter([b"x" * 600, b"x" * 600])], ids=["said", "in pieces"])
def test_a_body_too_large_is_refused(http: httpx.Client, content: bytes) -> None:
    refused = http.post("/echo", content=content)
    assert (refused.status_code, refused.headers["content-type"]) == (413, "application/problem+json")


def test_a_body_that_fits_arrives_whole(http: httpx.Client) -> None:
    assert http.post("/echo", content=iter([b"x" * 500, b"x" * 500])).json()["bytes"] == 1000


@pytest.mark.parametrize(
    ("kind", "status", "detail"),
    [
        ("usage", 400, "that is wrong"),
        ("away", 503, "it is away"),
        ("slow", 504, "it is slow"),
        ("own", 500, "token=[redacted]"),
        ("surprise", 500, "this should not have happened"),
    ],
)
def test_an_error_is_a_problem_without_a_secret(http: httpx.Client, kind: str, status: int, detail: str) -> None:
    answer = http.get(f"/fail/{kind}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (answer.json()["status"], answer.json()["detail"]) == (status, detail)
    assert "secret detail" not in answer.text
    assert "Traceback" not in answer.text


def test_what_is_not_there_is_a_problem_too(http: httpx.Client) -> None:
    assert http.get("/nothing").json()["title"] == "Not Found"
    refused = http.delete("/guarded")
    assert (refused.status_code, set(refused.headers["allow"].split(", "))) == (405, {"GET", "HEAD"})


@pytest.mark.parametrize("path", ["/echo", "/nothing", "/fail/surprise"])
def test_every_answer_has_the_security_headers(http: httpx.Client, path: str) -> None:
    headers = http.get(path).headers
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS


def test_a_correlation_id_comes_back(http: httpx.Client) -> None:
    answer = http.get("/echo", headers={"X-Correlation-Id": "abc-1"})
    assert (answer.headers["x-correlation-id"], answer.json()["id"]) == ("abc-1", "abc-1")


def test_one_that_is_none_is_replaced(http: httpx.Client) -> None:
    made = http.get("/echo", headers={"X-Correlation-Id": "a b\tc"}).headers["x-correlation-id"]
    assert len(made) == 32


def test_a_body_that_never_comes_is_not_waited_for_by_anybody_else(
    open_service: ServerThread, http: httpx.Client
) -> None:
    with socket.create_connection((open_service.host, open_service.port)) as slow:
        slow.sendall(b"POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nhalf")
        assert json.loads(http.get("/echo").text)["bytes"] == 0
