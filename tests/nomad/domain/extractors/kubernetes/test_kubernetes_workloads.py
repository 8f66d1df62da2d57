import pytest

from muster.nomad.domain.facts import (
    AddressFact,
    DependsOnFact,
    EnvFact,
    ImageFact,
    NetworkModeFact,
    PortFact,
    ReplicasFact,
    RouteFact,
    VolumeFact,
    WorkloadFact,
)
from nomad.domain.extractors.kubernetes.pods import WEB, deployment, read, service
from nomad.domain.extractors.said import env, of, troubles

CRON = """apiVersion: batch/v1
kind: CronJob
metadata: {name: report}
spec:
  schedule: "0 3 * * *"
  jobTemplate: {spec: {template: {spec: {containers: [{name: r, image: a/r:1}]}}}}
"""
INGRESS = """apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web}
spec:
  rules:
  - host: shop.example.com
    http: {paths: [{path: /api, backend: {service: {name: web, port: {number: 80}}}}]}
"""


@pytest.mark.parametrize(
    ("kind", "expected"), [("DaemonSet", "system"), ("Job", "batch"), ("Deployment", "worker"), ("Rollout", None)]
)
def test_the_kind_says_how_it_runs(kind: str, expected: str | None) -> None:
    assert [one.workload for one in of(read(deployment(kind=kind)), WorkloadFact)] == ([expected] if expected else [])


def test_a_workload_with_a_port_serves() -> None:
    assert of(read(deployment("ports: [{containerPort: 80}]")), WorkloadFact) == [WorkloadFact(workload="server")]


def test_a_cron_job_has_its_clock() -> None:
    evidence = read(CRON)
    assert of(evidence, WorkloadFact, "kubernetes:report") == [WorkloadFact(workload="periodic", cron="0 3 * * *")]
    assert of(evidence, ImageFact) == [ImageFact(image="a/r:1")]


def test_replicas() -> None:
    text = deployment().replace("spec:\n  template", "spec:\n  replicas: 3\n  template")
    assert of(read(text), ReplicasFact) == [ReplicasFact(count=3)]


def test_a_pod_is_a_workload() -> None:
    text = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: p, image: x}]}\n"
    assert of(read(text), ImageFact, "kubernetes:p") == [ImageFact(image="x")]


def test_a_list_has_items() -> None:
    text = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p}\n"
    assert of(read(text + "  spec: {containers: [{image: x}]}\n"), ImageFact) == [ImageFact(image="x")]


def test_two_kinds_of_one_name_are_told_apart() -> None:
    units = {one.unit for one in read(deployment(), deployment(kind="Job")) if isinstance(one.fact, ImageFact)}
    assert units == {WEB, "kubernetes:web-job"}


def test_a_service_gives_a_name_and_maps_its_port() -> None:
    evidence = read(deployment("ports: [{containerPort: 8080, name: http}]"), service("[{port: 80, targetPort: http}]"))
    assert of(evidence, AddressFact, WEB) == [AddressFact(host="web", namespace="default", port=80, target=8080)]


def test_a_service_makes_a_port_that_the_container_does_not_name() -> None:
    evidence = read(deployment(), service("[{port: 80, targetPort: 8080}]"))
    assert of(evidence, PortFact, WEB) == [PortFact(port=8080)]


def test_a_port_that_a_service_sends_to_comes_first() -> None:
    evidence = read(deployment("ports: [{containerPort: 9090}, {containerPort: 80}]"), service("[{port: 80}]"))
    assert [one.port for one in of(evidence, PortFact)] == [80, 9090]


def test_a_service_has_a_namespace() -> None:
    evidence = read(deployment(), service("[{port: 80}]", name="api", namespace="shop"))
    (fact,) = of(evidence, AddressFact)
    assert fact.hosts == ("api", "api.shop", "api.shop.svc", "api.shop.svc.cluster.local")


def test_a_service_of_other_labels_is_not_its_own() -> None:
    assert of(read(deployment(), service("[{port: 80}]", app="other")), AddressFact) == []


def test_a_service_for_something_outside_is_told() -> None:
    text = "apiVersion: v1\nkind: Service\nmetadata: {name: db}\nspec: {externalName: db.example.com}\n"
    assert any("stands for db.example.com" in one for one in troubles(read(deployment(), text)))


def test_an_ingress_is_a_hint() -> None:
    evidence = read(deployment(), service("[{port: 80}]"), INGRESS)
    assert of(evidence, RouteFact, WEB) == [RouteFact(route="shop.example.com/api")]


def test_an_init_container_runs_before() -> None:
    evidence = read(deployment(pod="initContainers: [{name: migrate, image: a/web:1, command: [migrate]}]"))
    assert of(evidence, DependsOnFact, WEB) == [
        DependsOnFact(service="web/migrate", condition="service_completed_successfully")
    ]
    assert of(evidence, ImageFact, f"{WEB}/migrate") == [ImageFact(image="a/web:1")]


@pytest.mark.parametrize("command", ["until nc -z db 5432", "for i in 1 2; do wget x; sleep 1; done", "nslookup db"])
def test_an_init_container_that_only_waits_is_told(command: str) -> None:
    evidence = read(deployment(pod=f"initContainers: [{{name: w, image: busybox, command: [sh, -c, '{command}']}}]"))
    assert of(evidence, DependsOnFact) == []
    assert any("only waits for others" in one for one in troubles(evidence))


def test_further_containers_share_its_network() -> None:
    evidence = read(deployment() + "      - {name: proxy, image: envoy:1}\n")
    assert of(evidence, NetworkModeFact, f"{WEB}/proxy") == [NetworkModeFact(mode="service:web")]


