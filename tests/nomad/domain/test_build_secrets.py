import pytest

from muster.nomad.domain.build.notes import build_notes
from muster.nomad.domain.build.secret_forms import SecretForm
from muster.nomad.domain.build.secrets import PlaceReads, read_places, vault_block
from muster.nomad.domain.build.site import SpecDefaults
from muster.nomad.domain.estate.secrets import SecretMount
from muster.nomad.domain.facts import EnvFact, ImageFact
from muster.nomad.domain.hcl.checks import check_job
from muster.nomad.domain.hcl.read import read_spec
from muster.nomad.domain.hcl.render import render_hcl
from muster.nomad.domain.profile import EnvEntry
from muster.nomad.domain.task import SecretBlock, Template, Vault
from muster.nomad.domain.values import VarRef
from nomad.domain.repositories import built, cluster, decided, say

KEY = EnvFact(name="API_KEY", secret=True, required=True)


def spec(*facts, answers=None, target=None, defaults=None):
    table = {f"web.{name}": place for name, place in (answers or {}).items()}
    return built(say("compose:web", ImageFact(image="x"), *facts), "", {"env": table}, target=target, defaults=defaults)


def task(*facts, **how):
    return spec(*facts, **how).groups[0].tasks[0]


def test_a_nomad_variable_is_read_by_a_template():
    (template,) = task(KEY, answers={"API_KEY": "nomad-var:nomad/jobs/web#key"}).templates
    assert template == Template(
        data='{{ with nomadVar "nomad/jobs/web" }}\nAPI_KEY={{ .key | toJSON }}\n{{ end }}\n',
        destination="${NOMAD_SECRETS_DIR}/secrets.env",
        env=True,
        change_mode="restart",
    )


@pytest.mark.parametrize(
    ("place", "path", "value"),
    [
        ("vault:secret/web#key", "secret/data/web", ".Data.data.key"),
        ("vault:secret/data/web#key", "secret/data/web", ".Data.data.key"),
        ("vault:kv/a/b#api-key", "kv/data/a/b", 'index .Data.data "api-key"'),
        ("nomad-var:web#api-key", "web", 'index . "api-key"'),
    ],
)
def test_the_path_and_the_key_are_those_that_the_store_wants(place, path, value):
    data = task(KEY, answers={"API_KEY": place}).templates[0].data
    assert f'"{path}"' in data
    assert f"API_KEY={{{{ {value} | toJSON }}}}" in data


def defaults(form="auto", *mounts):
    return SpecDefaults(secret_format=form, mounts=mounts)


def test_a_mount_of_version_1_has_no_data_between():
    how = defaults("template", SecretMount(path="kv", version=1))
    data = task(KEY, answers={"API_KEY": "vault:kv/web#key"}, defaults=how).templates[0].data
    assert data == '{{ with secret "kv/web" }}\nAPI_KEY={{ .Data.key | toJSON }}\n{{ end }}\n'


def test_the_longest_mount_is_the_one_that_a_path_lies_in():
    how = defaults("template", SecretMount(path="team", version=1), SecretMount(path="team/kv", version=2))
    data = task(KEY, answers={"API_KEY": "vault:team/kv/web#key"}, defaults=how).templates[0].data
    assert '"team/kv/data/web"' in data


def test_from_1_11_on_a_block_reads_a_path_and_the_environment_names_it():
    facts = (KEY, EnvFact(name="SALT", secret=True))
    places = {"API_KEY": "vault:secret/data/app/db#api-key", "SALT": "vault:secret/app/db#salt"}
    found = task(*facts, answers=places, target=cluster("1.11.0", vault=True))
    (block,) = found.secrets
    assert block == SecretBlock(name="db", provider="vault", path="secret/app/db", config={"engine": "kv_v2"})
    assert found.env == {"API_KEY": "${secret.db.api-key}", "SALT": "${secret.db.salt}"}
    assert found.templates == ()
    assert found.vault == Vault()


def test_a_block_of_version_1_says_its_engine():
    how = defaults("native", SecretMount(path="kv", version=1))
    (block,) = task(KEY, answers={"API_KEY": "vault:kv/web#key"}, defaults=how).secrets
    assert (block.path, block.config) == ("kv/web", {"engine": "kv"})


def test_two_paths_with_the_same_end_have_blocks_of_their_own():
    facts = (KEY, EnvFact(name="SALT", secret=True))
    places = {"API_KEY": "vault:secret/a/db#k", "SALT": "vault:secret/b/db#k"}
    found = task(*facts, answers=places, defaults=defaults("native"))
    assert [one.name for one in found.secrets] == ["db", "b_db"]
    assert found.env == {"API_KEY": "${secret.db.k}", "SALT": "${secret.b_db.k}"}


def test_a_block_reads_a_nomad_variable():
    found = task(KEY, answers={"API_KEY": "nomad-var:nomad/jobs/web#key"}, defaults=defaults("native"))
    assert found.secrets == (SecretBlock(name="web", provider="nomad", path="nomad/jobs/web"),)
    assert found.vault is None


def test_a_cluster_below_1_11_gets_templates_though_blocks_are_asked_for():
    found = task(
        KEY, answers={"API_KEY": "vault:secret/web#key"}, target=cluster("1.10.4"), defaults=defaults("native")
    )
    assert found.secrets == ()
    assert len(found.templates) == 1


def test_templates_that_are_asked_for_are_written_for_every_version():
    how = defaults("template")
    found = task(KEY, answers={"API_KEY": "vault:secret/web#key"}, target=cluster("1.11.0"), defaults=how)
    assert found.secrets == ()
    assert len(found.templates) == 1


