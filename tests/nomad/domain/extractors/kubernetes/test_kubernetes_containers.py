import pytest

from muster.nomad.domain.facts import (
    CommandFact,
    ContainerFact,
    EnvFact,
    HealthFact,
    ImageFact,
    PortFact,
    PrivilegeFact,
    ResourcesFact,
    UserFact,
    VolumeFact,
    WorkdirFact,
)
from nomad.domain.extractors.kubernetes.pods import WEB, deployment, read
from nomad.domain.extractors.said import env, of, troubles

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: conf}\ndata: {LOG: info, API_KEY: hush, a.conf: x}\n"
SECRET = "apiVersion: v1\nkind: Secret\nmetadata: {name: keys}\nstringData: {TOKEN: hush}\ndata: {OTHER: aHVzaA==}\n"


def test_evidence_names_unit_file_and_line() -> None:
    image = next(one for one in read(deployment()) if isinstance(one.fact, ImageFact))
    assert (image.unit, image.source, image.where) == (WEB, "kubernetes", "k8s/app.yaml:10")
    assert image.fact == ImageFact(image="a/web:1")


@pytest.mark.parametrize("image", ["$IMAGE", '"{{ .Values.image }}"', "IMAGE_NAME", "gcr.io/PROJECT/web:1", "a b"])
def test_an_image_that_something_else_fills_in_is_told(image: str) -> None:
    evidence = read(deployment(image=image))
    assert of(evidence, ImageFact) == []
    assert any("no image name" in one for one in troubles(evidence))


def test_command_is_the_entrypoint_and_args_are_the_command() -> None:
    (fact,) = of(read(deployment("command: [serve]\nargs: [--port, '80']\nworkingDir: /app")), CommandFact)
    assert (fact.entrypoint, fact.command) == (("serve",), ("--port", "80"))
    assert fact.entrypoint_at


def test_args_alone_leave_the_entrypoint() -> None:
    (fact,) = of(read(deployment("args: [x]")), CommandFact)
    assert (fact.entrypoint, fact.command) == (None, ("x",))


def test_a_command_takes_variables_that_are_known() -> None:
    text = "args: ['--log=$(LOG)', '$(UNKNOWN)', '$$(LOG)']\nenv: [{name: LOG, value: debug}]"
    assert of(read(deployment(text)), CommandFact)[0].command == ("--log=debug", "$(UNKNOWN)", "$(LOG)")


def test_a_command_that_takes_a_secret_is_told() -> None:
    text = "args: ['$(KEY)']\nenv: [{name: KEY, valueFrom: {secretKeyRef: {name: a, key: b}}}]"
    evidence = read(deployment(text))
    assert of(evidence, CommandFact)[0].command == ("$(KEY)",)
    assert any("stays as it is written" in one for one in troubles(evidence))


def test_the_folder() -> None:
    assert of(read(deployment("workingDir: /app")), WorkdirFact) == [WorkdirFact(path="/app")]


def test_a_variable_has_its_value() -> None:
    assert env(read(deployment("env:\n- {name: A, value: '1'}\n- {name: B}")), WEB) == {"A": "1", "B": ""}


def test_a_variable_takes_earlier_ones() -> None:
    text = "env: [{name: HOST, value: db}, {name: URL, value: 'http://$(HOST):80'}]"
    assert env(read(deployment(text)))["URL"] == "http://db:80"


def test_a_variable_that_takes_a_secret_is_one() -> None:
    text = "env: [{name: P, valueFrom: {secretKeyRef: {name: s, key: p}}}, {name: DSN, value: 'x $(P)'}]"
    (dsn,) = [one for one in of(read(deployment(text)), EnvFact) if one.name == "DSN"]
    assert (dsn.value, dsn.secret, dsn.required) == (None, True, True)


def test_a_key_of_a_config_map_is_looked_up_with_its_place() -> None:
    text = "env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: conf, key: LOG}}}]"
    found = next(one for one in read(deployment(text), conf=CONFIG) if isinstance(one.fact, EnvFact))
    assert (found.fact, found.where) == (EnvFact(name="LEVEL", value="info"), "conf.yaml:4")


def test_a_key_of_a_config_map_that_is_not_there_is_required() -> None:
    text = "env: [{name: LEVEL, valueFrom: {configMapKeyRef: {name: gone, key: LOG}}}]"
    assert of(read(deployment(text)), EnvFact) == [EnvFact(name="LEVEL", required=True)]


