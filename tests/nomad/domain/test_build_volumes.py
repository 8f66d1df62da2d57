from muster.nomad.domain.facts import ImageFact, NetworkModeFact, UserFact, VolumeFact
from muster.nomad.domain.patches.task import chown_task
from muster.nomad.domain.spec import VolumeRequest
from muster.nomad.domain.task import BindMount, VolumeMount
from nomad.domain.repositories import built, say

DATA = VolumeFact(path="/data", source="app_data", type="named")
APP = UserFact(user="1000:1000", uid=1000)


def group(*facts, answers=None):
    return built(say("compose:web", ImageFact(image="x"), *facts), "", answers).groups[0]


def test_a_named_volume_is_a_host_volume_of_that_name():
    found = group(DATA)
    assert found.volumes == (VolumeRequest(name="app-data", type="host", source="app_data"),)
    assert found.tasks[0].mounts == (VolumeMount(volume="app-data", destination="/data"),)


def test_a_csi_volume_has_one_writer():
    (request,) = group(DATA, answers={"web.storage": ["csi"]}).volumes
    assert (request.type, request.access_mode, request.attachment_mode) == ("csi", "single-node-writer", "file-system")


def test_data_that_may_go_asks_for_nothing():
    found = group(DATA, APP, answers={"web.storage": ["none"]})
    assert (found.volumes, len(found.tasks), found.tasks[0].mounts) == ((), 1, ())


def test_a_volume_that_a_user_writes_is_given_to_that_user_first():
    found = group(DATA, APP)
    assert found.tasks[0] == chown_task(VolumeMount(volume="app-data", destination="/data"), 1000, ())
    assert [task.name for task in found.tasks] == ["chown-app-data", "web"]


def test_root_and_readers_need_no_chown():
    assert len(group(DATA, UserFact(user="root", uid=0)).tasks) == 1
    assert len(group(DATA.model_copy(update={"read_only": True}), APP).tasks) == 1
    assert len(group(DATA, UserFact(user="app")).tasks) == 1


def test_a_read_only_volume_is_mounted_so():
    assert group(DATA.model_copy(update={"read_only": True})).tasks[0].mounts[0].read_only is True


def test_host_paths_and_anonymous_volumes_are_not_carried_over():
    found = group(VolumeFact(path="/a", source="./a", type="bind"), VolumeFact(path="/b"))
    assert (found.volumes, found.tasks[0].mounts, found.tasks[0].config.mounts) == ((), (), ())


def test_memory_backed_folders_are():
    assert group(VolumeFact(path="/tmp", type="tmpfs")).tasks[0].config.mounts == (
        BindMount(type="tmpfs", target="/tmp"),
    )


def test_tasks_of_a_group_share_one_request():
    sidecar = say("compose:b", ImageFact(image="y"), DATA, NetworkModeFact(mode="service:web"))
    spec = built((*say("compose:web", ImageFact(image="x"), DATA), *sidecar))
    assert [one.name for one in spec.groups[0].volumes] == ["app-data"]
    assert [task.mounts[0].volume for task in spec.groups[0].tasks] == ["app-data", "app-data"]
