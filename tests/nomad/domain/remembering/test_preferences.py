"""What a user always wants."""

import pytest

from muster.core.evidence import Sourced
from muster.nomad.domain.facts import BuildFact
from muster.nomad.domain.profile import Analysis, ServiceProfile
from muster.nomad.domain.prompt.parse import Wishes, parse_prompt
from muster.nomad.domain.remembering.ceiling import is_under, under_ceiling
from muster.nomad.domain.remembering.preferences import prefer, read_preferences, with_preferred
from nomad.domain.failing_jobs import web_job
from nomad.domain.remembering.lessons import more

SHOP = ServiceProfile(
    id="folder:.",
    name="shop",
    job=Sourced(value="service", source="default"),
    image=Sourced(value="acme/shop:1", source="compose"),
    build=Sourced(value=BuildFact(context=".", dockerfile="Dockerfile"), source="compose"),
)


def test_what_rules_understand() -> None:
    read = read_preferences(
        ["always amd64", "registry.example.com for images", "datacenter dc2", "never more than 2 GB"]
    )
    assert read.architecture is not None
    assert read.architecture.value == "amd64"
    assert read.registry is not None
    assert read.registry.value == "registry.example.com"
    assert read.wishes.datacenters is not None
    assert read.wishes.datacenters.value == ("dc2",)
    assert read.most_memory_mb is not None
    assert read.most_memory_mb.value == 2048
    assert read.unclear == ()


@pytest.mark.parametrize("text", ["be nice", "no arm64", "never in datacenter dc1", "use the internal registry"])
def test_what_they_do_not_is_kept_in_its_own_words(text: str) -> None:
    assert read_preferences([text]).unclear == (text,)


def test_the_newest_word_counts() -> None:
    read = read_preferences(["always amd64", "always arm64"])
    assert read.architecture is not None
    assert read.architecture.value == "arm64"


def test_the_prompt_stands_above_a_preference() -> None:
    wishes = with_preferred(parse_prompt("in datacenter dc1"), read_preferences(["datacenter dc2", "in namespace web"]))
    assert wishes.datacenters is not None
    assert wishes.datacenters.value == ("dc1",)
    assert wishes.namespace is not None
    assert wishes.namespace.value == "web"
    assert wishes.namespace.explain() == 'memory: a preference for this cluster ("in namespace web")'


def test_what_is_about_one_application_is_no_preference() -> None:
    assert read_preferences(["call it shop"]).unclear == ("call it shop",)


def preferred(service: ServiceProfile, *texts: str) -> ServiceProfile:
    analysis = Analysis(name=Sourced(value="shop", source="default"), services=(service,))
    return prefer(analysis, read_preferences(texts)).services[0]


def test_images_that_are_built_here_come_from_the_preferred_registry() -> None:
    found = preferred(SHOP, "registry.example.com for images")
    assert found.image is not None
    assert found.image.value == "registry.example.com/acme/shop:1"


def test_an_image_that_names_its_registry_keeps_it() -> None:
    there = SHOP.model_copy(update={"image": Sourced(value="ghcr.io/acme/shop:1", source="compose")})
    assert preferred(there, "registry.example.com for images").image == there.image


def test_an_image_that_is_only_used_keeps_its_registry() -> None:
    used = SHOP.model_copy(update={"id": "compose:db", "build": None})
    assert preferred(used, "registry.example.com for images").image == used.image


def test_no_task_gets_more_than_the_ceiling() -> None:
    ceiling = read_preferences(["at most 100 MB"]).most_memory_mb
    spec, notes = under_ceiling(web_job(), ceiling, Wishes(), ())
    assert spec.task("web", "app").resources.memory_mb == 100
    assert notes == ('app gets 100 MB instead of 128: memory: a preference for this cluster ("at most 100 MB")',)


def test_the_prompt_may_go_beyond_the_ceiling() -> None:
    ceiling, wishes = read_preferences(["at most 100 MB"]).most_memory_mb, parse_prompt("with 128 MB")
    assert under_ceiling(web_job(), ceiling, wishes, ())[0] == web_job()
    assert is_under(more(256), ceiling, wishes)


def test_a_repair_stays_below_the_ceiling() -> None:
    ceiling = read_preferences(["never more than 512 MB"]).most_memory_mb
    assert is_under(more(512), ceiling, Wishes())
    assert not is_under(more(513), ceiling, Wishes())