def test_an_init_container_that_always_restarts_runs_beside() -> None:
    pod = "initContainers: [{name: log, image: fluent, restartPolicy: Always}]"
    assert of(read(deployment(pod=pod)), NetworkModeFact, f"{WEB}/log") == [NetworkModeFact(mode="service:web")]


def test_a_claim_template_is_a_volume_of_its_own() -> None:
    text = deployment("volumeMounts: [{name: data, mountPath: /d}]", kind="StatefulSet")
    text = text.replace("spec:\n  template", "spec:\n  volumeClaimTemplates: [{metadata: {name: data}}]\n  template")
    assert of(read(text), VolumeFact) == [VolumeFact(path="/d", source="data-web", type="named")]


def test_a_base_wins_over_its_overlays_which_are_told() -> None:
    overlay = deployment(image="a/web:dev")
    evidence = read(k8s__base__web=deployment(), k8s__overlays__dev__web=overlay)
    assert of(evidence, ImageFact) == [ImageFact(image="a/web:1")]
    assert troubles(evidence) == ["k8s/overlays/dev defines web once more: the definition in k8s/base is taken"]


def test_a_patch_without_an_image_is_no_definition() -> None:
    patch = deployment().replace("        image: a/web:1\n", "")
    assert of(read(a=patch, overlays__web=deployment()), ImageFact) == [ImageFact(image="a/web:1")]


def test_an_image_with_a_registry_comes_before_a_bare_name() -> None:
    evidence = read(a=deployment(image="web"), release__all__x=deployment(image="ghcr.io/a/web:2"))
    assert of(evidence, ImageFact) == [ImageFact(image="ghcr.io/a/web:2")]


def test_kustomize_changes_images_and_names_in_its_folder() -> None:
    kustomization = "namePrefix: dev-\nnamespace: shop\nimages: [{name: a/web, newName: b/web, newTag: '2'}]\n"
    evidence = read(deployment(), service("[{port: 80}]"), k8s__kustomization=kustomization)
    assert of(evidence, ImageFact, "kubernetes:dev-web") == [ImageFact(image="b/web:2")]
    assert of(evidence, AddressFact)[0].hosts[:2] == ("dev-web", "dev-web.shop")


def test_kustomize_makes_config_maps_of_literals() -> None:
    kustomization = "configMapGenerator: [{name: c, literals: [LOG=info, TOKEN=hush]}]\n"
    evidence = read(deployment("envFrom: [{configMapRef: {name: c}}]"), k8s__kustomization=kustomization)
    assert env(evidence) == {"LOG": "info", "TOKEN": None}
    assert "hush" not in str(evidence)


def test_a_chart_of_helm_is_told_and_not_read() -> None:
    evidence = read(chart__Chart="name: x", chart__templates__web=deployment(), chart__values="image: x")
    assert of(evidence, ImageFact) == []
    assert len(troubles(evidence)) == 1
    assert "Helm chart is not read" in troubles(evidence)[0]


def test_a_template_outside_of_a_chart_is_told() -> None:
    evidence = read("apiVersion: v1\nkind: Pod\n{{ if .x }}\n  a\n{{ end }}\n")
    assert any("it is a template" in one for one in troubles(evidence))


@pytest.mark.parametrize(
    "kind", ["HorizontalPodAutoscaler", "ScaledObject", "HTTPRoute", "IngressRoute", "VirtualService", "HelmRelease"]
)
def test_what_a_program_of_its_own_does_is_told(kind: str) -> None:
    assert troubles(read(f"apiVersion: x/v1\nkind: {kind}\nmetadata: {{name: web}}\n"))[0].startswith(f"{kind} web: ")


def test_a_knative_service_is_none_of_ours() -> None:
    text = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: w}\nspec: {selector: {app: web}}\n"
    evidence = read(deployment(), text)
    assert of(evidence, AddressFact) == []
    assert any("Knative" in one for one in troubles(evidence))


def test_other_yaml_says_nothing() -> None:
    assert read("services: {web: {image: x}}", openapi="openapi: 3.0.0\ninfo: {title: x}") == ()


BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        "spec: " + "[" * 3000,
        "spec: {template: {spec: {containers: 1}}}\n",
        "spec: {template: {spec: {containers: [1, {env: 1, ports: x, envFrom: [1], image: [x]}]}}}\n",
        "spec: {template: {spec: {containers: [{image: x, env: [{name: []}, {name: A, valueFrom: 1}]}]}}}\n",
        "spec: {template: {spec: {containers: [{image: x, ports: [{containerPort: 99999}, {containerPort: x}]}]}}}\n",
        "spec: {replicas: 99999999999, template: {spec: {containers: [{image: x, livenessProbe: {httpGet: 1}}]}}}\n",
        "spec: {template: {metadata: {labels: [1]}, spec: {volumes: 1, containers: [{image: x, volumeMounts: [1, {}]}]}}}\n",
        "spec: *gone\n",
        "\x00\x01",
    ],
)
def test_hostile_manifests_raise_nothing(text: str) -> None:
    head = "apiVersion: v1\nkind: Deployment\nmetadata: {name: web}\n"
    assert isinstance(read(head + text, service("[1, {port: x}, {targetPort: []}]"), INGRESS), tuple)


def test_variables_that_take_each_other_stay_small() -> None:
    entries = [{"name": "V0", "value": "x" * 1000}]
    entries += [{"name": f"V{n}", "value": f"$(V{n - 1})" * 9} for n in range(1, 200)]
    evidence = read(deployment(f"env: {entries}"))
    assert max(len(one.value or "") for one in of(evidence, EnvFact)) <= 20_000
