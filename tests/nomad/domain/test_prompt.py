import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.prompt.parse import Wishes, parse_prompt


def read(prompt):
    wishes = parse_prompt(prompt)
    found = {
        field: getattr(wishes, field) for field in Wishes.model_fields if field not in ("ignored", "unclear", "refused")
    }
    return {field: one.value for field, one in found.items() if one is not None}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("2 replicas", {"count": 2}),
        ("run three instances", {"count": 3}),
        ("scale to 4", {"count": 4}),
        ("on port 80", {"static_port": 80}),
        ("reachable on port 443", {"static_port": 443}),
        ("it listens on port 5000", {"port": 5000}),
        ("serving on 8080", {"port": 8080}),
        ("container port 9000", {"port": 9000}),
        ("with 1 GB", {"memory_mb": 1024}),
        ("with 1.5GB of memory", {"memory_mb": 1536}),
        ("256MiB RAM", {"memory_mb": 256}),
        ("0.5 CPU", {"cpu_mhz": 500}),
        ("2 cores", {"cpu_mhz": 2000}),
        ("500 MHz", {"cpu_mhz": 500}),
        ("call it shop", {"name": "shop"}),
        ("call it Café, 2 replicas", {"name": "cafe", "count": 2}),
        ("as job web", {"name": "web"}),
        ('named "My Shop"', {"name": "my-shop"}),
        ("image ghcr.io/x/y:1.2", {"image": "ghcr.io/x/y:1.2"}),
        ("use the image localhost:5000/app@sha256:ab12", {"image": "localhost:5000/app@sha256:ab12"}),
        ("in namespace dev", {"namespace": "dev"}),
        ("in the dev namespace", {"namespace": "dev"}),
        ("in region eu", {"region": "eu"}),
        ("datacenter dc2", {"datacenters": ("dc2",)}),
        ("in dc1 and dc2", {"datacenters": ("dc1", "dc2")}),
        ("in datacenters dc1, dc2", {"datacenters": ("dc1", "dc2")}),
        ("as a batch job", {"job": "batch"}),
        ("run once", {"job": "batch"}),
        ("on every node", {"job": "system"}),
        ("as a service", {"job": "service"}),
        ("with host networking", {"network_mode": "host"}),
        ("health check at /healthz", {"health_path": "/healthz"}),
        ("at shop.example.com", {"route": "shop.example.com"}),
        ("image a:1, route shop.example.com/api", {"image": "a:1", "route": "shop.example.com/api"}),
        ("published under https://example.com/shop.", {"route": "example.com/shop"}),
        ("at shop.test/api stripping the path", {"route": "shop.test/api strip=/api"}),
        ("reachable under /shop, and strip the prefix", {"route": "/shop strip=/shop"}),
        ("reachable under /shop", {"route": "/shop"}),
        ("under the hostname shop", {"route": "shop"}),
        ("route tcp port 3306", {"route": ":3306 proto=tcp"}),
        ('with tags "lb.host={service} a,b" and "edge"', {"tags": ("lb.host={service} a,b", "edge")}),
        ('tag "traefik.http.routers.x.rule=Host(`x`)"', {"tags": ("traefik.http.routers.x.rule=Host(`x`)",)}),
        ("image ghcr.io/x/y tag 2.1", {"image": "ghcr.io/x/y"}),
    ],
)
def test_a_wish_is_understood(prompt, expected):
    assert read(prompt) == expected


