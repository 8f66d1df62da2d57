"""Jobs that run and are not healthy: what access logs and start-up lines say of the check."""

import pytest

from muster.nomad.domain.failures.classify import classify_failure
from muster.nomad.domain.network import Check, CheckRestart, Port
from muster.nomad.domain.outcomes import TaskEvent
from muster.nomad.domain.task import Vault
from nomad.domain.failing_jobs import BY_DEADLINE, STARTED, crashed, not_healthy, not_started, web_job

ACCESS_LOGS = {
    "uvicorn": 'INFO:     172.26.64.1:51234 - "GET /health HTTP/1.1" 404 Not Found',
    "gunicorn": '172.26.64.1 - - [10/May/2024:13:55:36 +0000] "GET /health HTTP/1.1" 404 207 "-" "Consul Health Check"',
    "flask": '172.26.64.1 - - [10/May/2024 13:55:36] "GET /health HTTP/1.1" 404 -',
    "nginx": '172.26.64.1 - - [10/May/2024:13:55:36 +0000] "GET /health HTTP/1.1" 404 153 "-" "Consul Health Check" "-"',
    "morgan": "\x1b[0mGET /health \x1b[33m404\x1b[0m 1.532 ms - 145\x1b[0m",
    "gin": '[GIN] 2024/05/10 - 13:55:36 | 404 |       1.042µs |     172.26.64.1 | GET      "/health"',
    "busybox": "127.0.0.1:56994: response:404",
}

LISTENING = {
    "uvicorn": "INFO:     Uvicorn running on http://0.0.0.0:8000 (Press CTRL+C to quit)",
    "gunicorn": "[2024-05-10 13:55:36 +0000] [7] [INFO] Listening at: http://0.0.0.0:8000 (7)",
    "flask": " * Running on http://0.0.0.0:8000",
    "django": "Starting development server at http://0.0.0.0:8000/",
    "http.server": "Serving HTTP on 0.0.0.0 port 8000 (http://0.0.0.0:8000/) ...",
    "express": "Example app listening on port 8000",
    "next": "ready - started server on 0.0.0.0:8000, url: http://localhost:8000",
    "gin": "[GIN-debug] Listening and serving HTTP on :8000",
    "spring": "Tomcat started on port(s): 8000 (http) with context path ''",
    "aspnet": "Now listening on: http://[::]:8000",
    "rails": "* Listening on http://0.0.0.0:8000",
}


@pytest.mark.parametrize("name", ACCESS_LOGS)
def test_an_access_log_shows_that_the_path_is_wrong(name: str) -> None:
    cause = classify_failure(not_healthy(ACCESS_LOGS[name]), web_job())
    assert (cause.kind, cause.remedy, cause.facts["status"]) == ("check_path", "rule", "404")


def test_a_404_of_another_path_is_not_the_checks() -> None:
    seen = not_healthy('"GET /favicon.ico HTTP/1.1" 404')
    assert classify_failure(seen, web_job()).kind == "check_timing"


def test_a_program_that_says_it_is_not_well_needs_a_human() -> None:
    cause = classify_failure(not_healthy('"GET /health HTTP/1.1" 503 -'), web_job())
    assert (cause.kind, cause.remedy) == ("check_path", "human")


def test_paths_that_answer_are_kept_for_the_repair() -> None:
    seen = not_healthy('"GET / HTTP/1.1" 200 OK', '"GET /health HTTP/1.1" 404 -')
    assert classify_failure(seen, web_job()).facts["answers"] == "/"


@pytest.mark.parametrize(
    "line",
    [
        "[Nest] 1  - LOG [RouterExplorer] Mapped {/api/healthz, GET} route +1ms",
        "[GIN-debug] GET    /api/healthz              --> main.health (3 handlers)",
    ],
)
def test_a_health_route_named_at_the_start_is_kept_for_the_repair(line: str) -> None:
    seen = not_healthy(line, '"GET /health HTTP/1.1" 404 -')
    assert classify_failure(seen, web_job()).facts["answers"] == "/api/healthz"


@pytest.mark.parametrize("name", LISTENING)
def test_a_start_up_line_shows_that_the_port_is_wrong(name: str) -> None:
    cause = classify_failure(not_healthy(LISTENING[name]), web_job())
    assert (cause.kind, cause.remedy, cause.facts["listening"]) == ("check_port", "rule", "8000")


@pytest.mark.parametrize("name", LISTENING)
def test_a_start_up_line_with_the_right_port_only_means_slow(name: str) -> None:
    job = web_job(port=Port(label="http", to=8000))
    assert classify_failure(not_healthy(LISTENING[name]), job).kind == "check_timing"


def test_a_program_that_listens_only_on_loopback_needs_a_human() -> None:
    cause = classify_failure(not_healthy(" * Running on http://127.0.0.1:8080"), web_job())
    assert (cause.kind, cause.remedy, cause.facts["address"]) == ("check_port", "human", "127.0.0.1")


def test_a_port_that_nomad_picks_is_no_fixed_one() -> None:
    job = web_job(port=Port(label="http"))
    assert classify_failure(not_healthy("Listening on port 3000"), job).kind == "check_port"
    assert classify_failure(not_healthy("Listening on port 25001"), job).kind == "check_timing"


