"""What the spec takes from the survey of the services around the cluster, and what is told with it."""

import pytest

from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.estate.secrets import SecretMount
from muster.nomad.domain.facts import EnvFact, ImageFact
from muster.nomad.nodes.generate import generate_spec
from muster.nomad.state import State
from nomad.domain.repositories import analysed, cluster, say
from nomad.fakes import runtime

WEB = say("compose:web", ImageFact(image="x"), EnvFact(name="KEY", secret=True))


def generated(place: str, *mounts: SecretMount):
    state = State(
        source=".",
        goal="spec",
        analysis=analysed(WEB),
        answers={"env": {"web.KEY": place}},
        cluster=cluster("1.9.4", vault=True),
        estate=EstateFacts(mounts=mounts),
    )
    return generate_spec(state, runtime())


@pytest.mark.parametrize(
    ("place", "mount", "text"),
    [
        ("vault:kv1/shop#x", SecretMount(path="kv1", version=1), '{{ with secret "kv1/shop" }}\nKEY={{ .Data.x |'),
        ("vault:team/kv/db#x", SecretMount(path="team/kv", version=2), '{{ with secret "team/kv/data/db" }}'),
    ],
)
def test_a_secret_is_read_as_the_engine_that_vault_lists_has_it(place, mount, text):
    (template,) = generated(place, mount)["spec"].groups[0].tasks[0].templates
    assert template.data.startswith(text)


def test_the_policy_that_vault_must_have_is_told():
    warned = [event.text for event in generated("vault:secret/shop#key")["events"] if event.kind == "warned"]
    assert any(text.startswith("the policy shop must exist in Vault") for text in warned)
