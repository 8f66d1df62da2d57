import logging
import threading
from contextlib import nullcontext
from datetime import timedelta

import pytest
from pydantic import SecretStr

from muster.core.redaction import redact
from muster.core.testing.clock import FakeClock
from muster.core.web.api_keys import new_key
from muster.threads.celery_worker.ports import PlatformRefusedError
from muster.threads.celery_worker.publishing.accounts import RENEW_BEFORE, Accounts, is_real
from muster.threads.celery_worker.publishing.graph_client import GraphClient
from muster.threads.celery_worker.publishing.threads_publisher import ThreadsPublisher
from muster.threads.db.accounts import account_of, put_account
from muster.threads.db.engine import Database
from muster.threads.fake_threads.app import build_on
from threads.fake_platform import FakePlatform, served

ME = "ai-jesus"
DAY = timedelta(days=1)
PLAIN, KEY = new_key("worker", ["tasks:write"])


def token_in(database: Database) -> str:
    with database.read() as session:
        row = account_of(session, ME)
    assert row is not None
    return row.access_token


def test_on_a_fake_everybody_signs_up_once(accounts: Accounts, fake: FakePlatform, sqlite: Database) -> None:
    first = accounts.of(ME)
    assert accounts.of(ME) == first
    assert first.token.get_secret_value() == token_in(sqlite)
    assert fake.counters()["calls"]["token"] == 3  # code, short, long


def test_another_worker_uses_the_same_token(
    accounts: Accounts, sqlite: Database, graph: GraphClient, clock: FakeClock
) -> None:
    assert Accounts(sqlite, graph, clock).of(ME) == accounts.of(ME)


def test_a_token_that_ends_soon_is_renewed(accounts: Accounts, clock: FakeClock, sqlite: Database) -> None:
    old = accounts.of(ME)
    clock.advance((60 * DAY - RENEW_BEFORE).total_seconds() + 1)
    fresh = accounts.of(ME)
    assert fresh.user_id == old.user_id
    assert fresh.token != old.token
    assert token_in(sqlite) == fresh.token.get_secret_value()


def test_of_several_workers_one_renews(
    database: Database, graph: GraphClient, fake: FakePlatform, clock: FakeClock
) -> None:
    Accounts(database, graph, clock).of(ME)
    clock.advance((60 * DAY - RENEW_BEFORE).total_seconds() + 1)
    workers = [Accounts(database, graph, clock) for _ in range(4)]
    found: list[SecretStr] = []
    threads = [threading.Thread(target=lambda one=one: found.append(one.of(ME).token)) for one in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 4
    assert len(set(found)) == 1
    assert fake.counters()["calls"]["refresh"] == 1


def test_a_token_that_can_not_be_renewed_yet_is_used_on(
    accounts: Accounts, fake: FakePlatform, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    old = accounts.of(ME)
    clock.advance((60 * DAY - RENEW_BEFORE).total_seconds() + 1)
    fake.fail("error_500", endpoint="refresh")
    assert accounts.of(ME) == old
    assert "could not be renewed yet" in caplog.text


def test_a_token_that_was_taken_back_is_replaced_on_a_fake(publisher: ThreadsPublisher, fake: FakePlatform) -> None:
    container = publisher.create(ME, "Still here.")
    fake.control("POST", "tokens/expire")
    with pytest.raises(PlatformRefusedError) as caught:
        publisher.publish(ME, container)
    assert caught.value.kind == "token"
    assert publisher.publish(ME, container)


@pytest.mark.parametrize("expired", [False, True])
def test_the_real_platform_needs_an_account_that_is_valid(sqlite: Database, clock: FakeClock, expired: bool) -> None:
    if expired:
        with sqlite.begin() as session:
            put_account(session, ME, user_id="1", access_token="t" * 20, expires_at=clock.now(), now=clock.now() - DAY)
    real = GraphClient("https://graph.threads.net", clock)
    with pytest.raises(PlatformRefusedError) as caught:
        Accounts(sqlite, real, clock).of(ME)
    real.close()
    assert caught.value.kind == "token"
    assert "expired" in caught.value.message if expired else "no account" in caught.value.message


@pytest.mark.parametrize(
    ("host", "real"),
    [("graph.threads.net", True), ("threads.net", True), ("notthreads.net", False), ("threads.net.example", False)],
)
def test_nobody_signs_up_at_threads_itself(host: str, real: bool) -> None:
    assert is_real(host) == real


def test_no_token_is_logged_or_quoted(
    publisher: ThreadsPublisher,
    accounts: Accounts,
    fake: FakePlatform,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    token = accounts.of(ME).token.get_secret_value()
    fake.fail("rate_limited", endpoint="posts")
    with pytest.raises(PlatformRefusedError) as caught:
        publisher.find_published(ME, "x", clock.now())
    publisher.create(ME, "x")
    assert token not in caplog.text + str(caught.value) + repr(accounts.of(ME))
    assert token not in redact(f"somebody says {token}")


@pytest.mark.parametrize(("shown", "is_let_in"), [(PLAIN, True), ("mk_another", False)], ids=["its own", "another"])
def test_on_a_fake_with_keys_one_signs_up_by_a_key(
    sqlite: Database, clock: FakeClock, shown: str, is_let_in: bool
) -> None:
    with served(build_on(None, clock=clock, keys=(KEY,))) as url:
        graph = GraphClient(url, clock)
        accounts = Accounts(sqlite, graph, clock, shown)
        with nullcontext() if is_let_in else pytest.raises(PlatformRefusedError, match="client secret"):
            assert accounts.of(ME).token.get_secret_value() == token_in(sqlite)
        graph.close()
