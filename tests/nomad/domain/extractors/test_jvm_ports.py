"""Ports that Java and Kotlin applications listen on, and those they do not."""

import pytest

from muster.nomad.domain.extractors.jvm.extractor import EXTRACTOR
from muster.nomad.domain.facts import FrameworkFact, HealthFact, PortFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts, ports


def pom(*libraries: str) -> str:
    blocks = "".join(
        f"<dependency>\n<groupId>{group}</groupId>\n<artifactId>{artifact}</artifactId>\n</dependency>\n"
        for group, _, artifact in (library.partition(":") for library in libraries)
    )
    return f"<project>\n<artifactId>shop</artifactId>\n<dependencies>\n{blocks}</dependencies>\n</project>\n"


BOOT = "org.springframework.boot:spring-boot-starter"
WEB = f"{BOOT}-web"
PROPERTIES = "src/main/resources/application.properties"
YAML = "src/main/resources/application.yml"

SETTINGS = [
    ("Spring's properties", PROPERTIES, "server.port=8081", (8081, "SERVER_PORT")),
    ("Spring with a variable", PROPERTIES, "server.port=${PORT:8082}", (8082, "PORT")),
    ("Spring with a bare variable", PROPERTIES, "server.port=${PORT}", (8080, "PORT")),
    ("Spring with two variables", PROPERTIES, "server.port=${APP_PORT:${PORT:8083}}", (8083, "APP_PORT")),
    ("Spring with a property", PROPERTIES, "app.port=8084\nserver.port=${app.port}", (8084, "SERVER_PORT")),
    ("Spring's YAML", YAML, "server:\n  port: 8085", (8085, "SERVER_PORT")),
    ("Spring's YAML with a variable", YAML, 'server:\n  port: "${PORT:8086}"', (8086, "PORT")),
    ("Quarkus", PROPERTIES, "quarkus.http.port=8087\n%dev.quarkus.http.port=9999", (8087, "QUARKUS_HTTP_PORT")),
    ("Quarkus in production", PROPERTIES, "quarkus.http.port=8087\n%prod.quarkus.http.port=${PORT:8088}", (8088, "PORT")),
    ("Micronaut", YAML, "micronaut:\n  server:\n    port: ${PORT:8089}", (8089, "PORT")),
    ("Ktor", "src/main/resources/application.conf", "ktor {\n  deployment {\n    port = 8090\n    port = ${?PORT}\n  }\n}", (8090, "PORT")),
    ("Ktor on one line", "src/main/resources/application.conf", "ktor { deployment { port = 8091 } }\nktor.deployment.port = 8091", (8091, None)),
    ("Ktor's YAML", "src/main/resources/application.yaml", 'ktor:\n  deployment:\n    port: "$PORT:8092"', (8092, "PORT")),
]  # fmt: skip


@pytest.mark.parametrize(
    ("path", "text", "expected"), [pytest.param(path, text, port, id=name) for name, path, text, port in SETTINGS]
)
def test_settings_name_the_port(path: str, text: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {"pom.xml": pom(), path: text}) == [expected]


def test_a_profile_that_may_be_off_has_no_port() -> None:
    files = {"pom.xml": pom(WEB), PROPERTIES: "a=b", PROPERTIES.replace(".", "-dev."): "server.port=9999"}
    assert ports(EXTRACTOR, files) == []


def test_a_profile_that_is_on_has_its_port() -> None:
    files = {
        "pom.xml": pom(WEB),
        YAML: "spring:\n  profiles:\n    active: ${PROFILE:prod}\nserver:\n  port: 8080\n",
        YAML.replace(".", "-prod."): "server:\n  port: 80\n",
    }
    assert ports(EXTRACTOR, files) == [(80, "SERVER_PORT")]


def test_the_port_of_the_management_is_less_sure() -> None:
    files = {"pom.xml": pom(WEB), PROPERTIES: "management.server.port=9090\nserver.port=8080"}
    assert ports(EXTRACTOR, files) == [(8080, "SERVER_PORT"), (9090, "MANAGEMENT_SERVER_PORT")]


