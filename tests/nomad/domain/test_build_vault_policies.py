from muster.nomad.domain.build.vault_policies import policy_notes
from muster.nomad.domain.facts import EnvFact, ImageFact
from nomad.domain.repositories import built, cluster, say


def reading(version, *services):
    evidence = [say(f"compose:{name}", ImageFact(image="x"), EnvFact(name="KEY", secret=True)) for name in services]
    answers = {"env": {f"{name}.KEY": f"vault:secret/{name}#key" for name in services}}
    return built(tuple(one for facts in evidence for one in facts), "", answers, target=cluster(version, vault=True))


def test_the_policy_that_the_job_needs_is_told_with_its_text():
    (note,) = policy_notes(reading("1.9.4", "web"))
    assert note.startswith("the policy shop must exist in Vault and allow reading")
    assert 'path "secret/data/web" { capabilities = ["read"] }' in note
    assert "vault policy write shop FILE" in note


def test_a_policy_of_several_tasks_is_told_once_with_all_paths():
    (note,) = policy_notes(reading("1.9.4", "api", "web"))
    assert '"secret/data/api"' in note
    assert '"secret/data/web"' in note


def test_a_cluster_that_reads_by_identity_needs_no_policy():
    assert policy_notes(reading("1.10.0", "web")) == ()


def test_a_policy_that_the_job_file_names_itself_is_not_told():
    spec = reading("1.9.4", "web")
    assert policy_notes(spec, before=spec) == ()
