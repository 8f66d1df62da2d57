"""composer.json, ports, health routes and client libraries of PHP applications."""

import json

import pytest

from muster.nomad.domain.extractors.php.extractor import EXTRACTOR
from muster.nomad.domain.facts import (
    DependencyFact,
    FrameworkFact,
    LanguageFact,
    NameFact,
    PortFact,
    ProblemFact,
    WorkloadFact,
)
from nomad.domain.extractors.code_snippets import evidence, facts, ports, routes


def composer(*packages: str) -> dict[str, str]:
    return {
        "composer.json": json.dumps(
            {"name": "acme/shop", "require": {"php": "^8.2", **dict.fromkeys(packages, "*")}}, indent=1
        )
    }


def test_composer_has_language_and_name() -> None:
    assert facts(EXTRACTOR, LanguageFact, composer()) == [
        LanguageFact(language="php", version="8.2", package_manager="composer")
    ]
    assert facts(EXTRACTOR, NameFact, composer()) == [NameFact(name="shop")]


@pytest.mark.parametrize(
    ("package", "service"),
    [
        ("predis/predis", "redis"), ("ext-redis", "redis"), ("ext-pdo_pgsql", "postgres"), ("ext-pdo_mysql", "mysql"),
        ("php-amqplib/php-amqplib", "rabbitmq"), ("mongodb/mongodb", "mongodb"), ("aws/aws-sdk-php", "aws"),
        ("league/flysystem-aws-s3-v3", "s3"), ("elasticsearch/elasticsearch", "elasticsearch"),
    ],
)  # fmt: skip
def test_a_package_shows_the_service(package: str, service: str) -> None:
    (found,) = (one for one in evidence(EXTRACTOR, composer(package)) if one.fact.kind == "dependency")
    assert (found.fact, found.where) == (DependencyFact(service=service, by=package), "composer.json:5")


def test_packages_for_development_do_not_count() -> None:
    text = '{"require-dev": {"predis/predis": "*"}}'
    assert facts(EXTRACTOR, DependencyFact, {"composer.json": text}) == []


@pytest.mark.parametrize(
    "text", ["{", "[1]", '{"require": 5, "name": 7, "scripts": [1]}', '{"require": {"php": []}}', ""]
)
def test_an_odd_composer_file_stops_nothing(text: str) -> None:
    assert isinstance(evidence(EXTRACTOR, {"composer.json": text}), tuple)


def test_a_broken_composer_file_is_told() -> None:
    (found,) = facts(EXTRACTOR, ProblemFact, {"composer.json": "{"})
    assert found.problem.startswith("composer.json can't be parsed")


@pytest.mark.parametrize(
    ("package", "framework"),
    [
        ("laravel/framework", FrameworkFact(framework="laravel")),
        ("symfony/framework-bundle", FrameworkFact(framework="symfony")),
        ("laravel/octane", FrameworkFact(framework="octane", default_port=8000)),
        ("longman/telegram-bot", FrameworkFact(framework="telegram", listens=False)),
    ],
)
def test_a_package_stands_for_a_framework(package: str, framework: FrameworkFact) -> None:
    assert facts(EXTRACTOR, FrameworkFact, composer(package)) == [framework]


def test_php_itself_opens_no_port() -> None:
    files = {**composer("laravel/framework", "slim/slim"), "public/index.php": "<?php $app->run();"}
    assert ports(EXTRACTOR, files) == []


PORTS = [
    ("swoole", "server.php", "use Swoole\\Http\\Server;\n$s = new Server('0.0.0.0', 9501);", (9501, None)),
    ("swoole with its name", "server.php", "$s = new Swoole\\Http\\Server('0.0.0.0', (int) (getenv('PORT') ?: 9502));", (9502, "PORT")),
    ("swoole with a variable", "server.php", "$port = $_ENV['PORT'] ?? 9503;\n$s = new \\Swoole\\WebSocket\\Server('0.0.0.0', $port);", (9503, "PORT")),
    ("workerman", "start.php", "use Workerman\\Worker;\n$w = new Worker('http://0.0.0.0:2345');", (2345, None)),
    ("workerman with a variable", "start.php", "use Workerman\\Worker;\n$port = getenv('PORT') ?: 2346;\n$w = new Worker(\"http://0.0.0.0:$port\");", (2346, "PORT")),
    ("react", "server.php", "$s = new React\\Socket\\SocketServer('0.0.0.0:8081');", (8081, None)),
    ("joined text", "server.php", "$s = new React\\Socket\\SocketServer('0.0.0.0:' . (getenv('PORT') ?: '8082'));", (8082, "PORT")),
    ("ratchet", "server.php", "use Ratchet\\Server\\IoServer;\n$s = IoServer::factory(new HttpServer(new WsServer(new Chat())), 8083);", (8083, None)),
    ("a plain socket", "server.php", "$s = stream_socket_server('tcp://0.0.0.0:8084', $e, $m);", (8084, None)),
    ("hyperf", "config/autoload/server.php", "return ['servers' => [[\n  'port' => (int) env('HTTP_PORT', 9504),\n]]];", (9504, "HTTP_PORT")),
    ("roadrunner", ".rr.yaml", "version: '3'\nrpc:\n  listen: tcp://127.0.0.1:6001\nhttp:\n  address: 0.0.0.0:8085\n", (8085, None)),
    ("roadrunner with a variable", ".rr.yaml", 'http:\n  address: "0.0.0.0:${PORT:-8086}"\n', (8086, "PORT")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "code", "expected"), [pytest.param(path, code, port, id=name) for name, path, code, port in PORTS]
)
def test_where_php_listens(path: str, code: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {"composer.json": "{}", path: code if path.endswith("yaml") else f"<?php\n{code}"}) == [
        expected
    ]