def test_dropwizards_connectors_name_its_ports() -> None:
    text = "server:\n  applicationConnectors:\n    - type: http\n      port: 8080\n  adminConnectors:\n    - type: http\n      port: 8081\n"
    files = {"pom.xml": pom("io.dropwizard:dropwizard-core"), "config.yml": text}
    assert ports(EXTRACTOR, files) == [(8080, None), (8081, None)]
    assert facts(EXTRACTOR, HealthFact, files) == [HealthFact(type="http", path="/healthcheck", port=8081)]


JAVA = [
    ("a socket", "ServerSocket s = new ServerSocket(9001);", (9001, None)),
    ("the JDK's server", 'HttpServer s = HttpServer.create(new InetSocketAddress(9002), 0);', (9002, None)),
    ("the JDK's server with a host", 'HttpServer s = HttpServer.create(new InetSocketAddress("0.0.0.0", 9003), 0);', (9003, None)),
    ("a variable", 'int port = Integer.parseInt(System.getenv().getOrDefault("PORT", "9004"));\nnew ServerSocket(port);', (9004, "PORT")),
    ("a choice", 'int port = System.getenv("PORT") != null ? Integer.parseInt(System.getenv("PORT")) : 9005;\nnew ServerSocket(port);', (9005, "PORT")),
    ("a variable alone", 'new ServerSocket(Integer.parseInt(System.getenv("PORT")));', (8080, "PORT")),
    ("Vert.x", "import io.vertx.core.Vertx;\nvertx.createHttpServer().requestHandler(r).listen(8888);", (8888, None)),
    ("Javalin", "import io.javalin.Javalin;\nJavalin.create().start(7070);", (7070, None)),
    ("Spark", "import static spark.Spark.*;\nport(4568);", (4568, None)),
    ("Spark with a helper", 'import static spark.Spark.*;\nport(getHerokuAssignedPort());\nint getHerokuAssignedPort() {\n  ProcessBuilder b; return 4567; }', None),
    ("Undertow", 'Undertow.builder().addHttpListener(9006, "0.0.0.0")', (9006, None)),
    ("gRPC", "ServerBuilder.forPort(50051).addService(s)", (50051, None)),
    ("a constant", "private static final int PORT = 9007;\nnew ServerSocket(PORT);", (9007, None)),
    ("Spring's default properties", 'app.setDefaultProperties(Map.of("server.port", "9008"));', (9008, None)),
    ("a getter", "int port = 9009;\nnew ServerSocket(config.getPort());", (9009, None)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, port, id=name) for name, code, port in JAVA])
def test_a_call_of_java_names_the_port(code: str, expected: tuple[int, str | None] | None) -> None:
    assert ports(EXTRACTOR, {"src/main/java/A.java": code}) == ([expected] if expected else [])


KOTLIN = [
    ("Ktor", 'embeddedServer(Netty, port = 8080, host = "0.0.0.0") {}.start(wait = true)', (8080, None)),
    ("Ktor by place", "embeddedServer(Netty, 8081) {}", (8081, None)),
    ("Ktor with a variable", 'embeddedServer(Netty, port = System.getenv("PORT")?.toInt() ?: 8082) {}', (8082, "PORT")),
    (
        "Ktor with a name",
        'val port = System.getenv("PORT")?.toIntOrNull() ?: 8083\nembeddedServer(CIO, port = port) {}',
        (8083, "PORT"),
    ),
    ("http4k", "app.asServer(Netty(9000)).start()", (9000, None)),
    (
        "Javalin",
        'import io.javalin.Javalin\nval app = Javalin.create().start(System.getenv("PORT")?.toInt() ?: 7000)',
        (7000, "PORT"),
    ),
    ("a socket", "val s = ServerSocket(9001)", (9001, None)),
]


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, port, id=name) for name, code, port in KOTLIN])
def test_a_call_of_kotlin_names_the_port(code: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {"src/main/kotlin/A.kt": code}) == [expected]


