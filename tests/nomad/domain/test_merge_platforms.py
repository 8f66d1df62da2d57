"""What platforms' files and Kubernetes say, merged with the Dockerfile and the code, and built into a job."""

from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.extractors.registry import run_extractors
from muster.nomad.domain.gaps import gap_questions
from muster.nomad.domain.profile import Analysis
from muster.nomad.domain.prompt.parse import parse_prompt
from muster.nomad.domain.spec import JobSpec
from nomad.domain.extractors.kubernetes.pods import deployment, service
from nomad.domain.repositories import analysed, built

FLASK_APP = "from flask import Flask\napp = Flask(__name__)\n@app.get('/healthz')\ndef f(): return ''\n"
PROCFILE = "web: gunicorn app:app -b 0.0.0.0:$PORT\nworker: python work.py\n"
DOCKERFILE = 'FROM python:3\nEXPOSE 9000\nCMD ["serve"]\n'
FLY = "app='shop'\n[http_service]\ninternal_port=8080\n[[http_service.checks]]\npath='/up'\n"


def read(files: dict[str, str]):
    return run_extractors({path: SourceFile(path, text) for path, text in files.items()})


def analysis(files: dict[str, str], *selected: str) -> Analysis:
    return analysed(read(files), selected=selected or None)


def job(files: dict[str, str], *selected: str) -> JobSpec:
    return built(read(files), answers={"select": list(selected)})


def only(files: dict[str, str], *selected: str):
    return analysis(files, *selected).services[0]


def test_the_web_process_of_a_procfile_starts_what_a_buildpack_makes():
    found = only({"Procfile": PROCFILE, "requirements.txt": "flask", "app.py": FLASK_APP})
    assert found.command
    assert found.command.source == "procfile"
    assert [(one.value.port, one.value.env) for one in found.ports] == [(5000, "PORT")]


def test_a_dockerfile_says_itself_what_starts_and_the_conflict_is_shown():
    files = {"Procfile": PROCFILE, "Dockerfile": DOCKERFILE, "app.py": FLASK_APP}
    found = only(files)
    assert found.command
    assert found.command.value == ("serve",)
    (conflict,) = [one for one in analysis(files).conflicts if one.field == "command"]
    assert conflict.winner.source == "dockerfile"
    assert [one.source for one in conflict.losers] == ["procfile"]


def test_an_entrypoint_alone_takes_no_arguments_from_a_procfile():
    files = {"Procfile": PROCFILE, "Dockerfile": 'FROM a\nENTRYPOINT ["/run"]\n'}
    assert only(files).command is None
    assert [one.field for one in analysis(files).conflicts] == ["command"]


def test_another_process_has_its_own_command_the_image_and_no_port():
    found = only({"Procfile": PROCFILE, "Dockerfile": DOCKERFILE, "app.py": FLASK_APP}, "process:worker")
    assert found.command
    assert found.command.value == ("python", "work.py")
    assert found.build
    assert found.build.value.dockerfile == "Dockerfile"
    assert (found.ports, found.health) == ((), None)


def test_fly_says_how_the_dockerfiles_image_runs():
    found = only({"fly.toml": FLY, "Dockerfile": DOCKERFILE})
    assert [one.value.port for one in found.ports] == [8080]
    assert found.health
    assert found.health.value.path == "/up"
    assert analysis({"fly.toml": FLY, "Dockerfile": DOCKERFILE}).name.value == "shop"


def test_a_process_of_fly_has_neither_port_nor_check_nor_size_of_the_main_one():
    fly = (
        FLY
        + "[env]\nA='1'\n[processes]\napp='serve'\nworker='work'\n[[vm]]\nsize='performance-1x'\nprocesses=['app']\n"
    )
    found = only({"fly.toml": fly, "Dockerfile": DOCKERFILE}, "process:worker")
    assert found.command
    assert found.command.value == ("work",)
    assert (found.ports, found.health, found.memory_mb) == ((), None, None)
    assert [entry.name for entry in found.env] == ["A"]