@pytest.mark.parametrize(
    ("prompt", "cron"),
    [
        ("every night at 3", "0 3 * * *"),
        ("every night", "0 0 * * *"),
        ("every day at 14:30", "30 14 * * *"),
        ("every day at 3:30 pm", "30 15 * * *"),
        ("every day at 12 am", "0 0 * * *"),
        ("every morning", "0 8 * * *"),
        ("every monday at noon", "0 12 * * 1"),
        ("every weekday at 9", "0 9 * * 1-5"),
        ("every 15 minutes", "*/15 * * * *"),
        ("every hour", "0 * * * *"),
        ("every 6 hours", "0 */6 * * *"),
        ("daily", "0 0 * * *"),
        ("cron 5 4 * * *", "5 4 * * *"),
        ("'*/5 * * * *'", "*/5 * * * *"),
    ],
)
def test_a_schedule_makes_a_periodic_job(prompt, cron):
    assert read(prompt) == {"cron": cron, "job": "periodic"}


@pytest.mark.parametrize("prompt", ["every day at 25", "every day at 13 pm", "every day at 3:75", "every 90 minutes"])
def test_a_time_that_makes_no_sense_is_not_understood(prompt):
    assert read(prompt) == {}
    assert parse_prompt(prompt).ignored == (prompt,)


@pytest.mark.parametrize(
    "prompt", ["run it as a batch job every night at 2", "batch job every night at 2", "runs once every night at 2"]
)
def test_a_batch_job_with_a_schedule_is_a_periodic_one(prompt):
    assert read(prompt) == {"cron": "0 2 * * *", "job": "periodic"}


@pytest.mark.parametrize(
    "prompt",
    [
        "don't use 2 replicas",
        "do not run 2 replicas",
        "never on port 80",
        "not in namespace dev",
        "no 2 replicas",
        "without image x/y:1",
        "it isn't a batch job",
        "don\u2019t run it every night",
    ],
)
def test_a_wish_that_is_turned_down_is_not_taken_and_told(prompt):
    assert read(prompt) == {}
    assert parse_prompt(prompt).ignored == (prompt,)


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        ("don't use 2 replicas, use 3 replicas", 3),
        ("not 2 replicas but 3 replicas", 3),
        ("instead of 2 replicas run 3 replicas", 3),
        ("I do not mind the size. 3 replicas", 3),
        ("no downtime with 3 replicas", 3),
    ],
)
def test_a_wish_after_what_is_turned_down_is_taken(prompt, count):
    assert read(prompt) == {"count": count}


def test_a_whole_sentence_is_understood():
    prompt = "Please call it shop and run 2 replicas on port 80 with 1 GB and 0.5 CPU in namespace dev."
    assert read(prompt) == {
        "name": "shop",
        "count": 2,
        "static_port": 80,
        "memory_mb": 1024,
        "cpu_mhz": 500,
        "namespace": "dev",
    }
    assert parse_prompt(prompt).ignored == ()


def test_a_wish_quotes_the_words_that_made_it():
    wish = parse_prompt("give me 2 replicas").count
    assert (wish.source, wish.where, wish.explain()) == (
        "user",
        '"2 replicas"',
        'the prompt asks for it ("2 replicas")',
    )


def test_what_is_not_understood_is_listed():
    assert parse_prompt("2 replicas, with 10 GB of disk, and make it pretty").ignored == (
        "with 10 GB of disk",
        "and make it pretty",
    )


@pytest.mark.parametrize("prompt", ["0 replicas", "on port 0"])
def test_impossible_numbers_are_not_understood(prompt):
    assert read(prompt) == {}
    assert parse_prompt(prompt).ignored


@pytest.mark.parametrize(
    ("prompt", "most"),
    [
        ("with 999999999 GB", "9999999 MB"),
        ("with " + "9" * 400 + " MB", "9999999 MB"),
        ("5000000 MHz", "999999 MHz"),
        ("2000 cores", "999999 MHz"),
        ("scale to 5000", "1000 instances"),
        ("100000 replicas", "1000 instances"),
        ("on port 99999", "65535"),
        ("listens on 700000", "65535"),
    ],
)
def test_what_nobody_has_is_refused_with_the_most_that_can_be_had(prompt, most):
    assert read(prompt) == {}
    (refused,) = parse_prompt(prompt).refused
    assert most in refused
    assert parse_prompt(prompt).ignored == ()


