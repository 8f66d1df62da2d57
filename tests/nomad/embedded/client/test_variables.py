"""Templates wait for the Nomad variables that they read."""

from nomad.embedded.jobs import Json, after, allocations, cluster, job, messages, task

READS = {
    "EmbeddedTmpl": '{{ with nomadVar "nomad/jobs/web" }}TOKEN={{ .token }}{{ end }}',
    "DestPath": "secrets/x.env",
    "Envvars": True,
}
VARIABLE: Json = {"Namespace": "default", "Path": "nomad/jobs/web", "Items": {"token": "x"}}


def waiting(templates: list[Json]) -> Json:
    return job(task(Templates=templates))


def test_a_variable_that_is_not_there_holds_the_task_back_and_is_named() -> None:
    run = cluster()
    run.register(waiting([READS]))
    (allocation,) = allocations(after(run, 10))
    assert allocation.client_status == "pending"
    assert any("Missing: nomad.var.block(nomad/jobs/web@default.global)" in text for text in messages(allocation))


def test_the_task_goes_on_when_the_variable_is_written() -> None:
    run = cluster()
    run.register(waiting([READS]))
    after(run, 10)
    run.put_object("variables", "default:nomad/jobs/web", VARIABLE)
    assert [one.client_status for one in allocations(after(run, 10))] == ["running"]


def test_a_variable_of_another_namespace_does_not_count() -> None:
    run = cluster()
    run.put_object("variables", "web:nomad/jobs/web", {**VARIABLE, "Namespace": "web"})
    run.register(waiting([READS]))
    assert [one.client_status for one in allocations(after(run, 10))] == ["pending"]


def test_an_images_file_may_say_that_it_is_there() -> None:
    run = cluster({"image": "app:*", "data": ["nomad/jobs/web"]})
    run.register(waiting([READS]))
    assert [one.client_status for one in allocations(after(run, 10))] == ["running"]