@pytest.mark.parametrize(
    "code",
    ["$redis = new Server('0.0.0.0', 6379);", "$s = new App(8080);", "// new Swoole\\Http\\Server('0.0.0.0', 1);"],
)
def test_other_servers_do_not_count(code: str) -> None:
    assert ports(EXTRACTOR, {"a.php": f"<?php\n{code}"}) == []


def test_a_script_that_serves_says_the_port() -> None:
    text = '{"scripts": {"start": "php -S 0.0.0.0:8080 -t public", "test": "php -S 0.0.0.0:1"}}'
    assert ports(EXTRACTOR, {"composer.json": text}) == [(8080, None)]


def test_a_script_on_the_loopback_is_hardly_a_sign() -> None:
    (found,) = (
        one
        for one in evidence(EXTRACTOR, {"composer.json": '{"scripts": {"start": "php -S localhost:8080"}}'})
        if isinstance(one.fact, PortFact)
    )
    assert found.confidence == 0.3


ROUTES = [
    ("laravel 11", "bootstrap/app.php", "return Application::configure()->withRouting(\n  web: 'a',\n  health: '/up',\n);", "/up"),
    ("laravel", "routes/web.php", "Route::get('/health', fn () => 'ok');", "/health"),
    ("laravel's api", "routes/api.php", "Route::get('health', [H::class, 'show']);", "/api/health"),
    ("a prefix", "routes/web.php", "Route::prefix('v1')->group(function () {\n  Route::get('/health', H::class);\n});", "/v1/health"),
    ("a prefix in options", "routes/web.php", "Route::group(['prefix' => 'v1', 'middleware' => 'a'], function () {\n  Route::get('/health', H::class);\n});", "/v1/health"),
    ("behind a group", "routes/web.php", "Route::prefix('v1')->group(function () {\n  Route::get('/a', 'b');\n});\nRoute::get('/health', H::class);", "/health"),
    ("slim", "public/index.php", "$app->get('/health', function ($request, $response) {});", "/health"),
    ("a group of slim", "public/index.php", "$app->group('/api', function (RouteCollectorProxy $group) {\n  $group->get('/health', H::class);\n});", "/api/health"),
    ("fastroute", "a.php", "$r->addRoute('GET', '/health', 'handler');", "/health"),
    ("symfony", "src/Controller/A.php", "class A {\n  #[Route('/health', name: 'health')]\n  public function show() {}\n}", "/health"),
    ("symfony with a prefix", "src/Controller/A.php", "#[Route('/api')]\nclass A {\n  #[Route(path: '/health')]\n  public function show() {}\n}", "/api/health"),
    ("symfony in a comment", "src/Controller/A.php", "class A {\n  /**\n   * @Route(\"/health\", name=\"a\")\n   */\n  public function show() {}\n}", "/health"),
    ("a compared path", "index.php", "if ($_SERVER['REQUEST_URI'] === '/health') {\n  echo 'ok';\n}", "/health"),
    ("a case", "index.php", "switch ($path) {\n  case '/health':\n    break;\n}", "/health"),
    ("a page", "public/health.php", "echo 'ok';", "/health.php"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "code", "expected"), [pytest.param(path, code, route, id=name) for name, path, code, route in ROUTES]
)
def test_a_route_that_tells_the_health(path: str, code: str, expected: str) -> None:
    assert routes(EXTRACTOR, {**composer("laravel/framework"), path: f"<?php\n{code}"}) == [expected]


def test_symfonys_yaml_routes_count() -> None:
    assert routes(EXTRACTOR, {"composer.json": "{}", "config/routes.yaml": "health:\n    path: /health\n"}) == [
        "/health"
    ]


@pytest.mark.parametrize(
    "code", ["$request->get('status', 'x');", "$cache->get('health', 1);", "Route::post('/health', 'a');"]
)
def test_other_calls_are_no_routes(code: str) -> None:
    assert routes(EXTRACTOR, {"routes/web.php": f"<?php\n{code}"}) == []


@pytest.mark.parametrize(
    "code", ["class A implements ShouldQueue {}", "$schedule->command('a')->daily();", "#[AsMessageHandler]"]
)
def test_jobs_and_schedules_are_a_sign_of_a_worker(code: str) -> None:
    assert facts(EXTRACTOR, WorkloadFact, {"app/A.php": f"<?php\n{code}"}) == [WorkloadFact(workload="worker")]


def test_wordpress_shows_by_its_configuration() -> None:
    assert facts(EXTRACTOR, FrameworkFact, {"wp-config-docker.php": "<?php"}) == [FrameworkFact(framework="wordpress")]


def test_each_composer_file_makes_a_unit() -> None:
    files = {"composer.json": "{}", "svc/composer.json": "{}", "svc/src/a.php": "<?php $a = 'redis://x';"}
    assert {one.unit for one in evidence(EXTRACTOR, files) if one.fact.kind == "dependency"} == {"folder:svc"}


def test_an_answer_at_the_root_counts_a_little() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"a.php": "<?php $app->get('/', f);"}) if one.fact.kind == "health")
    assert found.confidence < 0.4
