from muster.threads.common.settings import ThreadsSettings
from muster.threads.up import UpOptions, plan_processes


def settings(**given: object) -> ThreadsSettings:
    return ThreadsSettings.model_validate(given)


def names(given: ThreadsSettings, options: UpOptions = UpOptions()) -> list[str]:  # noqa: B008  # frozen
    return [one.name for one in plan_processes(given, options)]


def test_with_no_settings_every_service_is_run_here_what_others_need_first() -> None:
    asked = names(settings(), UpOptions(workers=2))
    assert asked == ["embedded-qdrant", "fake-threads", "persona-runtime", "orchestrator", "worker-1", "worker-2"]


def test_what_is_elsewhere_is_used_and_not_run() -> None:
    elsewhere = {"threads_api_url": "https://graph.threads.net", "persona_runtime_url": "http://writer:8090"}
    assert names(settings(**elsewhere, qdrant_url="http://127.0.0.1:6333")) == ["orchestrator", "worker-1"]


def test_each_has_a_port_of_metrics_of_its_own() -> None:
    commands = [one.command for one in plan_processes(settings(metrics_port=9500), UpOptions(workers=2))]
    ports = [command[command.index("--metrics-port") + 1] for command in commands]
    assert ports == ["9500", "9501", "9502", "9503", "9504", "9505"]


def test_all_find_the_embedded_qdrant_where_it_is() -> None:
    planned = plan_processes(settings(), UpOptions(qdrant_port=6444))
    assert {one.command[1] for one in planned} == {"QDRANT_URL=http://127.0.0.1:6444"}


def test_a_qdrant_of_the_settings_is_left_as_it_is() -> None:
    planned = plan_processes(settings(qdrant_url="http://vectors:6333"), UpOptions())
    assert not any("QDRANT_URL" in word for one in planned for word in one.command)