def test_a_clock_time_is_no_port() -> None:
    assert classify_failure(not_healthy("server started at 12:30:45"), web_job()).kind == "check_timing"


def test_a_silent_program_is_given_time_first() -> None:
    cause = classify_failure(not_healthy(), web_job())
    assert (cause.kind, cause.remedy, cause.quotes) == ("check_timing", "rule", (BY_DEADLINE.message,))


def test_checks_of_consul_never_pass_where_there_is_no_consul() -> None:
    cause = classify_failure(not_healthy(), web_job(), consul=False)
    assert (cause.kind, cause.remedy) == ("check_timing", "human")
    assert cause.summary.endswith("the checks are Consul's, and this cluster has none")
    assert 'provider = "nomad"' in cause.advice


def test_checks_of_nomad_need_no_consul() -> None:
    job = web_job()
    group = job.group("web")
    services = tuple(one.model_copy(update={"provider": "nomad"}) for one in group.services)
    job = job.with_group(group.model_copy(update={"services": services}))
    assert classify_failure(not_healthy(), job, consul=False).remedy == "rule"


def test_another_failure_is_not_blamed_on_consul() -> None:
    assert classify_failure(crashed(code=139), web_job(), consul=False).kind == "crash"


def test_an_image_that_still_downloads_is_slow() -> None:
    seen = not_started(TaskEvent(type="Received", message="-"), TaskEvent(type="Driver", message="Downloading image"))
    assert classify_failure(seen, web_job()).facts == {"problem": "download"}


def test_a_task_that_its_own_check_restarts_is_not_a_crash() -> None:
    restart = TaskEvent(type="Restart Signaled", message='healthcheck: check "web" unhealthy')
    job = web_job(check=Check(type="http", path="/health", restart=CheckRestart(limit=2)))
    seen = crashed(code=137, events=(STARTED, restart), failed=False, state="pending")
    assert classify_failure(seen, job).facts == {"problem": "check_restart"}


def test_a_kill_that_nobody_asked_for_is_memory() -> None:
    assert classify_failure(crashed(code=137), web_job()).kind == "memory"


@pytest.mark.parametrize("code", [126, 127])
def test_a_shell_that_finds_no_command_exits_with_126_or_127(code: int) -> None:
    assert classify_failure(crashed("sh: 1: nosuchcmd: not found", code=code), web_job()).kind == "command_not_found"


def test_a_segmentation_fault_is_said_in_words() -> None:
    assert "segmentation fault" in classify_failure(crashed(code=139), web_job()).summary


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Failed to pull `app`: no matching manifest for linux/arm64 in the manifest list entries", "image_not_found"),
        (
            "Failed to pull `me/app`: API error (404): pull access denied for me/app, repository does not exist or may "
            "require 'docker login': denied: requested access to the resource is denied",
            "image_not_found",
        ),
        ("Failed to pull `ghcr.io/me/app`: API error (500): unauthorized", "image_auth"),
        ('Failed to pull `r/app`: API error (500): Get "https://r/v2/": x509: certificate signed by', "image_pull"),
        ("write /var/lib/docker/tmp/x: no space left on device", "disk"),
        (
            "Failed to start container 1: API error (500): driver failed programming external connectivity on endpoint "
            "app: Bind for 10.0.0.1:8080 failed: port is already allocated",
            "port_collision",
        ),
        ('invalid mount config for type "bind": bind source path does not exist: /srv/data', "volume_missing"),
        ("exec /app: exec format error", "command_not_found"),
        ("Cannot connect to the Docker daemon at unix:///var/run/docker.sock", "driver"),
        ("something nobody has seen before", "driver"),
    ],
)
def test_the_drivers_words_tell_the_kind(message: str, kind: str) -> None:
    seen = not_started(TaskEvent(type="Driver Failure", message=message))
    assert classify_failure(seen, web_job()).kind == kind


@pytest.mark.parametrize(
    ("message", "kind"),
    [
        ("Missing: health.service(redis|passing)", "unreachable_dependency"),
        ("Missing: nomad.var.block(nomad/jobs/web@default.global)", "missing_secret"),
        ("Template failed: vault.read(secret/data/web): Error making API request. Code: 403", "vault"),
        ("Template failed: no secret exists at secret/data/web", "missing_secret"),
    ],
)
def test_a_templates_words_tell_the_kind(message: str, kind: str) -> None:
    assert classify_failure(not_started(TaskEvent(type="Template", message=message)), web_job()).kind == kind


def test_a_secret_that_is_missing_names_the_policy_that_may_be_the_reason() -> None:
    seen = not_started(TaskEvent(type="Template", message="Missing: vault.read(secret/data/web)"))
    assert "the policy shop forbids" in classify_failure(seen, web_job(vault=Vault(policies=("shop",)))).advice
    assert "the policy forbids" in classify_failure(seen, web_job()).advice


def test_a_failure_before_the_newest_start_has_been_overcome() -> None:
    pull = TaskEvent(type="Driver Failure", message="Failed to pull `app:1`: toomanyrequests")
    ended = TaskEvent(type="Terminated", message="Exit Code: 1", details={"exit_code": "1"})
    assert classify_failure(crashed(events=(pull, STARTED, ended)), web_job()).kind == "crash"
