"""Architecture and GPU become constraints only where the cluster's nodes differ in them."""

import pytest

from muster.nomad.domain.build.job import build_spec
from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.facts import BaseImageFact, ImageFact, ResourcesFact
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.policies import Constraint
from muster.nomad.domain.task import Device
from nomad.domain.repositories import cluster, decided, say

GPU_ASKED = say("compose:app", ImageFact(image="acme/app:1"), ResourcesFact(gpus=2))
FOR_ARM = say("dockerfile:Dockerfile", BaseImageFact(image="x", platform="linux/arm64"))
UNKNOWN_IMAGE = say("dockerfile:Dockerfile", BaseImageFact(image="x"))
MARK = Constraint(attribute="${meta.gpu}", value="true")
ARM = Constraint(attribute="${attr.cpu.arch}", value="arm64")


def nodes(**known):
    return cluster().model_copy(update=known)


def group(evidence, target, answers=None):
    (one,) = build_spec(decided(evidence, "", answers), target).groups
    return one


def test_where_no_plugin_finds_gpus_a_mark_of_the_nodes_and_dockers_runtime_do():
    one = group(GPU_ASKED, nodes(gpu_marks=(MARK,)))
    assert one.constraints == (MARK,)
    assert (one.tasks[0].config.runtime, one.tasks[0].resources.devices) == ("nvidia", ())


@pytest.mark.parametrize("target", [None, nodes(), nodes(devices=("nvidia/gpu/T4",), gpu_marks=(MARK,))])
def test_a_gpu_is_a_device_where_a_plugin_is_and_where_nothing_says_anything_else(target):
    one = group(GPU_ASKED, target)
    assert one.constraints == ()
    assert one.tasks[0].resources.devices == (Device(name="nvidia/gpu", count=2),)
    assert one.tasks[0].config.runtime is None


def test_who_asks_for_no_gpu_is_not_placed_by_one():
    assert group(FOR_ARM, nodes(architectures=("arm64",), gpu_marks=(MARK,))).constraints == ()


def test_gpus_that_nobody_counts_are_told_and_why_the_constraint_is_there():
    target = nodes(gpu_marks=(MARK,))
    (note,) = [one for one in build_notes(decided(GPU_ASKED), target) if "GPU" in one]
    assert "shares those of the nodes with ${meta.gpu} = true" in note
    assert "${meta.gpu} says which nodes have one" in render_hcl(build_spec(decided(GPU_ASKED), target), explain=True)


@pytest.mark.parametrize(
    ("architectures", "constraints"),
    [((), (ARM,)), (("arm64",), ()), (("amd64",), (ARM,)), (("amd64", "arm64"), (ARM,))],
)
def test_an_architecture_constrains_unless_all_nodes_have_it(architectures, constraints):
    assert group(FOR_ARM, nodes(architectures=architectures)).constraints == constraints


def test_an_architecture_that_somebody_asked_for_always_constrains():
    answers = {"app.architecture": ["arm64"]}
    assert group(UNKNOWN_IMAGE, nodes(architectures=("arm64",)), answers).constraints == (ARM,)


def test_the_reason_names_the_nodes():
    hcl = render_hcl(build_spec(decided(FOR_ARM), nodes(architectures=("amd64", "arm64"))), explain=True)
    assert "the nodes are amd64 and arm64" in hcl


def test_an_image_that_no_node_can_run_is_told():
    told = [one for one in build_notes(decided(FOR_ARM), nodes(architectures=("amd64",))) if "arm64" in one]
    assert len(told) == 1
    assert told[0].endswith("its image is for arm64, and the nodes are amd64")
