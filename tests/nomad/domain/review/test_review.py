"""What a review finds in a job, by the answers of the services around it."""

import pytest

from muster.nomad.domain.estate.images import ImageDenied, ImageMissing, ImageThere, ImageUnknown
from muster.nomad.domain.estate.secrets import SecretDenied, SecretFound, SecretLookup, SecretMissing
from muster.nomad.domain.existing.projection import KEPT_SECRET
from muster.nomad.domain.findings import Finding
from muster.nomad.domain.review.findings import (
    consul_findings,
    image_findings,
    images_of,
    vault_findings,
    volume_findings,
)
from muster.nomad.domain.review.kinds import is_confirmable, key_of
from muster.nomad.domain.review.plain_secrets import plain_secret_findings
from muster.nomad.domain.review.reads import KeyRead, SecretRead, key_reads, secret_reads
from muster.nomad.domain.review.table import findings_table
from muster.nomad.domain.spec import JobSpec, VolumeRequest
from muster.nomad.domain.task import SecretBlock, TaskSpec, Template
from nomad.fakes import FACTS, spec

WHERE = "group.web.task.web"
PATH = "secret/data/shop"
READ = SecretRead(where=WHERE, path=PATH, keys=("db_password",))
VERSION_2 = SecretFound(path=PATH, mount="secret", version=2, keys=("db_password",))
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKCAQEA1234567890abcdefghijklmnop\n-----END RSA PRIVATE KEY-----"


def job(**task: object) -> JobSpec:
    (group,) = spec().groups
    changed = TaskSpec.model_validate({**group.tasks[0].model_dump(), **task})
    return spec().with_task("web", changed)


def template(data: str) -> JobSpec:
    return job(templates=(Template(data=data, destination="local/x.env", env=True),))


def test_a_template_tells_its_paths_and_the_keys_that_it_takes() -> None:
    text = '{{ with secret "secret/data/shop" }}A={{ .Data.data.db_password | toJSON }}\nB={{ index .Data.data "api-key" }}{{ end }}'
    assert secret_reads(template(text)) == (SecretRead(where=WHERE, path=PATH, keys=("db_password", "api-key")),)


def test_a_key_belongs_to_the_block_that_it_stands_in() -> None:
    inner = '{{ with secret "kv/b" }}{{ if .Data.on }}{{ .Data.key_b }}{{ end }}{{ end }}'
    text = f'{{{{ with secret "kv/a" }}}}{inner}{{{{ .Data.key_a }}}}{{{{ end }}}}'
    assert {one.path: one.flat for one in secret_reads(template(text))} == {"kv/a": ("key_a",), "kv/b": ("on", "key_b")}


def test_a_secret_block_tells_the_keys_that_variables_name() -> None:
    block = SecretBlock(name="db", provider="vault", path="secret/shop")
    found = secret_reads(job(secrets=(block,), env={"PASSWORD": "${secret.db.db_password}"}))
    assert found == (SecretRead(where=WHERE, path="secret/shop", keys=("db_password",), in_template=False),)


def test_a_block_of_nomads_own_variables_is_not_vaults() -> None:
    assert secret_reads(job(secrets=(SecretBlock(name="db", provider="nomad", path="nomad/jobs/shop"),))) == ()


def test_a_path_that_a_template_puts_together_is_passed_over() -> None:
    assert secret_reads(template('{{ with secret (printf "kv/%s" (env "X")) }}{{ .Data.a }}{{ end }}')) == ()


def test_a_key_of_consul_must_be_there_unless_it_has_a_default() -> None:
    text = 'A={{ key "shop/a" | toJSON }}\nB={{ keyOrDefault "shop/b" "1" }}'
    assert key_reads(template(text)) == (KeyRead(where=WHERE, key="shop/a"),)


def test_a_missing_key_of_a_path_is_an_error_that_names_those_that_are_there() -> None:
    (one,) = vault_findings((READ,), {PATH: SecretFound(path=PATH, mount="secret", version=2, keys=("user",))})
    assert (one.kind, one.severity, one.where) == ("vault_key_absent", "error", WHERE)
    assert "`<no value>`" in one.text
    assert one.advice == "Its keys are user. Take one of them, or: vault kv patch secret/shop db_password=..."


