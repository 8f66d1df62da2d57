"""Ports that JavaScript and TypeScript code listens on, and those it does not."""

import pytest

from muster.nomad.domain.extractors.node.extractor import EXTRACTOR
from muster.nomad.domain.facts import FrameworkFact, PortFact
from nomad.domain.extractors.code_snippets import evidence, facts, ports

LISTENERS = [
    ("a number", "app.listen(3001);", (3001, None)),
    ("a variable with a default", "app.listen(process.env.PORT || 3000, () => {});", (3000, "PORT")),
    ("a nullish default", "await app.listen(process.env.PORT ?? 3002);", (3002, "PORT")),
    ("a variable without a default", "app.listen(process.env.PORT);", (3000, "PORT")),
    ("a constant", "const PORT = 3003;\napp.listen(PORT);", (3003, None)),
    (
        "a constant from a variable",
        "const port = process.env.PORT || 3004;\nserver.listen(port, '0.0.0.0');",
        (3004, "PORT"),
    ),
    ("a typed constant", "const port: number = Number(process.env.PORT) || 3005;\napp.listen(port);", (3005, "PORT")),
    (
        "a conditional",
        "const port = process.env.PORT ? Number(process.env.PORT) : 3006;\napp.listen(port);",
        (3006, "PORT"),
    ),
    (
        "express's generator",
        "var port = normalizePort(process.env.PORT || '3007');\napp.set('port', port);\nserver.listen(port);",
        (3007, "PORT"),
    ),
    ("express's settings", "app.set('port', process.env.PORT || 3008);\napp.listen(app.get('port'));", (3008, "PORT")),
    ("options of fastify", "fastify.listen({ port: 3009, host: '0.0.0.0' });", (3009, None)),
    ("a shorthand in options", "const port = 3010;\nserver.listen({ port, host });", (3010, None)),
    ("Nest's config", "await app.listen(configService.get<number>('PORT', 3011));", (3011, "PORT")),
    ("a helper", "app.listen(getEnv('PORT', '3012'));", (3012, "PORT")),
    ("Bun", "Bun.serve({ port: 3013, fetch });", (3013, None)),
    ("hono", "serve({ fetch: app.fetch, port: 8787 });", (8787, None)),
    ("a web socket server", "const w = new WebSocketServer({ port: 8081 });", (8081, None)),
    ("hapi", "const s = Hapi.server({ port: process.env.PORT || 3014, host: '0.0.0.0' });", (3014, "PORT")),
    ("apollo", "await startStandaloneServer(server, { listen: { port: 4000 } });", (4000, None)),
    ("destructured", "const { PORT = 3015 } = process.env;\napp.listen(PORT);", (3015, "PORT")),
    (
        "a property of a config",
        "const config = { port: process.env.PORT || 3016 };\napp.listen(config.port);",
        (3016, "PORT"),
    ),
    (
        "taken out of a config",
        "const config = { port: 3018 };\nconst { port } = config;\napp.listen(port);",
        (3018, None),
    ),
    ("http's server", "http.createServer((q, r) => { r.end(); }).listen(3017);", (3017, None)),
]


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, port, id=name) for name, code, port in LISTENERS])
def test_a_call_that_listens_names_the_port(code: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {"server.js": code}) == [expected]


def test_a_port_may_stand_in_another_file() -> None:
    files = {
        "src/config.ts": "export const config = { port: Number(process.env.APP_PORT) || 4001 };",
        "src/index.ts": "import { config } from './config';\napp.listen(config.port);",
    }
    assert ports(EXTRACTOR, files) == [(4001, "APP_PORT")]


def test_datagrams_are_udp() -> None:
    code = "const s = require('dgram').createSocket('udp4');\ns.bind(5353);"
    assert facts(EXTRACTOR, PortFact, {"a.js": code}) == [PortFact(port=5353, protocol="udp")]


SILENT = [
    ("a client", "const c = mysql.createConnection({ host: 'db', port: 3306 });"),
    ("a listener of events", "store.listen('change', f); history.listen(() => {});"),
    ("a socket's path", "server.listen('/tmp/a.sock');"),
    ("any free port", "server.listen(0);"),
    ("a comment", "// app.listen(3000)"),
    ("a bot", "const c = new Discord.Client();\nc.login(process.env.TOKEN);"),
    ("an unknown name", "app.listen(pick());"),
    ("a parameter beside a database's port", "const db = { port: 3306 };\nfunction start(port) { app.listen(port); }"),
    ("a database's variable", "const port = process.env.DB_PORT || 5432;\napp.listen(port);"),
]


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in SILENT])
def test_no_port_is_invented(code: str) -> None:
    assert facts(EXTRACTOR, PortFact, {"app.js": code}) == []


@pytest.mark.parametrize("path", ["vite.config.ts", "webpack.config.js", "playwright.config.ts"])
def test_a_developers_server_is_no_port(path: str) -> None:
    assert facts(EXTRACTOR, PortFact, {path: "export default { server: { port: 5173 } }; app.listen(5173);"}) == []


@pytest.mark.parametrize(
    ("library", "port"),
    [
        ("express", 3000),
        ("next", 3000),
        ("@nestjs/core", 3000),
        ("fastify", 3000),
        ("koa", 3000),
        ("nuxt", 3000),
        ("@strapi/strapi", 1337),
    ],
)
def test_a_framework_has_its_custom_port(library: str, port: int) -> None:
    (found,) = facts(EXTRACTOR, FrameworkFact, {"package.json": f'{{"dependencies": {{"{library}": "1"}}}}'})
    assert (found.default_port, found.listens) == (port, True)


@pytest.mark.parametrize("library", ["discord.js", "telegraf", "bullmq", "node-cron", "commander"])
def test_a_worker_or_bot_listens_nowhere(library: str) -> None:
    (found,) = facts(EXTRACTOR, FrameworkFact, {"package.json": f'{{"dependencies": {{"{library}": "1"}}}}'})
    assert (found.default_port, found.listens) == (None, False)


def test_the_reason_names_the_variable() -> None:
    (found,) = (
        one
        for one in evidence(EXTRACTOR, {"a.js": "\napp.listen(process.env.PORT || 3000)"})
        if one.fact.kind == "port"
    )
    assert (found.where, found.reason) == ("a.js:2", "`listen(...)` listens on 3000; PORT sets it")
