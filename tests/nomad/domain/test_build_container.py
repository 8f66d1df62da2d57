import pytest

from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.facts import ContainerFact, ImageFact, NetworkModeFact, VolumeFact
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.render import render_hcl
from nomad.domain.repositories import built, decided, say

EVERYTHING = ContainerFact(
    cap_drop=("ALL",),
    readonly_rootfs=True,
    init=True,
    labels={"traefik.enable": "true"},
    hostname="shop",
    shm_size=67108864,
    stop_signal="SIGINT",
    stop_grace_s=90,
    lines={"read_only": "compose.yaml:7", "stop_signal": "compose.yaml:9"},
)


def evidence(*facts):
    return say("compose:web", ImageFact(image="x:1"), *facts)


def test_the_task_has_every_setting_of_the_container():
    task = built(evidence(EVERYTHING)).groups[0].tasks[0]
    config = task.config
    assert (config.cap_drop, config.readonly_rootfs, config.init) == (("ALL",), True, True)
    assert (config.labels, config.hostname, config.shm_size) == ({"traefik.enable": "true"}, "shop", 67108864)
    assert (task.kill_timeout_s, task.kill_signal) == (90, "SIGINT")


def test_each_setting_has_a_reason_and_nomad_knows_it():
    text = render_hcl(built(evidence(EVERYTHING)), explain=True)
    assert check_job(text, filename="x") == ()
    assert "`read_only` of the service (compose.yaml:7)" in text
    assert "`stop_signal` of the service (compose.yaml:9)" in text


def test_a_name_of_ones_own_needs_a_network_of_ones_own():
    spec = built(evidence(ContainerFact(hostname="shop"), NetworkModeFact(mode="host")))
    assert spec.groups[0].tasks[0].config.hostname is None


def test_what_is_not_carried_over_is_said_in_one_note():
    found = build_notes(decided(evidence(ContainerFact(not_carried=("logging", "sysctls", "ulimits")))))
    assert found == ("web: not carried over from compose: logging, sysctls, ulimits",)


@pytest.mark.parametrize(
    ("volume", "read_only"),
    [
        (VolumeFact(path="/d", source="d", type="named"), True),
        (VolumeFact(path="/d", type="tmpfs"), True),
        (VolumeFact(path="/d", source="./d", type="bind", read_only=True), True),
        (VolumeFact(path="/d", source="./d", type="bind"), False),
        (VolumeFact(path="/d"), False),
    ],
)
def test_a_root_stays_writable_where_a_folder_lost_its_mount(volume, read_only):
    facts = evidence(ContainerFact(readonly_rootfs=True), volume)
    assert built(facts).groups[0].tasks[0].config.readonly_rootfs is read_only
    note = "web: read_only is not carried over: nothing is mounted at /d, which must be writable"
    assert (note in build_notes(decided(facts))) is not read_only
