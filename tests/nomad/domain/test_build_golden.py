"""Whole specs, as they should be: the shapes that most repositories have."""

from muster.nomad.domain.facts import (
    BuildFact,
    CommandFact,
    DependsOnFact,
    EnvFact,
    ImageFact,
    PortFact,
    UserFact,
    VolumeFact,
)
from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.policies import Periodic, Restart, Update
from muster.nomad.domain.spec import GroupSpec, JobSpec, VolumeRequest
from muster.nomad.domain.task import DockerConfig, Lifecycle, Resources, TaskSpec, Template, VolumeMount
from nomad.domain.repositories import ONE_DOCKERFILE, PYTHON, SHOP, built, cluster, say

ROLLOUT = Update(min_healthy_time_s=10, healthy_deadline_s=180, progress_deadline_s=240)
PATIENT = Restart(attempts=5, interval_s=300, delay_s=10)
TCP = Check(type="tcp", interval_s=10, timeout_s=2)


def unexplained(spec):
    return spec.model_copy(update={"reasons": {}})


def address(name, function="service"):
    return f'{{{{ with {function} "{name}" }}}}{{{{ with index . 0 }}}}{{{{ .Address }}}}:{{{{ .Port }}}}{{{{ end }}}}{{{{ end }}}}'


def test_a_dockerfile_with_a_prompt():
    assert unexplained(
        built(ONE_DOCKERFILE, "call it web, image ghcr.io/x/web:1, 3 replicas on port 80 with 1 GB")
    ) == JobSpec(
        name="web",
        groups=(
            GroupSpec(
                name="app",
                count=3,
                network=Network(ports=(Port(label="http", static=80, to=5000),)),
                services=(Service(name="web", port="http", checks=(Check(type="http", path="/health"),)),),
                tasks=(
                    TaskSpec(
                        name="app",
                        config=DockerConfig(image="ghcr.io/x/web:1", ports=("http",)),
                        resources=Resources(cpu_mhz=500, memory_mb=1024),
                    ),
                ),
                update=ROLLOUT,
                restart=Restart(),
            ),
        ),
    )


def test_a_compose_application_of_two():
    assert unexplained(built(SHOP, target=cluster("1.8.3"))) == JobSpec(
        name="shop",
        groups=(
            GroupSpec(
                name="api",
                count=2,
                network=Network(ports=(Port(label="http", to=8000),)),
                services=(
                    Service(
                        name="shop-api",
                        port="http",
                        provider="nomad",
                        checks=(Check(type="http", path="/health"),),
                    ),
                ),
                tasks=(
                    TaskSpec(
                        name="api",
                        config=DockerConfig(image="ghcr.io/shop/api:1.0", ports=("http",)),
                        env={"LOG_LEVEL": "info"},
                        templates=(
                            Template(
                                data=f'REDIS_URL="redis://{address("shop-redis", "nomadService")}/0"\n',
                                destination="local/addresses.env",
                                env=True,
                            ),
                        ),
                        resources=Resources(cpu_mhz=500, memory_mb=512),
                    ),
                ),
                update=ROLLOUT,
                restart=PATIENT,
            ),
            GroupSpec(
                name="redis",
                network=Network(ports=(Port(label="tcp", to=6379),)),
                services=(Service(name="shop-redis", port="tcp", provider="nomad", checks=(TCP,)),),
                volumes=(VolumeRequest(name="redis-data", source="redis-data"),),
                tasks=(
                    TaskSpec(
                        name="redis",
                        config=DockerConfig(
                            image="redis:7.4-alpine",
                            command="redis-server",
                            args=("--appendonly", "yes"),
                            ports=("tcp",),
                        ),
                        resources=Resources(cpu_mhz=250, memory_mb=128),
                        mounts=(VolumeMount(volume="redis-data", destination="/data"),),
                    ),
                ),
                update=ROLLOUT,
                restart=Restart(),
            ),
        ),
    )


def test_a_migration_before_a_server_that_writes_a_volume():
    evidence = (
        *say(
            "compose:web",
            BuildFact(context=".", dockerfile="Dockerfile"),
            ImageFact(image="acme/web:1"),
            PortFact(port=8000),
            EnvFact(name="SECRET_KEY", secret=True),
            VolumeFact(path="/srv/media", source="media", type="named"),
            DependsOnFact(service="migrate", condition="service_completed_successfully"),
        ),
        *say(
            "compose:migrate",
            BuildFact(context=".", dockerfile="Dockerfile"),
            ImageFact(image="acme/web:1"),
            CommandFact(command=("python", "manage.py", "migrate")),
            EnvFact(name="DATABASE_URL", value="postgres://app@db:5432/app"),
        ),
        *say("compose:db", ImageFact(image="postgres:16"), PortFact(port=5432)),
        *say("dockerfile:Dockerfile", UserFact(user="app", uid=1000), PortFact(port=8000)),
        *say("folder:.", PYTHON),
    )
    web = built(evidence, "", {"env": {"web.SECRET_KEY": "nomad-var:nomad/jobs/shop#secret-key"}}).group("web")
    chown, migrate, server = web.tasks
    assert (chown.name, chown.config.args) == ("chown-media", ("-R", "1000", "/srv/media"))
    assert migrate == TaskSpec(
        name="migrate",
        config=DockerConfig(image="acme/web:1", command="python", args=("manage.py", "migrate")),
        templates=(
            Template(
                data=f'DATABASE_URL="postgres://app@{address("shop-db")}/app"\n',
                destination="local/addresses.env",
                env=True,
            ),
        ),
        resources=Resources(cpu_mhz=500, memory_mb=512),
        lifecycle=Lifecycle(hook="prestart"),
    )
    assert server == TaskSpec(
        name="web",
        config=DockerConfig(image="acme/web:1", ports=("http",)),
        templates=(
            Template(
                data='{{ with nomadVar "nomad/jobs/shop" }}\nSECRET_KEY={{ index . "secret-key" | toJSON }}\n{{ end }}\n',
                destination="${NOMAD_SECRETS_DIR}/secrets.env",
                env=True,
                change_mode="restart",
            ),
        ),
        resources=Resources(cpu_mhz=500, memory_mb=512),
        mounts=(VolumeMount(volume="media", destination="/srv/media"),),
    )


def test_a_nightly_run():
    spec = built(say("compose:report", ImageFact(image="acme/report:2")), "every night at 3", {"report.port": 0})
    assert unexplained(spec) == JobSpec(
        name="shop",
        type="batch",
        periodic=Periodic(cron="0 3 * * *", prohibit_overlap=True),
        groups=(
            GroupSpec(
                name="report",
                tasks=(
                    TaskSpec(
                        name="report",
                        config=DockerConfig(image="acme/report:2"),
                        resources=Resources(cpu_mhz=500, memory_mb=512),
                    ),
                ),
                restart=Restart(attempts=2, interval_s=3600, delay_s=15),
            ),
        ),
    )
