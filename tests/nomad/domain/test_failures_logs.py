"""What well-known programs say before they give up, in their own words."""

import pytest

from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.network import Port
from nomad.domain.failing_jobs import crashed, not_healthy, web_job

MISSING_ENV = {
    "python": ("KeyError: 'DATABASE_URL'", "DATABASE_URL"),
    "pydantic": (
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings\n"
        "database_url\n"
        "  Field required [type=missing, input_value={}, input_type=dict]\n"
        "    For further information visit https://errors.pydantic.dev/2.14/v/missing",
        "DATABASE_URL",
    ),
    "decouple": (
        "decouple.UndefinedValueError: SECRET_PEPPER not found. Declare it as envvar or define a default value.",
        "SECRET_PEPPER",
    ),
    "django": (
        "django.core.exceptions.ImproperlyConfigured: Set the DJANGO_SETTINGS_MODULE environment variable",
        "DJANGO_SETTINGS_MODULE",
    ),
    "environs": ('environs.EnvError: Environment variable "REDIS_URL" not set', "REDIS_URL"),
    "node": ("Error: DATABASE_URL is required", "DATABASE_URL"),
    "node missing": ("Error: Missing required environment variable: API_BASE", "API_BASE"),
    "node prisma": ("error: Environment variable not found: DATABASE_URL.", "DATABASE_URL"),
    "go": ("2024/05/01 12:00:00 DATABASE_URL not set", "DATABASE_URL"),
    "go env": ('env: required environment variable "DATABASE_URL" is not set', "DATABASE_URL"),
    "go envconfig": ("required key DATABASE_URL missing value", "DATABASE_URL"),
    "go must": ("panic: environment variable LISTEN_ADDR must be set", "LISTEN_ADDR"),
    "ruby": ('KeyError: key not found: "REDIS_URL"', "REDIS_URL"),
    "dash": ("sh: 1: FOO_BAR: parameter not set", "FOO_BAR"),
    "bash": ("bash: FOO_BAR: unbound variable", "FOO_BAR"),
    "bash expansion": ("bash: API_KEY: parameter null or not set", "API_KEY"),
    "spring": ("Could not resolve placeholder 'DB_HOST' in value \"${DB_HOST}\"", "DB_HOST"),
    "postgres": (
        "Error: Database is uninitialized and superuser password is not specified.\n"
        "       You must specify POSTGRES_PASSWORD to a non-empty value for the\n"
        '       superuser. For example, "-e POSTGRES_PASSWORD=password" on "docker run".',
        "POSTGRES_PASSWORD",
    ),
    "mysql": (
        "You need to specify one of the following as an environment variable:\n    - MYSQL_ROOT_PASSWORD",
        "MYSQL_ROOT_PASSWORD",
    ),
}

UNREACHABLE = {
    "psycopg": (
        'psycopg.OperationalError: connection failed: connection to server at "10.0.0.5", port 5432 failed: '
        "Connection refused",
        "10.0.0.5",
        "5432",
    ),
    "libpq name": (
        'could not translate host name "db" to address: Name or service not known',
        "db",
        None,
    ),
    "redis-py": (
        "redis.exceptions.ConnectionError: Error 111 connecting to redis:6379. Connection refused.",
        "redis",
        "6379",
    ),
    "redis-py name": (
        "redis.exceptions.ConnectionError: Error -2 connecting to redis:6379. Name or service not known.",
        "redis",
        "6379",
    ),
    "pymongo": (
        "pymongo.errors.ServerSelectionTimeoutError: mongo:27017: [Errno 111] Connection refused",
        "mongo",
        "27017",
    ),
    "mysql": ("(2003, \"Can't connect to MySQL server on 'mysql' ([Errno 111] Connection refused)\")", "mysql", None),
    "node": ("Error: connect ECONNREFUSED 127.0.0.1:5432", "127.0.0.1", "5432"),
    "node name": ("Error: getaddrinfo ENOTFOUND postgres", "postgres", None),
    "go": ("dial tcp 10.1.2.3:9092: connect: connection refused", "10.1.2.3", "9092"),
    "go name": ("dial tcp: lookup kafka on 127.0.0.11:53: no such host", "kafka", None),
}

HARMLESS = [
    "INFO: DEBUG is set, HTTP is enabled",
    "Traceback (most recent call last):",
    "KeyError: 'user'",
    "GET /api 404",
    "ValueError: ID is required for this record",
    "connected to redis:6379",
    "Permission denied for user bob on resource 7",
]


@pytest.mark.parametrize("name", MISSING_ENV)
def test_a_variable_that_is_missing_is_named(name: str) -> None:
    text, variable = MISSING_ENV[name]
    cause = classify_failure(crashed(*text.splitlines()), web_job())
    assert (cause.kind, cause.facts.get("variable")) == ("missing_env", variable)


def test_a_variable_that_the_job_sets_is_not_missing() -> None:
    job = web_job(env={"DATABASE_URL": "postgres://db/app"})
    assert classify_failure(crashed("KeyError: 'DATABASE_URL'"), job).kind == "crash"


def test_an_invalid_request_is_not_a_missing_variable() -> None:
    lines = ("pydantic_core._pydantic_core.ValidationError: 1 validation error for Order", "price")
    cause = classify_failure(crashed(*lines, "  Field required [type=missing, input_value={}]"), web_job())
    assert cause.kind == "crash"


