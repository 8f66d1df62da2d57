"""Health routes in Python code."""

import pytest

from muster.nomad.domain.extractors.python.extractor import EXTRACTOR
from nomad.domain.extractors.code_snippets import evidence, routes

ROUTES = [
    ("fastapi", "@app.get('/health')\ndef f(): ...", "/health"),
    ("flask", "@app.route('/healthz')\ndef f(): ...", "/healthz"),
    ("flask with methods", "@app.route('/ready', methods=['GET', 'HEAD'])\ndef f(): ...", "/ready"),
    ("an async function", "@app.get('/livez')\nasync def f(): ...", "/livez"),
    ("a router's prefix", "r = APIRouter(prefix='/api')\n@r.get('/health')\ndef f(): ...", "/api/health"),
    (
        "a blueprint's prefix",
        "b = Blueprint('a', __name__, url_prefix='/v1')\n@b.route('/status')\ndef f(): ...",
        "/v1/status",
    ),
    (
        "an included router",
        "r = APIRouter()\n@r.get('/ping')\ndef f(): ...\napp.include_router(r, prefix='/api')",
        "/api/ping",
    ),
    ("a registered rule", "app.add_url_rule('/up', view_func=f)", "/up"),
    ("starlette's Route", "routes = [Route('/health', f)]", "/health"),
    ("starlette's Mount is left", "app.mount('/static', s)\nRoute('/health', f)", "/health"),
    ("aiohttp's router", "app.router.add_get('/healthz', f)", "/healthz"),
    ("aiohttp's list", "from aiohttp import web\napp.add_routes([web.get('/healthz', f)])", "/healthz"),
    ("tornado", "import tornado.web\na = tornado.web.Application([(r'/health', H)])", "/health"),
    ("falcon", "app.add_route('/health', H())", "/health"),
    ("django", "urlpatterns = [path('health/', f)]", "/health/"),
    ("django's expressions", "urlpatterns = [re_path(r'^healthz/?$', f)]", "/healthz"),
    ("a compared path", "if self.path == '/health':\n    ok()", "/health"),
    ("compared with several", "if self.path in ('/health', '/x'):\n    ok()", "/health"),
    ("Python 2", "print 1\n@app.route('/health')\ndef f(): pass", "/health"),
]


@pytest.mark.parametrize(("code", "path"), [pytest.param(code, path, id=name) for name, code, path in ROUTES])
def test_a_health_route_is_found(code: str, path: str) -> None:
    assert routes(EXTRACTOR, {"app.py": code}) == [path]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("@app.post('/health')\ndef f(): ...", id="a post"),
        pytest.param("@app.route('/health', methods=['POST'])\ndef f(): ...", id="a post by methods"),
        pytest.param("requests.get('http://api/health')", id="another service's"),
        pytest.param("client.get('/health')", id="a client's call"),
        pytest.param("@app.get('/users/{id}/status')\ndef f(): ...", id="a parameter"),
        pytest.param("@app.get('/orders/status')\ndef f(): ...", id="an order's status"),
    ],
)
def test_other_routes_are_no_health_routes(code: str) -> None:
    assert routes(EXTRACTOR, {"app.py": code}) == []


def test_a_prefix_may_stand_in_another_module() -> None:
    files = {
        "app/main.py": "from app.routers import health\napp.include_router(health.router, prefix='/api/v1')",
        "app/routers/health.py": "router = APIRouter()\n@router.get('/health')\ndef f(): ...",
    }
    assert routes(EXTRACTOR, files) == ["/api/v1/health"]


def test_prefixes_add_up_over_modules() -> None:
    files = {
        "app/main.py": "from app.api import api_router\napp.include_router(api_router, prefix=PREFIX)\nPREFIX = '/api'",
        "app/api.py": "from app import health\napi_router = APIRouter()\napi_router.include_router(health.router, prefix='/x')",
        "app/health.py": "router = APIRouter()\n@router.get('/healthz')\ndef f(): ...",
    }
    assert routes(EXTRACTOR, files) == ["/api/x/healthz"]


def test_djangos_include_adds_its_prefix() -> None:
    files = {
        "proj/urls.py": "urlpatterns = [path('api/', include('core.urls'))]",
        "core/urls.py": "urlpatterns = [path('health', f)]",
    }
    assert routes(EXTRACTOR, files) == ["/api/health"]


def test_djangos_include_may_name_a_list() -> None:
    code = "api = [path('status/', f)]\nurlpatterns = [path('v1/', include(api)), path('v2/', include((api, 'v2')))]"
    assert routes(EXTRACTOR, {"hc/urls.py": code}) == ["/v1/status/", "/v2/status/"]


def test_the_surest_route_comes_first() -> None:
    code = "".join(f"@app.get('{path}')\ndef f(): ...\n" for path in ("/status", "/ready", "/api/health", "/health"))
    assert routes(EXTRACTOR, {"app.py": code}) == ["/health", "/api/health", "/ready", "/status"]


def test_the_place_is_the_decorator() -> None:
    (found,) = (
        one
        for one in evidence(EXTRACTOR, {"a.py": "\n\n@app.get('/health')\ndef f(): ..."})
        if one.fact.kind == "health"
    )
    assert (found.where, found.reason) == ("a.py:3", "the code has a route /health")