def test_a_key_of_a_secret_is_a_secret_that_may_be_optional() -> None:
    text = "env: [{name: A, valueFrom: {secretKeyRef: {name: s, key: k, optional: true}}}]"
    assert of(read(deployment(text)), EnvFact) == [EnvFact(name="A", secret=True)]


def test_env_from_brings_whole_config_maps_without_secret_values() -> None:
    text = "envFrom: [{configMapRef: {name: conf}, prefix: X_}]"
    evidence = read(deployment(text), conf=CONFIG)
    assert env(evidence) == {"X_LOG": "info", "X_API_KEY": None, "X_a.conf": "x"}
    assert "hush" not in str(evidence)


def test_env_from_a_secret_brings_names_only() -> None:
    evidence = read(deployment("envFrom: [{secretRef: {name: keys}}]"), keys=SECRET)
    assert of(evidence, EnvFact) == [
        EnvFact(name="OTHER", secret=True, required=True),
        EnvFact(name="TOKEN", secret=True, required=True),
    ]
    assert "hush" not in str(evidence)
    assert "aHVzaA" not in str(evidence)


def test_env_from_what_is_not_there_is_told() -> None:
    assert any("Secret gone is not in the repository" in one for one in troubles(read(deployment(
        "envFrom: [{secretRef: {name: gone}}]"
    ))))  # fmt: skip


def test_env_wins_over_env_from() -> None:
    text = "envFrom: [{configMapRef: {name: conf}}]\nenv: [{name: LOG, value: debug}]"
    assert env(read(deployment(text), conf=CONFIG))["LOG"] == "debug"


def test_a_field_of_the_pod_has_no_value() -> None:
    text = "env: [{name: IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]"
    assert of(read(deployment(text)), EnvFact) == [EnvFact(name="IP")]


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ("{requests: {cpu: 250m, memory: 64Mi}, limits: {cpu: 1, memory: 128Mi}}",
         ResourcesFact(cpu_mhz=250, memory_mb=64, memory_max_mb=128)),
        ("{limits: {cpu: '0.5', memory: 1Gi}}", ResourcesFact(cpu_mhz=500, memory_mb=1024)),
        ("{requests: {memory: 512M}}", ResourcesFact(memory_mb=489)),
        ("{requests: {memory: 134217728}}", ResourcesFact(memory_mb=128)),
        ("{limits: {memory: 1e9, nvidia.com/gpu: 2}}", ResourcesFact(memory_mb=954, gpus=2)),
        ("{requests: {memory: 64Mi}, limits: {memory: 64Mi}}", ResourcesFact(memory_mb=64)),
    ],
)  # fmt: skip
def test_requests_are_reserved_and_limits_above_them_are_the_ceiling(resources: str, expected: ResourcesFact) -> None:
    assert of(read(deployment(f"resources: {resources}")), ResourcesFact) == [expected]


@pytest.mark.parametrize("amount", ["lots", "1Xi", "-1", "9" * 40, "1e99"])
def test_an_amount_that_makes_no_sense_is_told(amount: str) -> None:
    evidence = read(deployment(f"resources: {{limits: {{memory: {amount}}}}}"))
    assert of(evidence, ResourcesFact) == []
    assert any("no amount" in one for one in troubles(evidence))


def test_container_ports_have_protocol_and_variable() -> None:
    text = "ports: [{containerPort: 8080}, {containerPort: 53, protocol: UDP}]\nenv: [{name: PORT, value: '8080'}]"
    assert of(read(deployment(text)), PortFact) == [PortFact(port=8080, env="PORT"), PortFact(port=53, protocol="udp")]


def test_without_ports_the_command_counts() -> None:
    assert [one.port for one in of(read(deployment("command: [gunicorn, -b, '0.0.0.0:9000']")), PortFact)] == [9000]


@pytest.mark.parametrize(
    ("probe", "expected"),
    [
        ("{httpGet: {path: /up, port: http}, periodSeconds: 5, timeoutSeconds: 3, initialDelaySeconds: 9}",
         HealthFact(type="http", path="/up", port=8080, interval_s=5, timeout_s=3, start_period_s=9)),
        ("{httpGet: {path: up, port: 8080}}", HealthFact(type="http", path="/up", port=8080)),
        ("{httpGet: {path: /, port: 8443, scheme: HTTPS}}", HealthFact(type="tcp", port=8443)),
        ("{tcpSocket: {port: 8080}, failureThreshold: 2}", HealthFact(type="tcp", port=8080, retries=2)),
        ("{grpc: {port: 9000}}", HealthFact(type="tcp", port=9000)),
        ("{exec: {command: [cat, /ok]}}", HealthFact(type="command", command=("cat", "/ok"))),
        ("{exec: {command: [curl, -f, 'http://localhost:8080/h']}}", HealthFact(type="http", path="/h", port=8080)),
    ],
)  # fmt: skip
def test_a_probe_says_how_health_is_asked(probe: str, expected: HealthFact) -> None:
    text = f"ports: [{{containerPort: 8080, name: http}}]\nlivenessProbe: {probe}"
    assert of(read(deployment(text)), HealthFact) == [expected]


