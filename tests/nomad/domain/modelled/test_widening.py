"""What gives a job more rights is seen in the job itself, whatever kind of patch did it."""

import pytest

from muster.nomad.domain.modelled.widening import repository_of, widening
from muster.nomad.domain.network import Network
from muster.nomad.domain.spec import VolumeRequest
from muster.nomad.domain.task import BindMount, Device, Lifecycle, Template, Vault, VolumeMount
from nomad.fakes import spec

CONFIG = {
    "privileged": True,
    "cap_add": ("SYS_ADMIN",),
    "cap_drop": ("ALL",),
    "volumes": ("/:/host",),
    "mounts": (BindMount(target="/host", source="/"),),
    "network_mode": "host",
    "extra_hosts": ("a:1.2.3.4",),
    "hostname": "other",
    "runtime": "nvidia",
    "readonly_rootfs": True,
    "ports": ("http",),
    "command": "sh",
    "args": ("-c", "id"),
    "entrypoint": ("sh",),
    "image": "evil/shop:1",
}
TASK = {
    "user": "root",
    "templates": (Template(data="x", destination="y"),),
    "vault": Vault(role="admin"),
    "lifecycle": Lifecycle(hook="prestart"),
    "mounts": (VolumeMount(volume="v", destination="/v"),),
}
GROUP = {
    "count": 9,
    "network": Network(mode="host"),
    "volumes": (VolumeRequest(name="v", source="v"),),
}


def changed_task(**fields):
    return spec().with_task("web", spec().task("web", "web").model_copy(update=fields))


@pytest.mark.parametrize("field", CONFIG)
def test_a_field_of_the_driver_that_gives_rights_is_seen(field):
    config = spec().task("web", "web").config.model_copy(update={field: CONFIG[field]})
    assert widening(spec(), changed_task(config=config))


@pytest.mark.parametrize("field", TASK)
def test_a_field_of_the_task_that_gives_rights_is_seen(field):
    assert widening(spec(), changed_task(**{field: TASK[field]}))


@pytest.mark.parametrize("field", GROUP)
def test_a_field_of_the_group_that_gives_rights_is_seen(field):
    assert widening(spec(), spec().with_group(spec().group("web").model_copy(update={field: GROUP[field]})))


def test_a_device_is_seen():
    resources = spec().task("web", "web").resources.model_copy(update={"devices": (Device(name="nvidia/gpu"),)})
    assert widening(spec(), changed_task(resources=resources))


def test_another_task_is_seen():
    group = spec().group("web")
    other = group.tasks[0].model_copy(update={"name": "root"})
    assert widening(spec(), spec().with_group(group.model_copy(update={"tasks": (*group.tasks, other)})))


def test_memory_variables_and_the_images_tag_give_none():
    task = spec().task("web", "web")
    config = task.config.model_copy(update={"image": "shop:2"})
    assert widening(spec(), spec(memory_mb=128)) == ""
    assert widening(spec(), changed_task(env={"A": "1"}, config=config)) == ""


@pytest.mark.parametrize(
    ("image", "repository"),
    [
        ("shop", "shop"),
        ("shop:1", "shop"),
        ("registry.example:5000/team/shop:1@sha256:abc", "registry.example:5000/team/shop"),
        ("registry.example:5000/shop", "registry.example:5000/shop"),
    ],
)
def test_a_repository_is_an_image_without_tag_and_digest(image, repository):
    assert repository_of(image) == repository