def test_nomad_variables_take_the_place_of_vault():
    found = task(KEY, answers={"API_KEY": "vault:secret/web#key"}, defaults=defaults("nomad-variables"))
    (template,) = found.templates
    assert template.data == (
        '{{ with nomadVar "nomad/jobs/shop/web/web" }}\nAPI_KEY={{ .API_KEY | toJSON }}\n{{ end }}\n'
    )
    assert found.vault is None


def test_a_key_of_consul_is_read_by_a_template_that_restarts_the_task():
    entries = [EnvEntry(name="LEVEL", place="consul:web/level"), EnvEntry(name="MODE", place="consul:web/mode")]
    (template,) = read_places(entries, SecretForm(native=True), "").templates
    assert template == Template(
        data='LEVEL={{ key "web/level" | toJSON }}\nMODE={{ key "web/mode" | toJSON }}\n',
        destination="local/config.env",
        env=True,
        change_mode="restart",
    )


def test_a_job_that_ends_is_not_started_again_by_a_changed_secret():
    entries = [EnvEntry(name="KEY", place="vault:secret/web#key"), EnvEntry(name="MODE", place="consul:web/mode")]
    templates = read_places(entries, SecretForm(ends=True), "").templates
    assert [one.change_mode for one in templates] == ["noop", "noop"]


@pytest.mark.parametrize("form", ["auto", "native", "template", "nomad-variables"])
@pytest.mark.parametrize("version", ["1.3.1", "1.9.9", "1.11.2", "nonsense"])
def test_every_form_reads_back_and_passes_the_checker_without_env_in_vault(form, version):
    facts = (KEY, EnvFact(name="SALT", secret=True), EnvFact(name="PASSWORD", secret=True))
    places = {"API_KEY": "vault:kv/x#api-key", "SALT": "vault:kv/data/x#s", "PASSWORD": "nomad-var:y#p"}
    found = spec(*facts, answers=places, target=cluster(version, vault=True, consul=True), defaults=defaults(form))
    text = render_hcl(found)
    told = [str(one) for one in check_job(text, filename="job.hcl") if "secret" in str(one) or "vault" in str(one)]
    assert [one for one in told if not one.endswith("[vault-policies]")] == []
    assert read_spec(text).groups == found.groups
    vault = found.groups[0].tasks[0].vault
    assert vault is None or vault.env is None


def test_one_template_reads_all_keys_of_a_path():
    facts = (KEY, EnvFact(name="SALT", secret=True), EnvFact(name="PASSWORD", secret=True))
    places = {"API_KEY": "vault:a/x#k", "SALT": "vault:a/x#s", "PASSWORD": "nomad-var:y#p"}
    templates = task(*facts, answers=places).templates
    assert [one.data.count("toJSON") for one in templates] == [2, 1]
    assert len({one.destination for one in templates}) == 2


def test_a_secret_without_place_is_a_variable_without_default():
    found = spec(KEY)
    assert found.groups[0].tasks[0].env == {"API_KEY": VarRef(var="web_api_key")}
    (variable,) = found.missing_variables()
    assert (variable.name, variable.default) == ("web_api_key", None)
    assert "better answer its place" in variable.missing


def test_a_secret_that_the_code_can_do_without_is_left_out():
    evidence = say("folder:.", EnvFact(name="TOKEN", secret=True), ImageFact(image="x"))
    assert built((*say("dockerfile:Dockerfile", ImageFact(image="x")), *evidence)).variables == ()


def test_a_required_value_that_nobody_gives_is_a_variable():
    (variable,) = spec(EnvFact(name="DSN", required=True)).variables
    assert (variable.name, variable.description) == ("web_dsn", "DSN of web")
    assert "compose.yaml:2 names it" in variable.missing


@pytest.mark.parametrize(
    ("target", "vault"),
    [
        (None, Vault()),
        (cluster("1.10.0"), Vault()),
        (cluster("1.9.4"), Vault(policies=("shop",))),
        (cluster("1.1.2"), Vault(policies=("shop",))),
    ],
)
def test_vault_is_reached_by_policy_before_1_10_and_by_identity_since(target, vault):
    assert task(KEY, answers={"API_KEY": "vault:secret/web#key"}, target=target).vault == vault


def test_policies_of_a_source_are_not_written_for_a_version_that_ignores_them():
    reads = PlaceReads(vault=True)
    assert vault_block(reads, ("web",), "shop", "1.10.0") == Vault()
    assert vault_block(reads, ("web",), "shop", "1.9.0") == Vault(policies=("web",))
    assert vault_block(reads, ("web",), "shop", None) == Vault(policies=("web",))


def test_without_a_secret_in_vault_there_is_no_vault_block():
    assert task(KEY, answers={"API_KEY": "nomad-var:web#key"}).vault is None


def notes(form, place, target=None):
    evidence = say("compose:web", ImageFact(image="x"), KEY)
    return build_notes(decided(evidence, "", {"env": {"web.API_KEY": place}}), target, defaults(form))


@pytest.mark.parametrize(
    ("form", "version", "said"),
    [
        ("auto", "1.11.0", "are read once, before it starts"),
        ("native", "1.8.3", "Nomad 1.8.3 has no `secret` block"),
        ("nomad-variables", "1.8.3", "nomad var put nomad/jobs/shop/web/web API_KEY=..."),
    ],
)
def test_what_a_form_brings_with_it_is_told(form, version, said):
    assert any(said in note for note in notes(form, "vault:secret/web#key", cluster(version, vault=True)))


def test_without_a_secret_nothing_is_told_of_forms():
    evidence = say("compose:web", ImageFact(image="x"))
    assert build_notes(decided(evidence, "", {}), cluster("1.8.3"), defaults("native")) == ()