def test_a_missing_secret_value_needs_a_human() -> None:
    cause = classify_failure(crashed("KeyError: 'DB_PASSWORD'"), web_job())
    assert (cause.remedy, cause.facts["secret"]) == ("human", "true")


def test_the_port_is_a_variable_that_the_job_knows() -> None:
    assert classify_failure(crashed("Error: PORT is required"), web_job()).remedy == "rule"


def test_a_sibling_task_knows_the_value() -> None:
    job = web_job()
    (app,) = job.group("web").tasks
    sibling = app.model_copy(update={"name": "worker", "env": {"SITE_NAME": "demo"}})
    job = job.with_group(job.group("web").model_copy(update={"tasks": (app, sibling)}))
    assert classify_failure(crashed("KeyError: 'SITE_NAME'"), job).remedy == "rule"


@pytest.mark.parametrize("name", UNREACHABLE)
def test_a_dependency_that_can_not_be_reached_is_named(name: str) -> None:
    line, host, port = UNREACHABLE[name]
    cause = classify_failure(crashed(line), web_job())
    assert (cause.kind, cause.facts.get("host"), cause.facts.get("port")) == ("unreachable_dependency", host, port)


def test_a_dependency_of_the_same_job_only_needs_patience() -> None:
    job = web_job(port=Port(label="redis", to=6379))
    cause = classify_failure(crashed("Error 111 connecting to redis:6379. Connection refused."), job)
    assert cause.remedy == "rule"


@pytest.mark.parametrize("line", HARMLESS)
def test_a_harmless_line_leaves_a_plain_crash(line: str) -> None:
    assert classify_failure(crashed(line), web_job()).kind == "crash"


@pytest.mark.parametrize(
    "line",
    [
        "PermissionError: [Errno 13] Permission denied: '/data/app.db'",
        "mkdir: can't create directory '/data/cache': Permission denied",
        "Error: EACCES: permission denied, open '/data/db.json'",
        "open /data/raft.db: permission denied",
    ],
)
def test_a_volume_that_may_not_be_written_is_named(line: str) -> None:
    cause = classify_failure(crashed(line), web_job(user="1000:1000"))
    assert (cause.kind, cause.remedy, cause.facts) == (
        "volume_permission",
        "rule",
        {"volume": "data", "path": "/data", "uid": "1000"},
    )


def test_the_user_id_may_come_from_the_log() -> None:
    lines = ("starting as uid=472", "mkdir: can't create directory '/data/x': Permission denied")
    assert classify_failure(crashed(*lines), web_job()).facts["uid"] == "472"


def test_without_a_user_id_a_human_must_say_who_writes_the_volume() -> None:
    line = "PermissionError: [Errno 13] Permission denied: '/data/app.db'"
    assert classify_failure(crashed(line), web_job()).remedy == "human"


def test_a_read_only_volume_is_not_given_away() -> None:
    line = "OSError: [Errno 30] Read-only file system: '/data/app.db'"
    assert classify_failure(crashed(line), web_job(user="1000")).remedy == "human"


def test_a_forbidden_path_outside_every_volume_is_a_crash() -> None:
    assert classify_failure(crashed("open /etc/shadow: permission denied"), web_job(user="1000")).kind == "crash"


@pytest.mark.parametrize(
    "line",
    [
        "OSError: [Errno 98] Address already in use",
        "Error: listen EADDRINUSE: address already in use :::8080",
        "listen tcp 0.0.0.0:8080: bind: address already in use",
        "httpd: bind: Address already in use",
    ],
)
def test_a_port_in_use_is_a_collision(line: str) -> None:
    assert classify_failure(crashed(line), web_job()).kind == "port_collision"


def test_a_collision_with_a_static_port_of_the_job_can_be_repaired() -> None:
    job = web_job(port=Port(label="http", static=8080))
    cause = classify_failure(crashed("listen tcp 0.0.0.0:8080: bind: address already in use"), job)
    assert (cause.remedy, cause.facts) == ("rule", {"label": "http", "port": "8080"})


@pytest.mark.parametrize(
    "line",
    [
        "MemoryError",
        "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
        "java.lang.OutOfMemoryError: Java heap space",
        "fatal error: runtime: out of memory",
        "OSError: [Errno 12] Cannot allocate memory",
    ],
)
def test_a_program_that_says_that_memory_is_short_needs_memory(line: str) -> None:
    assert classify_failure(crashed(line), web_job()).kind == "memory"


def test_a_full_disk_is_said_by_the_program() -> None:
    line = "OSError: [Errno 28] No space left on device"
    assert classify_failure(crashed(line), web_job()).kind == "disk"


def test_the_newest_line_is_believed_first() -> None:
    lines = ("Error 111 connecting to redis:6379. Connection refused.", "connected at last", "KeyError: 'SITE_NAME'")
    assert classify_failure(crashed(*lines), web_job()).kind == "missing_env"


def test_a_running_task_that_can_not_reach_its_database_is_not_a_slow_one() -> None:
    seen = not_healthy("Error: connect ECONNREFUSED 10.0.0.9:5432")
    assert classify_failure(seen, web_job()).kind == "unreachable_dependency"


def test_an_endless_line_is_looked_at_only_in_its_beginning() -> None:
    assert classify_failure(crashed("x:1." * 200_000), web_job()).kind == "crash"
