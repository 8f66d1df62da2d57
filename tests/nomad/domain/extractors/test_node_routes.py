"""Health routes in JavaScript and TypeScript."""

import pytest

from muster.nomad.domain.extractors.node.extractor import EXTRACTOR
from nomad.domain.extractors.code_snippets import evidence, routes

ROUTES = [
    ("express", "app.get('/health', (req, res) => res.send('ok'));", "/health"),
    ("a router", "router.get('/healthz', handler);", "/healthz"),
    ("all methods", "app.all('/ping', async (c) => c.text('ok'));", "/ping"),
    ("a mounted handler", "app.use('/health', healthRouter);", "/health"),
    ("a chain", "app.route('/status').get(f);", "/status"),
    ("fastify with options", "fastify.get('/health', { schema: s }, async () => 1);", "/health"),
    ("fastify's object", "fastify.route({ method: 'GET', url: '/ready', handler });", "/ready"),
    ("hapi's object", "server.route({ method: 'GET', path: '/health', handler: f });", "/health"),
    ("a compared url", "if (req.url === '/healthz') { res.end(); }", "/healthz"),
    ("terminus", "createTerminus(server, { healthChecks: { '/healthcheck': f } }); // terminus", "/healthcheck"),
    ("Nest", "@Controller('health')\nexport class H {\n  @Get()\n  f() {}\n}", "/health"),
    ("Nest with a path", "@Controller()\nexport class H {\n  @Get('healthz')\n  f() {}\n}", "/healthz"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path"), [pytest.param(code, path, id=name) for name, code, path in ROUTES])
def test_a_health_route_is_found(code: str, path: str) -> None:
    code = code.replace(" // terminus", "").replace(
        "createTerminus", "/**/createTerminus; require('@godaddy/terminus')"
    )
    assert routes(EXTRACTOR, {"src/app.ts": code}) == [path]


@pytest.mark.parametrize(
    ("path", "route"),
    [
        ("src/app/api/health/route.ts", "/api/health"),
        ("app/(ops)/healthz/route.js", "/healthz"),
        ("pages/api/health.ts", "/api/health"),
        ("pages/api/health/index.ts", "/api/health"),
        ("server/api/health.get.ts", "/api/health"),
        ("server/routes/healthz.ts", "/healthz"),
        ("src/routes/health/+server.ts", "/health"),
        ("app/routes/healthcheck.tsx", "/healthcheck"),
    ],
)
def test_a_file_may_be_a_route(path: str, route: str) -> None:
    assert routes(EXTRACTOR, {"package.json": "{}", path: "export const GET = () => {};"}) == [route]


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("app.post('/health', f);", id="a post"),
        pytest.param("axios.get('/health').then(f);", id="a request"),
        pytest.param("import axios from 'axios';\napi.get('/health', f);", id="a browser's api"),
        pytest.param("app.get('/users/:id/status', f);", id="a parameter"),
        pytest.param("app.use('/', f);", id="what stands before every route"),
        pytest.param("// app.get('/health', f);", id="a comment"),
        pytest.param("cache.get('/health', f);", id="a cache"),
    ],
)
def test_other_calls_are_no_health_routes(code: str) -> None:
    assert routes(EXTRACTOR, {"src/app.js": code}) == []


def test_the_root_counts_where_there_is_no_health_route() -> None:
    assert routes(EXTRACTOR, {"src/app.js": "app.get('/', f);"}) == ["/"]
    assert routes(EXTRACTOR, {"src/app.js": "app.get('/', f);\napp.get('/health', f);"})[0] == "/health"


def test_a_router_of_another_file_has_its_prefix() -> None:
    files = {
        "src/app.js": "const health = require('./routes/health');\napp.use('/api', health);",
        "src/routes/health.js": "router.get('/health', f);",
    }
    assert routes(EXTRACTOR, files) == ["/api/health"]


def test_prefixes_add_up_over_files() -> None:
    files = {
        "src/app.ts": "import routes from './routes';\napp.use('/api', routes);",
        "src/routes/index.ts": "import { health } from './health.js';\nrouter.use('/v1', health);",
        "src/routes/health.ts": "export const health = Router();\nhealth_router.get('/healthz', f);",
    }
    assert routes(EXTRACTOR, files) == ["/api/v1/healthz"]


def test_a_router_mounted_at_the_health_path_needs_no_path_of_its_own() -> None:
    files = {
        "app.js": "app.use('/health', require('./health'));",
        "health.js": "router.get('/', f);",
    }
    assert routes(EXTRACTOR, files) == ["/health"]


def test_fastifys_plugin_has_its_prefix() -> None:
    files = {
        "app.js": "fastify.register(require('./routes'), { prefix: '/api' });",
        "routes.js": "fastify.get('/health', async () => 1);",
    }
    assert routes(EXTRACTOR, files) == ["/api/health"]


def test_nests_global_prefix_counts() -> None:
    files = {
        "src/main.ts": "app.setGlobalPrefix('api');",
        "src/health.controller.ts": "@Controller('health')\nclass H { @Get('live') f() {} }",
    }
    assert routes(EXTRACTOR, files) == ["/api/health/live"]


def test_a_route_whose_mount_is_unknown_is_less_sure() -> None:
    (router,) = (one for one in evidence(EXTRACTOR, {"a.js": "router.get('/health', f);"}) if one.fact.kind == "health")
    (app,) = (one for one in evidence(EXTRACTOR, {"a.js": "app.get('/health', f);"}) if one.fact.kind == "health")
    assert router.confidence < app.confidence


def test_a_status_with_others_below_it_is_a_page() -> None:
    code = 'router.get("/status", page);\nrouter.get("/status/:slug", page);'
    assert routes(EXTRACTOR, {"server.js": code}) == []
