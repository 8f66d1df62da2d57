"""The Vault adapter against recorded answers of a real Vault 1.4.3, and side by side with the fake."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.http_double import hang, http_double, saying, self_signed
from muster.core.clock import SystemClock
from muster.core.errors import (
    AccessDeniedError,
    ServiceFailureError,
    ServiceTimeoutError,
    SettingsError,
    TlsError,
    UnreachableError,
)
from muster.core.testing.clock import FakeClock
from muster.nomad.domain.estate.secrets import SecretDenied, SecretFound, SecretMissing, SecretMount
from muster.nomad.ports import Secrets
from muster.nomad.tools.vault_secrets import VaultSecrets, open_vault
from nomad.estate_fakes import ListedSecrets
from nomad.tools.replaying_server import Replay, recorded, replaying
from shared_data import needs_shared

pytestmark = needs_shared
TOKEN = SecretStr("s.W7xSRufqdZXoIwfGDaBFvpnw")
SUBKEYS = {"status": 200, "body": {"data": {"subkeys": {"password": None, "user": {"name": None}}, "metadata": {}}}}
"""As Vault documents it; the recorded one is older than the endpoint."""
MOUNTED = "GET /v1/sys/internal/ui/mounts/secret"
DENIED = {"status": 403, "body": {"errors": ["preflight capability check returned 403"]}}
VERSION_1 = {"status": 200, "body": {"data": {"path": "kv/", "type": "kv", "options": None}}}


def answers() -> dict[str, dict | list[dict]]:
    return {
        MOUNTED: recorded("vault_mounts_ui_internal"),
        "GET /v1/sys/mounts": recorded("vault_mounts"),
        "LIST /v1/secret/metadata/": recorded("vault_kv2_metadata_list"),
        "LIST /v1/secret/metadata/app": recorded("vault_kv2_metadata_list_sub"),
        "LIST /v1/secret/metadata/none": recorded("vault_kv2_metadata_list_empty"),
        "GET /v1/secret/metadata/web": recorded("vault_kv2_metadata_get"),
        "GET /v1/secret/metadata/nope": recorded("vault_kv2_metadata_404"),
        "GET /v1/secret/metadata/app/db": recorded("vault_kv2_metadata_after_delete"),
        "GET /v1/secret/subkeys/web": SUBKEYS,
        "GET /v1/auth/token/lookup-self": recorded("vault_lookup_self"),
    } | {f"{MOUNTED}/{path}": recorded("vault_mounts_ui_internal") for path in ("web", "nope", "app", "app/db", "none")}


@contextmanager
def vault(changes: dict[str, dict | list[dict]] | None = None, **options) -> Iterator[tuple[VaultSecrets, Replay]]:
    with (
        replaying(answers() | (changes or {})) as replay,
        open_vault(replay.address, SystemClock(), **{"token": TOKEN, **options}) as secrets,
    ):
        yield secrets, replay
        read = [asked for asked, _ in replay.asked if asked.split()[0] != "LIST" and "/data/" in asked]
        assert [one for one in read if "/sys/internal/ui/mounts/" not in one] == [], "a value was asked for"
        assert {asked.split()[0] for asked, _ in replay.asked} <= {"GET", "LIST"}, "Vault is only read"


@pytest.fixture(params=["fake", "real"])
def secrets(request: pytest.FixtureRequest) -> Iterator[Secrets]:
    if request.param == "fake":
        yield ListedSecrets({"secret/data/web": ["password", "user"], "secret/data/app/db": ["password"]})
        return
    with vault() as (real, _):
        yield real


def test_the_mounts_are_the_kv_engines(secrets):
    assert secrets.mounts() == (SecretMount(path="secret", version=2),)


@pytest.mark.parametrize("path", ["secret", "secret/", "secret/data"])
def test_a_list_names_secrets_and_folders(secrets, path):
    assert sorted(secrets.list(path)) == ["app/", "web"]


def test_a_list_below_a_folder_names_what_is_there(secrets):
    assert secrets.list("secret/app") == ("db",)


def test_a_list_of_nothing_is_empty(secrets):
    assert secrets.list("secret/none") == ()


@pytest.mark.parametrize("path", ["secret/web", "secret/data/web"])
def test_a_secret_is_found_with_the_names_of_its_keys(secrets, path):
    found = secrets.look_up(path)
    assert found == SecretFound(path="secret/data/web", mount="secret", version=2, keys=("password", "user"))


def test_a_secret_that_is_not_there_is_absent_and_told_how_to_write(secrets):
    missing = secrets.look_up("secret/nope")
    assert isinstance(missing, SecretMissing)
    assert (missing.path, missing.reason) == ("secret/data/nope", "absent")
    assert "vault kv put secret/nope" in missing.advice


def test_the_names_of_keys_are_not_known_where_vault_is_older_than_the_endpoint():
    with vault({"GET /v1/secret/subkeys/web": recorded("vault_kv2_get_without_data_prefix")}) as (secrets, _):
        assert secrets.look_up("secret/web") == SecretFound(path="secret/data/web", mount="secret", version=2)


def test_a_soft_deleted_secret_can_be_brought_back():
    with vault() as (secrets, _):
        missing = secrets.look_up("secret/app/db")
    assert isinstance(missing, SecretMissing)
    assert missing.reason == "deleted"
    assert missing.advice == "vault kv undelete -versions=1 secret/app/db"


def test_a_secret_that_will_be_deleted_later_is_there_today():
    with (
        replaying(answers() | {"GET /v1/secret/subkeys/app/db": SUBKEYS}) as replay,
        open_vault(replay.address, FakeClock(), token=TOKEN) as secrets,  # in January, the recording is of November
    ):
        assert isinstance(secrets.look_up("secret/app/db"), SecretFound)


def test_a_destroyed_secret_has_to_be_written_anew():
    body = {"data": {"current_version": 1, "versions": {"1": {"deletion_time": "", "destroyed": True}}}}
    with vault({"GET /v1/secret/metadata/app/db": {"status": 200, "body": body}}) as (secrets, _):
        missing = secrets.look_up("secret/app/db")
    assert isinstance(missing, SecretMissing)
    assert missing.reason == "destroyed"


def test_a_denied_path_names_the_policy_that_would_do():
    changes = {
        "GET /v1/secret/metadata/web": recorded("vault_restricted_data_403"),
        "GET /v1/secret/subkeys/web": recorded("vault_restricted_data_403"),
    }
    with vault(changes) as (secrets, _):
        denied = secrets.look_up("secret/web")
    assert isinstance(denied, SecretDenied)
    assert 'path "secret/metadata/web" { capabilities = ["read"] }' in denied.advice


def test_a_token_that_may_read_subkeys_alone_finds_the_secret():
    with vault({"GET /v1/secret/metadata/web": recorded("vault_restricted_data_403")}) as (secrets, _):
        assert isinstance(secrets.look_up("secret/web"), SecretFound)


def test_a_token_that_vault_does_not_know_is_an_error_and_no_denial():
    bad = {
        request: recorded("vault_bad_token") for request in answers() if not request.startswith("GET /v1/sys/health")
    }
    with vault(bad) as (secrets, _), pytest.raises(AccessDeniedError, match="VAULT_TOKEN") as told:
        secrets.look_up("secret/web")
    assert TOKEN.get_secret_value() not in str(told.value)


def test_no_token_is_an_error_that_names_the_setting():
    without = dict.fromkeys(answers(), recorded("vault_no_token"))
    with vault(without, token=None) as (secrets, replay), pytest.raises(AccessDeniedError, match="VAULT_TOKEN"):
        secrets.look_up("secret/web")
    assert all("x-vault-token" not in one for one in replay.headers)


def test_a_sealed_vault_is_an_error_that_says_how_to_unseal():
    sealed = dict.fromkeys(answers(), recorded("vault_sealed_read"))
    with vault(sealed) as (secrets, _), pytest.raises(ServiceFailureError, match="operator unseal"):
        secrets.list("secret")


def test_a_path_below_no_engine_says_so():
    changes = {"GET /v1/sys/internal/ui/mounts/zip/web": DENIED}
    with vault(changes) as (secrets, _):
        missing = secrets.look_up("zip/web")
    assert isinstance(missing, SecretMissing)
    assert missing.reason == "no_mount"


def test_a_path_below_no_engine_is_known_without_a_right_to_see_mounts():
    gone = recorded("vault_no_mount_404")
    changes = {"GET /v1/sys/mounts": DENIED, "LIST /v1/zip/metadata/": gone, "LIST /v1/zip/": gone}
    with vault(changes) as (secrets, _):
        missing = secrets.look_up("zip/web")
    assert isinstance(missing, SecretMissing)
    assert missing.reason == "no_mount"


def test_another_engine_than_kv_is_named():
    pki = {"status": 200, "body": {"data": {"path": "pki/", "type": "pki", "options": None}}}
    with vault({"GET /v1/sys/internal/ui/mounts/pki/web": pki}) as (secrets, _):
        missing = secrets.look_up("pki/web")
    assert isinstance(missing, SecretMissing)
    assert missing.reason == "other_engine"
    assert "pki" in missing.advice


def test_the_mount_is_found_by_the_list_of_mounts_where_its_own_page_is_denied():
    with vault({f"{MOUNTED}/web": DENIED}) as (secrets, _):
        assert isinstance(secrets.look_up("secret/web"), SecretFound)


def test_a_mount_that_may_not_be_seen_is_of_version_2_by_convention():
    changes = {f"{MOUNTED}/web": DENIED, "GET /v1/sys/mounts": DENIED}
    changes |= {"LIST /v1/secret/metadata/": DENIED, "LIST /v1/secret/": DENIED}
    with vault(changes) as (secrets, _):
        assert isinstance(secrets.look_up("secret/web"), SecretFound)


def test_a_token_that_may_not_look_itself_up_still_sees_mounts():
    with vault({"GET /v1/auth/token/lookup-self": DENIED}) as (secrets, _):
        assert secrets.mounts()


def test_nobody_sees_no_mounts_and_is_told_why():
    nothing = {"status": 200, "body": {"data": {"secret": {}}}}
    changes = {"GET /v1/sys/internal/ui/mounts": nothing, "GET /v1/auth/token/lookup-self": DENIED}
    with vault(changes) as (secrets, _), pytest.raises(AccessDeniedError, match="VAULT_TOKEN"):
        secrets.mounts()


def test_a_mount_is_asked_for_once():
    with vault() as (secrets, replay):
        secrets.look_up("secret/web")
        secrets.look_up("secret/nope")
    assert sum("mounts" in asked for asked, _ in replay.asked) == 1


def test_version_1_tells_that_a_secret_is_there_and_not_its_keys():
    listed = {"status": 200, "body": {"data": {"keys": ["web"]}}}
    changes = {"GET /v1/sys/internal/ui/mounts/kv/shop/web": VERSION_1, "LIST /v1/kv/shop": listed}
    with vault(changes) as (secrets, _):
        assert secrets.look_up("kv/shop/web") == SecretFound(path="kv/shop/web", mount="kv", version=1)
        assert isinstance(secrets.look_up("kv/shop/db"), SecretMissing)


def test_a_path_of_version_2_that_is_taken_for_version_1_is_told_of_data():
    changes = {
        "GET /v1/sys/internal/ui/mounts/kv/web": VERSION_1,
        "LIST /v1/kv/": recorded("vault_kv2_get_without_data_prefix"),
    }
    with vault(changes) as (secrets, _):
        missing = secrets.look_up("kv/web")
    assert isinstance(missing, SecretMissing)
    assert missing.reason == "no_data_prefix"
    assert "kv/data/web" in missing.advice


@pytest.mark.parametrize("path", ["secret/metadata/../data/web", "secret/./web", "", "secret//web"])
def test_a_path_that_the_way_would_change_is_never_asked_for(path):
    with vault() as (secrets, replay):
        assert isinstance(secrets.look_up(path), SecretMissing)
        assert secrets.list(path) == ()
    assert replay.asked == []


def test_the_namespace_goes_with_every_call():
    with vault(namespace="team-a") as (secrets, replay):
        secrets.mounts()
        secrets.look_up("secret/web")
    assert {one["x-vault-namespace"] for one in replay.headers} == {"team-a"}


def test_nobody_there_is_an_error_that_names_the_setting():
    with (
        open_vault("http://127.0.0.1:9", SystemClock(), token=TOKEN) as secrets,
        pytest.raises(UnreachableError, match="VAULT_ADDR"),
    ):
        secrets.mounts()


def test_an_answer_that_does_not_come_is_a_time_out():
    with (
        http_double(hang) as (address, _),
        open_vault(address, SystemClock(), token=TOKEN, timeout_s=0.2) as secrets,
        pytest.raises(ServiceTimeoutError, match="VAULT_ADDR"),
    ):
        secrets.mounts()


def test_a_standby_that_sends_elsewhere_is_not_followed():
    with (
        http_double(saying("307 Temporary Redirect", "")) as (address, requests),
        open_vault(address, SystemClock(), token=TOKEN) as secrets,
        pytest.raises(ServiceFailureError, match="active node"),
    ):
        secrets.mounts()
    assert len(requests) == 1


def test_a_page_that_is_no_vault_is_an_error():
    with (
        http_double(saying("200 OK", "<html>")) as (address, _),
        open_vault(address, SystemClock(), token=TOKEN) as secrets,
        pytest.raises(ServiceFailureError, match="no JSON"),
    ):
        secrets.mounts()


def test_a_certificate_of_nobody_is_an_error_and_with_its_ca_file_it_is_well(tmp_path: Path):
    context, ca_file = self_signed(tmp_path)
    answer = saying("403 Forbidden", '{"errors": ["permission denied"]}', "application/json")
    with http_double(answer, tls=context) as (address, _):
        with open_vault(address, SystemClock(), token=TOKEN) as secrets, pytest.raises(TlsError, match="VAULT_ADDR"):
            secrets.mounts()
        with (
            open_vault(address, SystemClock(), token=TOKEN, ca_file=ca_file) as secrets,
            pytest.raises(AccessDeniedError),
        ):
            secrets.mounts()


def test_a_ca_file_that_is_not_there_is_an_error_of_the_settings(tmp_path: Path):
    with (
        pytest.raises(SettingsError, match="CA file"),
        open_vault("https://127.0.0.1:9", SystemClock(), ca_file=tmp_path / "none.pem"),
    ):
        pass
