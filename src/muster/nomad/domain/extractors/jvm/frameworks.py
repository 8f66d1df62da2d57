"""What the settings of Spring Boot, Quarkus, Micronaut, Ktor and Dropwizard say about ports and health."""

from collections.abc import Iterator, Mapping

from muster.nomad.domain.extractors.code.findings import CUSTOM, EXPLICIT, IMPORTED, LISTED, Finding
from muster.nomad.domain.extractors.code.ports import CUSTOM_PORT
from muster.nomad.domain.extractors.code.routes import joined_path
from muster.nomad.domain.extractors.code.settings import Setting
from muster.nomad.domain.extractors.code.values import Value
from muster.nomad.domain.extractors.jvm.configuration import Configuration
from muster.nomad.domain.facts import HealthFact, PortFact

Place = tuple[str, int]
Libraries = Mapping[str, Place]
"""Where each library of a unit is named first, by `group:artifact`."""

# Keys of ports, and the variable that the framework itself takes for one.
_PORTS: tuple[tuple[str, str | None], ...] = (
    ("server.port", "SERVER_PORT"),
    ("quarkus.http.port", "QUARKUS_HTTP_PORT"),
    ("micronaut.server.port", "MICRONAUT_SERVER_PORT"),
    ("ktor.deployment.port", None),
    ("grpc.server.port", None),
    ("server.applicationconnectors.port", None),
    ("server.connector.port", None),
)
_ASIDE: tuple[tuple[str, str | None], ...] = (
    ("management.server.port", "MANAGEMENT_SERVER_PORT"),
    ("server.adminconnectors.port", None),
)
_ACTUATOR = ("org.springframework.boot:spring-boot-starter-actuator", "org.springframework.boot:spring-boot-actuator")
_QUARKUS_HEALTH = ("io.quarkus:quarkus-smallrye-health",)
_MICRONAUT_HEALTH = ("io.micronaut:micronaut-management",)
_DROPWIZARD = ("io.dropwizard:dropwizard-core",)
_DROPWIZARD_ADMIN = 8081
_QUARKUS_MANAGEMENT = 9000


def serves(configuration: Configuration) -> bool:
    """Whether the settings leave the web server on."""
    return (configuration.text("spring.main.webapplicationtype") or "").lower() != "none"


def application_path(configuration: Configuration) -> str:
    """The path under which the whole application is served."""
    keys = (
        "server.servlet.contextpath",
        "spring.webflux.basepath",
        "server.contextpath",
        "micronaut.server.contextpath",
    )
    paths = (configuration.text(key) for key in keys)
    return next((path for path in paths if path), "/")


def setting_ports(configuration: Configuration) -> Iterator[Finding]:
    """The ports that the settings name."""
    for keys, confidence in ((_PORTS, EXPLICIT), (_ASIDE, LISTED)):
        for key, variable in keys:
            setting = configuration.setting(key)
            if setting and serves(configuration):
                yield from _port(setting, configuration.value(key), variable, confidence)


def health_findings(configuration: Configuration, libraries: Libraries) -> Iterator[Finding]:
    """The health routes that the frameworks' own modules open."""
    if (place := _first(libraries, _ACTUATOR)) and serves(configuration):
        yield from _actuator(configuration, place)
    if place := _first(libraries, _QUARKUS_HEALTH):
        yield _quarkus(configuration, place)
    if place := _first(libraries, _MICRONAUT_HEALTH):
        path = joined_path(application_path(configuration), "health")
        yield Finding(*place, HealthFact(type="http", path=path), "Micronaut's management endpoints", IMPORTED)
    if place := _first(libraries, _DROPWIZARD):
        port = configuration.value("server.adminconnectors.port").port or _DROPWIZARD_ADMIN
        fact = HealthFact(type="http", path="/healthcheck", port=port)
        yield Finding(*place, fact, f"Dropwizard's admin port {port} answers /healthcheck", IMPORTED)


def _port(setting: Setting, value: Value, variable: str | None, confidence: float) -> Iterator[Finding]:
    place = (setting.path, setting.line)
    env = value.env or variable
    if value.port:
        fact = PortFact(port=value.port, env=env, env_form=Value(value.text, env).env_form if env else None)
        said = f"{setting.key} is {value.port}"
        yield Finding(*place, fact, f"{said}; {env} sets it" if env else said, confidence)
    elif value.env and value.text is None:
        reason = f"{setting.key} is {value.env}; {CUSTOM_PORT} by custom"
        yield Finding(*place, PortFact(port=CUSTOM_PORT, env=value.env), reason, CUSTOM)


def _actuator(configuration: Configuration, place: Place) -> Iterator[Finding]:
    included = configuration.text("management.endpoints.web.exposure.include")
    if included and not {"*", "health"} & {name.strip() for name in included.split(",")}:
        return
    if configuration.text("management.endpoint.health.enabled") == "false":
        return
    apart = configuration.value("management.server.port").port
    above = (configuration.text("management.server.basepath") or "/") if apart else application_path(configuration)
    base = configuration.text("management.endpoints.web.basepath") or "/actuator"
    own = configuration.text("management.endpoints.web.pathmapping.health") or "health"
    setting = configuration.setting("management.endpoints.web.basepath", "management.server.port")
    where = (setting.path, setting.line) if setting else place
    fact = HealthFact(type="http", path=joined_path(above, base, own), port=apart)
    yield Finding(*where, fact, "Spring Boot Actuator's health endpoint", IMPORTED)


def _quarkus(configuration: Configuration, place: Place) -> Finding:
    root = configuration.text("quarkus.http.rootpath") or "/"
    inner = configuration.text("quarkus.http.nonapplicationrootpath") or "q"
    own = configuration.text("quarkus.smallryehealth.rootpath") or "health"
    above = joined_path(inner) if inner.startswith("/") else joined_path(root, inner)
    port = None
    if configuration.text("quarkus.management.enabled") == "true":
        port = configuration.value("quarkus.management.port").port or _QUARKUS_MANAGEMENT
    path = own if own.startswith("/") else joined_path(above, own)
    return Finding(*place, HealthFact(type="http", path=path, port=port), "SmallRye Health of Quarkus", IMPORTED)


def _first(libraries: Libraries, names: tuple[str, ...]) -> Place | None:
    return next((libraries[name] for name in names if name in libraries), None)