def test_a_path_that_is_not_there_is_an_error_with_vaults_own_advice() -> None:
    (one,) = vault_findings((READ,), {PATH: SecretMissing(path=PATH, reason="absent", advice="Put it.")})
    assert (one.kind, one.severity, one.advice) == ("vault_path_absent", "error", "Put it.")


def against(read: SecretRead, said: SecretLookup) -> Finding:
    (one,) = vault_findings((read,), {read.path: said})
    return one


def test_a_mount_that_is_not_there_is_told_as_such() -> None:
    one = against(READ, SecretMissing(path=PATH, reason="no_mount", advice="Look."))
    assert (one.kind, one.severity) == ("vault_path_absent", "error")
    assert one.text == "Vault has no such mount: nothing can be at secret/data/shop"


def test_a_secret_of_an_engine_that_makes_them_is_not_called_absent() -> None:
    one = against(READ, SecretMissing(path=PATH, reason="other_engine", advice="Look."))
    assert (one.kind, one.severity) == ("vault_unchecked", "warning")


def test_a_template_that_leaves_out_data_is_told_the_path_with_it() -> None:
    one = against(READ.model_copy(update={"path": "secret/shop"}), VERSION_2)
    assert (one.kind, one.severity) == ("vault_path_short", "warning")
    assert 'secret "secret/data/shop"' in one.advice


def test_a_block_may_leave_out_data() -> None:
    read = SecretRead(where=WHERE, path="secret/shop", keys=("db_password",), in_template=False)
    assert [*vault_findings((read,), {read.path: VERSION_2})] == []


def test_a_key_of_version_2_that_is_taken_as_of_version_1_is_an_error() -> None:
    one = against(SecretRead(where=WHERE, path=PATH, flat=("db_password",)), VERSION_2)
    assert (one.kind, one.severity) == ("vault_key_absent", "error")
    assert "`<no value>`" in one.text
    assert ".Data.data.db_password" in one.advice


def test_a_key_of_version_1_that_is_taken_as_of_version_2_is_an_error() -> None:
    read = SecretRead(where=WHERE, path="kv1/shop", keys=("x",))
    one = against(read, SecretFound(path="kv1/shop", mount="kv1", version=1))
    assert (one.kind, one.advice) == ("vault_key_absent", "Write .Data.x in the template.")


def test_all_of_the_data_and_its_metadata_are_no_keys() -> None:
    text = '{{ with secret "secret/data/shop" }}{{ range $k, $v := .Data.data }}{{ $k }}{{ end }}{{ .Data.metadata.version }}{{ end }}'
    assert secret_reads(template(text)) == (SecretRead(where=WHERE, path=PATH),)


def test_what_our_token_may_not_see_is_a_warning() -> None:
    (one,) = vault_findings((READ,), {PATH: SecretDenied(path=PATH, advice="Ask.")})
    assert (one.kind, one.severity) == ("vault_unchecked", "warning")


@pytest.mark.parametrize("keys", [("db_password",), None])
def test_keys_that_are_there_or_not_told_are_no_finding(keys: tuple[str, ...] | None) -> None:
    assert [*vault_findings((READ,), {PATH: SecretFound(path=PATH, mount="secret", version=2, keys=keys)})] == []


def test_a_key_that_consul_lacks_is_an_error() -> None:
    reads = (KeyRead(where=WHERE, key="shop/a"), KeyRead(where=WHERE, key="shop/b"))
    (one,) = consul_findings(reads, ["shop/b"])
    assert (one.kind, one.text, one.advice) == (
        "consul_key_absent",
        "Consul has no key shop/a",
        "consul kv put shop/a VALUE",
    )


def test_a_volume_that_no_node_offers_is_a_warning() -> None:
    volume = VolumeRequest(name="data", source="shop-data")
    wanting = spec().with_group(spec().groups[0].model_copy(update={"volumes": (volume,)}))
    (one,) = volume_findings(wanting, FACTS)
    assert (one.kind, one.where) == ("volume_absent", "group.web.volume.data")
    assert [*volume_findings(wanting, FACTS.model_copy(update={"host_volumes": ("shop-data",)}))] == []
    assert [*volume_findings(wanting, FACTS.model_copy(update={"ready_nodes": 0}))] == []


