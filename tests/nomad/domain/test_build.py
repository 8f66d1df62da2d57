import pytest

from muster.core.errors import UsageError
from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.domain.decisions.apply import Decisions
from muster.nomad.domain.facts import (
    BaseImageFact,
    BuildFact,
    CommandFact,
    DependsOnFact,
    EnvFact,
    HealthFact,
    ImageFact,
    PortFact,
    PrivilegeFact,
    ResourcesFact,
    RestartFact,
    UserFact,
    WorkdirFact,
    WorkloadFact,
)
from muster.nomad.domain.network import Check
from muster.nomad.domain.policies import Constraint, Periodic, Restart
from muster.nomad.domain.spec import JobSpec
from muster.nomad.domain.task import Device, Resources
from muster.nomad.domain.values import VarRef
from nomad.domain.repositories import CELERY, ONE_DOCKERFILE, PYTHON, SHOP, analysed, built, cluster, say


def compose(*facts):
    return say("compose:web", ImageFact(image="acme/web:1"), *facts)


def group(evidence, prompt="", **how):
    return built(evidence, prompt, **how).groups[0]


def task(evidence, prompt="", **how):
    return group(evidence, prompt, **how).tasks[-1]


def test_a_compose_application_is_one_job_with_a_group_for_each_service():
    spec = built(SHOP)
    assert spec.name == "shop"
    assert [(one.name, one.count, [task.name for task in one.tasks]) for one in spec.groups] == [
        ("api", 2, ["api"]),
        ("redis", 1, ["redis"]),
    ]


def test_an_unknown_image_is_a_variable_without_default():
    spec = built(ONE_DOCKERFILE)
    assert spec.groups[0].tasks[0].config.image == VarRef(var="app_image")
    (variable,) = spec.missing_variables()
    assert variable.name == "app_image"
    assert "python:3.12-slim is not the application" in variable.missing


def test_an_answered_image_is_used():
    assert task(ONE_DOCKERFILE, "image ghcr.io/x/y:1").config.image == "ghcr.io/x/y:1"


def test_what_the_image_starts_is_left_to_it():
    config = task(ONE_DOCKERFILE).config
    assert (config.command, config.args, config.entrypoint, config.work_dir) == (None, (), (), None)
    assert task(ONE_DOCKERFILE).user is None
    assert task(ONE_DOCKERFILE).env == {}


def test_what_compose_changes_is_carried_over():
    facts = (
        CommandFact(command=("serve", "--fast"), entrypoint=("/entry",)),
        UserFact(user="1000:1000", uid=1000),
        WorkdirFact(path="/srv"),
        PortFact(port=80),
    )
    found = task(compose(*facts))
    assert (found.config.command, found.config.args, found.config.entrypoint) == ("serve", ("--fast",), ("/entry",))
    assert (found.user, found.config.work_dir) == ("1000:1000", "/srv")


def test_privileges_are_never_carried_over():
    facts = (PrivilegeFact(privilege="privileged"), PrivilegeFact(privilege="cap_add", detail="NET_ADMIN"))
    config = task(compose(*facts)).config
    assert (config.privileged, config.cap_add, config.extra_hosts, config.volumes) == (False, (), (), ())


def test_resources_are_those_of_the_class_unless_written_down():
    assert task(ONE_DOCKERFILE).resources == Resources(cpu_mhz=500, memory_mb=512)
    assert built(SHOP).task("redis", "redis").resources == Resources(cpu_mhz=250, memory_mb=128)


def test_settings_replace_the_classes():
    found = task(ONE_DOCKERFILE, defaults=SpecDefaults(cpu_mhz=300, memory_mb=256))
    assert found.resources == Resources(cpu_mhz=300, memory_mb=256)


def test_resources_are_never_below_what_nomad_takes():
    assert task(compose(ResourcesFact(memory_mb=4))).resources.memory_mb == 10


def test_a_ceiling_below_the_reservation_is_dropped():
    assert task(compose(ResourcesFact(memory_mb=64, memory_max_mb=32))).resources.memory_max_mb is None
    assert task(compose(ResourcesFact(memory_mb=64, memory_max_mb=128))).resources.memory_max_mb == 128


def test_a_gpu_is_a_device():
    assert task(compose(ResourcesFact(gpus=2))).resources.devices == (Device(name="nvidia/gpu", count=2),)


def test_an_architecture_is_a_constraint_only_by_evidence():
    evidence = say("dockerfile:Dockerfile", BaseImageFact(image="x", platform="linux/arm64"))
    assert group(evidence).constraints == (Constraint(attribute="${attr.cpu.arch}", value="arm64"),)
    assert group(ONE_DOCKERFILE).constraints == ()


@pytest.mark.parametrize("deadline_s", [0.5, 5, 60, 300, 3600])
def test_the_rollouts_deadlines_lie_below_the_watchers(deadline_s):
    update = group(ONE_DOCKERFILE, defaults=SpecDefaults(verify_deadline_s=deadline_s)).update
    assert update.min_healthy_time_s < update.healthy_deadline_s < update.progress_deadline_s < deadline_s


def test_a_slow_start_gets_the_time_it_asks_for():
    update = group(compose(PortFact(port=1), HealthFact(type="http", path="/", start_period_s=400))).update
    assert 400 < update.healthy_deadline_s < update.progress_deadline_s


