"""Health routes of Java and Kotlin applications."""

import pytest

from muster.nomad.domain.extractors.jvm.extractor import EXTRACTOR
from muster.nomad.domain.facts import HealthFact
from nomad.domain.extractors.code_snippets import facts, routes
from nomad.domain.extractors.test_jvm_ports import BOOT, PROPERTIES, WEB, pom

ROUTES = [
    ("Spring", '@RestController\npublic class A {\n  @GetMapping("/health")\n  String f() {}\n}', "/health"),
    ("Spring with a class", '@RestController\n@RequestMapping("/api")\npublic class A {\n  @GetMapping("/health")\n  String f() {}\n}', "/api/health"),
    ("Spring with a value", '@RequestMapping(value = "/status", method = GET)\nString f() {}', "/status"),
    ("JAX-RS", '@Path("/health")\npublic class A {\n  @GET\n  String f() {}\n}', None),
    ("JAX-RS with a method", '@Path("/api")\npublic class A {\n  @GET\n  @Path("/health")\n  String f() {}\n}', "/api/health"),
    ("Micronaut", '@Controller("/api")\nclass A {\n  @Get("/healthz")\n  String f() {}\n}', "/api/healthz"),
    ("the JDK's server", 'HttpServer s;\ns.createContext("/health", h);', "/health"),
    ("Javalin", 'import io.javalin.Javalin;\napp.get("/health", ctx -> ctx.result("ok"));', "/health"),
    ("Spark", 'import static spark.Spark.*;\nget("/ping", (q, a) -> "pong");', "/ping"),
    ("Vert.x", 'import io.vertx.ext.web.Router;\nrouter.get("/health").handler(h);', "/health"),
    ("Ktor", 'import io.ktor.server.routing.*\nrouting {\n  get("/health") { call.respond("ok") }\n}', "/health"),
    ("Ktor in a route", 'import io.ktor.server.routing.*\nrouting {\n  route("/api") {\n    get("/health") { }\n  }\n}', "/api/health"),
    ("http4k", 'import org.http4k.core.*\nval app = routes("/health" bind GET to { Response(OK) })', "/health"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "path"), [pytest.param(code, path, id=name) for name, code, path in ROUTES])
def test_a_health_route_is_found(code: str, path: str | None) -> None:
    assert routes(EXTRACTOR, {"src/main/java/A.java": code}) == ([path] if path else [])


@pytest.mark.parametrize(
    "code",
    [
        pytest.param('@PostMapping("/health")\nString f() {}', id="a post"),
        pytest.param('restTemplate.getForObject("http://a/health", String.class);', id="a request"),
        pytest.param('@GetMapping("/users/{id}/status")\nString f() {}', id="a parameter"),
        pytest.param('// @GetMapping("/health")', id="a comment"),
    ],
)
def test_other_code_is_no_health_route(code: str) -> None:
    assert routes(EXTRACTOR, {"src/main/java/A.java": code}) == []


ACTUATOR = f"{BOOT}-actuator"


@pytest.mark.parametrize(
    ("settings", "path", "port"),
    [
        ("", "/actuator/health", None),
        ("management.endpoints.web.base-path=/manage", "/manage/health", None),
        ("management.endpoints.web.base-path=/", "/health", None),
        ("management.endpoints.web.path-mapping.health=alive", "/actuator/alive", None),
        ("server.servlet.context-path=/shop", "/shop/actuator/health", None),
        ("server.servlet.context-path=/shop\nmanagement.server.port=9090", "/actuator/health", 9090),
        ("management.endpoints.web.exposure.include=health,info", "/actuator/health", None),
        ("management.endpoints.web.exposure.include=*", "/actuator/health", None),
    ],
)
def test_the_actuator_has_a_health_endpoint(settings: str, path: str, port: int | None) -> None:
    files = {"pom.xml": pom(WEB, ACTUATOR), PROPERTIES: settings}
    assert facts(EXTRACTOR, HealthFact, files) == [HealthFact(type="http", path=path, port=port)]


@pytest.mark.parametrize(
    "settings",
    ["management.endpoints.web.exposure.include=info", "management.endpoint.health.enabled=false", "spring.main.web-application-type=none"],
)  # fmt: skip
def test_an_endpoint_that_is_off_is_none(settings: str) -> None:
    assert facts(EXTRACTOR, HealthFact, {"pom.xml": pom(WEB, ACTUATOR), PROPERTIES: settings}) == []


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ("", "/q/health"),
        ("quarkus.http.root-path=/api", "/api/q/health"),
        ("quarkus.http.non-application-root-path=/ops", "/ops/health"),
        ("quarkus.smallrye-health.root-path=/alive", "/alive"),
    ],
)
def test_quarkus_has_a_health_endpoint(settings: str, path: str) -> None:
    files = {"pom.xml": pom("io.quarkus:quarkus-rest", "io.quarkus:quarkus-smallrye-health"), PROPERTIES: settings}
    assert routes(EXTRACTOR, files) == [path]


def test_micronaut_has_a_health_endpoint() -> None:
    assert routes(EXTRACTOR, {"pom.xml": pom("io.micronaut:micronaut-management")}) == ["/health"]


def test_a_path_of_the_application_stands_before_its_routes() -> None:
    code = '@RestController\nclass A {\n  @GetMapping("/health")\n  String f() {}\n}'
    files = {"pom.xml": pom(WEB), PROPERTIES: "server.servlet.context-path=/shop", "src/main/java/A.java": code}
    assert routes(EXTRACTOR, files) == ["/shop/health"]