def test_each_answer_of_a_registry_has_its_severity() -> None:
    said = {
        "a": ImageMissing(image="a", advice="Push it."),
        "b": ImageDenied(image="b", advice="Log in."),
        "c": ImageUnknown(image="c", reason="away"),
        "d": ImageThere(image="d"),
    }
    found = image_findings(dict.fromkeys(said, WHERE), said)
    assert [(one.kind, one.severity) for one in found] == [
        ("image_absent", "error"),
        ("image_denied", "warning"),
        ("image_unknown", "warning"),
    ]


def test_images_are_asked_for_once() -> None:
    assert images_of(spec()) == {"shop:1": WHERE}


@pytest.mark.parametrize(
    ("task", "where"),
    [
        ({"env": {"DB_PASSWORD": "hunter2hunter2"}}, f"{WHERE}.env.DB_PASSWORD"),
        ({"env": {"KEY": "AKIAIOSFODNN7EXAMPLE"}}, f"{WHERE}.env.KEY"),
        ({"env": {"SESSION": JWT}}, f"{WHERE}.env.SESSION"),
        ({"env": {"PAYMENTS": f"sq0csp-{'ABCDEFGHIJ_1234567890' * 2}x"}}, f"{WHERE}.env.PAYMENTS"),
        ({"env": {"PHONE": "SK0123456789abcdef0123456789abcdef"}}, f"{WHERE}.env.PHONE"),
        ({"env": {"DB": "postgres://shop:s3cr3tpassw0rd@db/shop"}}, f"{WHERE}.env.DB"),
        ({"env": {"OLD": KEPT_SECRET}}, f"{WHERE}.env.OLD"),
        ({"config": {"image": "a", "args": ("--token", "s3cr3tt0kenvalue99")}}, f"{WHERE}.config.args"),
        (
            {"config": {"image": "a", "labels": {"auth": "shop:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/"}}},
            f"{WHERE}.config.labels.auth",
        ),
        ({"templates": (Template(data=PEM, destination="local/key"),)}, f"{WHERE}.template.local/key"),
        ({"templates": (Template(data="API_TOKEN=abc123def456ghi", destination="a"),)}, f"{WHERE}.template.a"),
    ],
)
def test_a_secret_in_plain_text_is_an_error_that_names_its_place_and_not_its_value(
    task: dict[str, object], where: str
) -> None:
    (one,) = plain_secret_findings(job(**task), from_running=False)
    assert (one.kind, one.severity, one.where) == ("secret_plain", "error", where)
    assert one.text == f"a secret in plain text in {where}"


@pytest.mark.parametrize(
    "env",
    [
        {"PORT": "8080"},
        {"DB_PASSWORD": "${secret.db.password}"},
        {"PASSWORD_FILE": "/secrets/password"},
        {"TOKEN_TTL": "3600"},
        {"IMAGE": f"shop@sha256:{'0123456789abcdef' * 4}"},
        {"BUILD": "0123456789abcdef0123456789abcdef01234567"},
        {},
    ],
)
def test_what_only_names_a_secret_is_none(env: dict[str, str]) -> None:
    assert [*plain_secret_findings(job(env=env), from_running=False)] == []


def test_a_secret_that_the_running_job_has_is_a_warning() -> None:
    (one,) = plain_secret_findings(job(env={"OLD": KEPT_SECRET}), from_running=True)
    assert (one.kind, one.severity) == ("secret_kept", "warning")


def test_only_errors_of_the_review_are_asked_about() -> None:
    (error,) = consul_findings((KeyRead(where=WHERE, key="a"),), ())
    assert is_confirmable(error)
    assert not is_confirmable(error.model_copy(update={"severity": "warning"}))
    assert not is_confirmable(error.model_copy(update={"kind": "route_exact"}))
    assert key_of(error) == f"consul_key_absent {WHERE} Consul has no key a"


def test_the_table_has_the_errors_first_and_says_where_and_what_to_do() -> None:
    (error,) = consul_findings((KeyRead(where=WHERE, key="a"),), ())
    (warning,) = image_findings({"b": WHERE}, {"b": ImageDenied(image="b", advice="Log in.")})
    assert findings_table([warning, error], 80).splitlines() == [
        "error    Consul has no key a",
        f"         in {WHERE}",
        "         consul kv put a VALUE",
        "warning  the registry does not show us b",
        f"         in {WHERE}",
        "         Log in.",
    ]