def test_a_batch_job_has_no_rollout_and_is_not_served():
    spec = built(ONE_DOCKERFILE, "as a batch job")
    assert (spec.type, spec.groups[0].update) == ("batch", None)


def test_a_periodic_job_is_batch_by_the_clock():
    spec = built(say("folder:.", PYTHON, WorkloadFact(workload="batch")), "every night at 3")
    assert (spec.type, spec.periodic) == ("batch", Periodic(cron="0 3 * * *", prohibit_overlap=True))


def test_a_system_job_has_one_instance_a_node():
    spec = built(ONE_DOCKERFILE, "on every node, 3 replicas")
    assert (spec.type, spec.groups[0].count) == ("system", 1)


@pytest.mark.parametrize(
    ("facts", "prompt", "restart"),
    [
        ((), "", Restart(attempts=2, interval_s=1800, delay_s=15, mode="fail")),
        ((DependsOnFact(service="db"),), "", Restart(attempts=5, interval_s=300, delay_s=10, mode="fail")),
        ((), "as a batch job", Restart(attempts=2, interval_s=3600, delay_s=15, mode="fail")),
        ((RestartFact(policy="no"),), "as a batch job", Restart(attempts=0, mode="fail")),
    ],
)
def test_a_restart_block_is_always_there(facts, prompt, restart):
    assert group(compose(*facts), prompt).restart == restart


def test_a_worker_has_neither_port_nor_check_nor_service():
    found = group(say("folder:.", PYTHON, CELERY))
    assert (found.network, found.services, found.tasks[0].config.ports) == (None, (), ())


def test_the_check_is_http_on_the_route_found():
    (service,) = group(ONE_DOCKERFILE).services
    assert service.checks == (Check(type="http", path="/health", interval_s=10, timeout_s=2),)


@pytest.mark.parametrize(
    ("target", "datacenters"),
    [(None, ("dc1",)), (cluster().model_copy(update={"datacenters": ("eu1", "eu2")}), ("eu1", "eu2"))],
)
def test_datacenters_are_the_clusters(target, datacenters):
    assert built(ONE_DOCKERFILE, target=target).datacenters == datacenters


def test_the_prompt_outranks_settings_and_settings_the_cluster():
    defaults = SpecDefaults(datacenter="dc8, dc9", namespace="set", region="set")
    assert built(ONE_DOCKERFILE, target=cluster(), defaults=defaults).datacenters == ("dc8", "dc9")
    spec = built(ONE_DOCKERFILE, "datacenter dc7, namespace wished", target=cluster(), defaults=defaults)
    assert (spec.datacenters, spec.namespace, spec.region) == (("dc7",), "wished", "set")


@pytest.mark.parametrize(
    ("target", "provider"),
    [
        (None, "consul"),
        (cluster("1.1.2"), "consul"),
        (cluster("1.2.9"), "consul"),
        (cluster("1.3.0"), "nomad"),
        (cluster("1.8.0", consul=True), "consul"),
        (cluster(""), "nomad"),
    ],
)
def test_services_are_kept_by_consul_where_it_is_or_nomad_is_old(target, provider):
    assert group(ONE_DOCKERFILE, target=target).services[0].provider == provider


def test_nothing_selected_is_an_error_of_use():
    with pytest.raises(UsageError):
        build_spec(Decisions(analysis=analysed(())))


def test_every_value_worth_a_comment_has_a_reason():
    reasons = built(SHOP, "on port 80").reasons
    assert reasons["group.api.network.port.http.to"] == "port in compose.yaml (compose.yaml:3)"
    assert reasons["group.api.network.port.http.static"] == 'the prompt asks for it ("on port 80")'
    assert reasons["group.api.service.shop-api.check.http"] == "health in Dockerfile (Dockerfile:2)"
    assert reasons["group.redis.service.shop-redis.check.tcp"] == "no HTTP route is known: an open port counts"
    assert reasons["group.api.task.api.resources.memory"].startswith("medium: python")
    assert reasons["group.api.task.api.env.LOG_LEVEL"] == "env in compose.yaml (compose.yaml:5)"
    assert (
        reasons["group.api.task.api.template.local/addresses.env"] == "REDIS_URL names another service (compose.yaml:4)"
    )
    assert reasons["datacenters"] == "Nomad's default datacenter; no cluster was asked"


def test_the_same_decisions_make_the_same_spec():
    assert built(SHOP) == built(SHOP)
    assert JobSpec.model_validate_json(built(SHOP).model_dump_json()) == built(SHOP)


def test_a_service_that_is_built_here_gets_its_dockerfiles_environment_from_the_image():
    evidence = (
        *say("compose:a", BuildFact(context=".", dockerfile="Dockerfile"), EnvFact(name="A", value="1")),
        *say("dockerfile:Dockerfile", EnvFact(name="B", value="2")),
    )
    assert task(evidence).env == {"A": "1"}


def test_a_commands_reason_and_an_entrypoints_name_each_its_own_key():
    fact = CommandFact(command=("a",), entrypoint=("b",), entrypoint_at="compose.yaml:9")
    reasons = built(say("compose:web", ImageFact(image="x"), fact)).reasons
    assert reasons["group.web.task.web.config.entrypoint"] == "`entrypoint` of the service (compose.yaml:9)"
    assert reasons["group.web.task.web.config.command"] == "command in compose.yaml (compose.yaml:2)"