def test_readiness_comes_before_liveness_and_a_start_may_take_its_time() -> None:
    text = (
        "livenessProbe: {httpGet: {path: /live, port: 80}}\nreadinessProbe: {httpGet: {path: /ready, port: 80}}\n"
        "startupProbe: {httpGet: {path: /ready, port: 80}, failureThreshold: 30, periodSeconds: 2}"
    )
    (fact,) = of(read(deployment(text)), HealthFact)
    assert (fact.path, fact.start_period_s) == ("/ready", 60)


@pytest.mark.parametrize(
    ("volume", "expected"),
    [
        ("persistentVolumeClaim: {claimName: pg}", VolumeFact(path="/data", source="pg", type="named")),
        ("emptyDir: {}", VolumeFact(path="/data", type="anonymous")),
        ("emptyDir: {medium: Memory}", VolumeFact(path="/data", type="tmpfs")),
        ("hostPath: {path: /srv}", VolumeFact(path="/data", source="/srv", type="bind")),
    ],
)
def test_a_mount_is_a_volume(volume: str, expected: VolumeFact) -> None:
    text = "volumeMounts: [{name: v, mountPath: /data}]"
    assert of(read(deployment(text, pod=f"volumes: [{{name: v, {volume}}}]")), VolumeFact) == [expected]


@pytest.mark.parametrize("volume", ["configMap: {name: c}", "secret: {secretName: c}", "nfs: {server: x}"])
def test_a_mount_of_files_is_told(volume: str) -> None:
    evidence = read(deployment("volumeMounts: [{name: v, mountPath: /x}]", pod=f"volumes: [{{name: v, {volume}}}]"))
    assert of(evidence, VolumeFact) == []
    assert any("at /x is not carried over" in one for one in troubles(evidence))


def test_a_host_path_is_a_privilege() -> None:
    text = deployment("volumeMounts: [{name: v, mountPath: /x}]", pod="volumes: [{name: v, hostPath: {path: /srv}}]")
    assert of(read(text), PrivilegeFact) == [PrivilegeFact(privilege="host_mount", detail="/srv:/x")]


def test_the_containers_user_wins_over_the_pods() -> None:
    text = deployment("securityContext: {runAsUser: 1000}", pod="securityContext: {runAsUser: 1, runAsGroup: 3}")
    assert of(read(text), UserFact) == [UserFact(user="1000:3", uid=1000)]


def test_privileges_are_said_and_dropped_capabilities_kept() -> None:
    text = "securityContext: {privileged: true, capabilities: {add: [NET_ADMIN], drop: [ALL]}, readOnlyRootFilesystem: true}"
    evidence = read(deployment(text, pod="hostNetwork: true\nterminationGracePeriodSeconds: 5\ntolerations: []"))
    assert [f"{one.privilege} {one.detail}".strip() for one in of(evidence, PrivilegeFact)] == [
        "privileged",
        "cap_add NET_ADMIN",
        "hostNetwork",
    ]
    (fact,) = of(evidence, ContainerFact)
    assert (fact.cap_drop, fact.readonly_rootfs, fact.stop_grace_s) == (("ALL",), True, 5)
    assert fact.not_carried == ("tolerations",)


def test_capabilities_of_an_ordinary_container_are_no_privilege() -> None:
    text = "securityContext: {capabilities: {add: [CHOWN, NET_BIND_SERVICE], drop: [all]}}"
    evidence = read(deployment(text))
    assert of(evidence, PrivilegeFact) == []
    (fact,) = of(evidence, ContainerFact)
    assert "SETUID" in fact.cap_drop
    assert not {"ALL", "CHOWN", "NET_BIND_SERVICE"} & {*fact.cap_drop}


def test_that_a_node_has_linux_goes_without_saying() -> None:
    assert of(read(deployment(pod="nodeSelector: {kubernetes.io/os: linux}")), ContainerFact) == []