def test_without_its_dockerfile_fly_speaks_of_the_folder():
    found = only({"fly.toml": FLY, "requirements.txt": "flask", "app.py": FLASK_APP})
    assert (found.id, found.ports[0].value.port, found.build) == ("folder:.", 8080, None)


def test_compose_outranks_fly_and_fly_fills_gaps():
    compose = "services: {web: {build: ., ports: ['80:5000']}}"
    found = only({"compose.yaml": compose, "fly.toml": FLY, "Dockerfile": DOCKERFILE})
    assert found.ports[0].value.port == 5000
    assert found.health
    assert found.health.value.path == "/up"


def test_kubernetes_outranks_the_dockerfile_and_takes_the_rest_from_it():
    found = only(
        {"k8s/web.yaml": deployment("ports: [{containerPort: 8080}]", image="acme/shop:1"), "Dockerfile": DOCKERFILE}
    )
    assert (found.id, found.ports[0].value.port) == ("kubernetes:web", 8080)
    assert found.command
    assert found.command.value == ("serve",)
    assert found.image
    assert found.image.value == "acme/shop:1"


def test_a_worker_deployment_of_the_same_image_opens_no_port():
    files = {"k.yaml": deployment("args: [work]", image="acme/shop:1"), "Dockerfile": DOCKERFILE, "fly.toml": FLY}
    found = only(files)
    assert found.command
    assert found.command.value == ("work",)
    assert (found.ports, found.health) == ((), None)


TWO = {
    "web.yaml": deployment(
        "ports: [{containerPort: 80}]\nenv: [{name: API, value: 'http://api:80/v1'}, {name: DB_HOST, value: db}, "
        "{name: DB_PORT, value: '5432'}, {name: LONG, value: 'api.shop.svc.cluster.local:80'}]"
    ),
    "api.yaml": "---\n".join(
        (
            deployment("ports: [{containerPort: 8080}]", name="backend", image="a/api:1"),
            service("[{port: 80, targetPort: 8080}]", name="api", app="backend", namespace="shop"),
            deployment("ports: [{containerPort: 5432}]", name="db", image="postgres:16"),
            service("[{port: 5432}]", name="db", app="db"),
        )
    ),
}


def test_a_name_of_kubernetes_becomes_an_address_of_nomad():
    spec = job(TWO)
    task = spec.task("web", "web")
    text = "".join(template.data for template in task.templates)
    assert 'API="http://{{ with service "shop-backend" }}' in text
    assert 'LONG="{{ with service "shop-backend" }}' in text
    assert 'DB_HOST="{{ with service "shop-db" }}' in text
    assert 'DB_PORT="{{ with service "shop-db" }}' in text


def test_the_service_behind_a_name_is_found_at_the_port_inside():
    api = next(one for one in analysis(TWO).services if one.name == "backend")
    assert api.port_at("api", "80").value.port == 8080
    assert "api.shop" in api.hosts


def test_containers_of_a_pod_become_tasks_of_one_group():
    pod = "initContainers: [{name: migrate, image: a/web:1, command: [migrate]}]"
    text = deployment("ports: [{containerPort: 80}]", pod=pod) + "      - {name: proxy, image: envoy:1}\n"
    (group,) = job({"web.yaml": text}).groups
    assert [(task.name, task.lifecycle.hook if task.lifecycle else None) for task in group.tasks] == [
        ("web-migrate", "prestart"),
        ("web", None),
        ("web-proxy", None),
    ]
    assert group.network
    assert group.network.mode == "bridge"


def test_a_daemon_set_is_a_system_job():
    assert job({"a.yaml": deployment(kind="DaemonSet")}).type == "system"


def test_an_ingress_is_named_in_the_question_and_not_taken():
    ingress = (
        "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: web}\n"
        "spec: {rules: [{host: a.b, http: {paths: [{path: /, backend: {service: {name: web}}}]}}]}\n"
    )
    text = "---\n".join((deployment("ports: [{containerPort: 80}]"), service("[{port: 80}]"), ingress))
    found = analysis({"web.yaml": text})
    assert found.services[0].route is None
    (route,) = [one for one in gap_questions(found, parse_prompt("")) if one.id == "web.route"]
    assert "kubernetes has a.b/" in route.reason