@pytest.mark.parametrize(
    "prompt",
    [
        "the image should be small",
        "the namespace is special",
        "it is based on server.js",
        "retry 3 times",
        "call it a day",
    ],
)
def test_words_that_only_look_like_a_wish_are_none(prompt):
    assert read(prompt) == {}
    assert parse_prompt(prompt).ignored


@pytest.mark.parametrize(
    "prompt", ["call it can", "call it", "call it a day", "on port 0", "every day at 25", "in the namespace !"]
)
def test_what_begins_as_a_wish_and_can_not_be_read_is_unclear(prompt):
    assert parse_prompt(f"2 replicas, {prompt}").unclear == (prompt.rstrip(" !"),)


@pytest.mark.parametrize("prompt", ["make it pretty", "don't call it can", "retry 3 times", "call it shop"])
def test_what_asks_for_nothing_known_is_not_unclear(prompt):
    assert parse_prompt(prompt).unclear == ()


def test_a_wish_that_can_be_read_is_taken_after_one_that_can_not():
    assert read("call it a day, then call it shop") == {"name": "shop"}


def test_no_prompt_asks_for_nothing():
    assert parse_prompt("") == Wishes()


@given(st.text(max_size=200))
def test_any_text_is_read_without_complaint(prompt):
    assert Wishes.model_validate(parse_prompt(prompt).model_dump()) == parse_prompt(prompt)


@pytest.mark.parametrize("prompt", ["-5 GB", "0.5 replicas", "-2 replicas", "1.5.2 mhz"])
def test_a_rule_never_starts_in_the_middle_of_a_number(prompt):
    wishes = parse_prompt(prompt)
    assert (wishes.memory_mb, wishes.count, wishes.cpu_mhz) == (None, None, None)
    assert wishes.ignored


@pytest.mark.parametrize(
    ("prompt", "places"),
    [
        (
            "Use secret/data/aws/x for AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY",
            {
                "AWS_ACCESS_KEY_ID": "vault:secret/data/aws/x#access_key",
                "AWS_SECRET_ACCESS_KEY": "vault:secret/data/aws/x#secret_key",
            },
        ),
        (
            "use vault:secret/shop/db for DB_USER, DB_PASSWORD",
            {"DB_USER": "vault:secret/shop/db#user", "DB_PASSWORD": "vault:secret/shop/db#password"},
        ),
        ("use secret/data/shop#key for API_KEY", {"API_KEY": "vault:secret/data/shop#key"}),
        ("use secret/data/shop for API_KEY", {"API_KEY": "vault:secret/data/shop#api_key"}),
        ("use nomad-var:nomad/jobs/shop for API_KEY", {"API_KEY": "nomad-var:nomad/jobs/shop#api_key"}),
        ("use consul:shop/config/level for LOG_LEVEL", {"LOG_LEVEL": "consul:shop/config/level"}),
        ("use a/b for ONE and use c/d for TWO", {"ONE": "vault:a/b#one", "TWO": "vault:c/d#two"}),
    ],
)
def test_variables_are_mapped_to_places(prompt, places):
    assert read(prompt) == {"places": places}


@pytest.mark.parametrize("prompt", ["don't use secret/data/shop for API_KEY", "use src/main for the server"])
def test_what_maps_nothing(prompt):
    assert parse_prompt(prompt).places is None


def test_the_rest_of_the_prompt_is_still_read():
    wishes = parse_prompt("2 replicas. Use secret/data/shop for API_KEY. On port 80")
    assert (wishes.count.value, wishes.static_port.value, wishes.ignored) == (2, 80, ())


def test_a_secret_in_consuls_store_is_refused():
    wishes = parse_prompt("use consul:shop/key for API_KEY")
    assert wishes.refused == ("use consul:shop/key for API_KEY: Consul's store is no place for the secret API_KEY",)