SILENT = [
    ("a client", 'new Socket("db", 5432);'),
    ("any free port", "new ServerSocket(0);"),
    ("a comment", "// new ServerSocket(8080);"),
    ("another start", "thread.start(); timer.start(8080);"),
    ("a client's packets", "new DatagramSocket();"),
]


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in SILENT])
def test_no_port_is_invented(code: str) -> None:
    assert facts(EXTRACTOR, PortFact, {"src/main/java/A.java": code}) == []


@pytest.mark.parametrize(
    "text", ["server.port=0", "server.port=-1", "spring.main.web-application-type=none\nserver.port=8080"]
)
def test_a_server_that_is_off_has_no_port(text: str) -> None:
    assert facts(EXTRACTOR, PortFact, {"pom.xml": pom(WEB), PROPERTIES: text}) == []


@pytest.mark.parametrize(
    ("library", "port"),
    [
        (WEB, 8080),
        (f"{BOOT}-webflux", 8080),
        ("io.quarkus:quarkus-rest", 8080),
        ("io.micronaut:micronaut-http-server-netty", 8080),
        ("com.sparkjava:spark-core", 4567),
        ("io.vertx:vertx-web", None),
    ],
)
def test_a_framework_has_its_own_port(library: str, port: int | None) -> None:
    assert [one.default_port for one in facts(EXTRACTOR, FrameworkFact, {"pom.xml": pom(library)})] == [port]


@pytest.mark.parametrize("library", ["net.dv8tion:JDA", "org.telegram:telegrambots", "info.picocli:picocli"])
def test_a_bot_listens_nowhere(library: str) -> None:
    (found,) = facts(EXTRACTOR, FrameworkFact, {"pom.xml": pom(library)})
    assert (found.default_port, found.listens) == (None, False)


def spring(code: str, *libraries: str, settings: str = "") -> dict[str, str]:
    return {"pom.xml": pom(*(libraries or (BOOT,))), "src/main/java/A.java": code, PROPERTIES: settings}


def test_spring_without_a_web_starter_listens_nowhere() -> None:
    assert facts(EXTRACTOR, FrameworkFact, spring("class A {}")) == [FrameworkFact(framework="spring", listens=False)]


def test_controllers_make_a_server_whatever_brings_the_web() -> None:
    found = facts(EXTRACTOR, FrameworkFact, spring("@RestController\nclass A {}"))
    assert found == [FrameworkFact(framework="spring", default_port=8080)]


@pytest.mark.parametrize(
    ("code", "workload"),
    [
        ("class A implements CommandLineRunner {}", "batch"),
        ("class A { @KafkaListener void f() {} }", "worker"),
        ("class A { @Scheduled(fixedRate = 5) void f() {} }", "worker"),
    ],
)
def test_spring_without_a_server_shows_its_work(code: str, workload: str) -> None:
    assert [one.workload for one in facts(EXTRACTOR, WorkloadFact, spring(code))] == [workload]


def test_a_runner_beside_a_server_is_no_batch() -> None:
    found = facts(EXTRACTOR, WorkloadFact, spring("class A implements CommandLineRunner {}", BOOT, WEB))
    assert [one.workload for one in found] == ["server"]


def test_spring_batch_ends_by_itself() -> None:
    found = facts(EXTRACTOR, WorkloadFact, spring("class A {}", f"{BOOT}-batch"))
    assert [one.workload for one in found] == ["batch"]


def test_the_reason_names_the_key_and_the_line() -> None:
    files = {"pom.xml": pom(WEB), YAML: "server:\n  port: 8085"}
    (found,) = (one for one in evidence(EXTRACTOR, files) if isinstance(one.fact, PortFact))
    assert (found.where, found.reason) == (f"{YAML}:2", "server.port is 8085; SERVER_PORT sets it")
