from threads.fake_platform import FakePlatform

BACK = {"client_id": "muster", "redirect_uri": "http://127.0.0.1/back"}


def error(answer: object) -> tuple[int, int]:
    body = answer.json()["error"]  # type: ignore[attr-defined]
    return body["code"], body.get("error_subcode", 0)


def long_token(fake: FakePlatform, short: str) -> str:
    asked = {"grant_type": "th_exchange_token", "client_secret": "s3cr3t", "access_token": short}
    answer = fake.http.get("/access_token", params=asked).raise_for_status().json()
    assert (answer["token_type"], answer["expires_in"]) == ("bearer", 60 * 86_400)
    return answer["access_token"]


def refresh(fake: FakePlatform, token: str) -> object:
    return fake.http.get("/refresh_access_token", params={"grant_type": "th_refresh_token", "access_token": token})


def test_a_token_speaks_for_its_user(fake: FakePlatform) -> None:
    token = fake.short_token("ai-elon")
    assert fake.graph(token, "GET", "me", fields="username").json()["username"] == "ai-elon"


def test_a_short_token_lasts_an_hour(fake: FakePlatform, token: str) -> None:
    fake.advance(3599)
    fake.graph(token, "GET", "me").raise_for_status()
    fake.advance(1)
    assert error(fake.graph(token, "GET", "me")) == (190, 463)


def test_a_long_token_lasts_60_days_and_can_be_refreshed(fake: FakePlatform, token: str) -> None:
    long = long_token(fake, token)
    fake.advance(59 * 86_400)
    fresh = refresh(fake, long).json()["access_token"]  # type: ignore[attr-defined]
    fake.advance(59 * 86_400)
    fake.graph(fresh, "GET", "me").raise_for_status()
    assert error(refresh(fake, long)) == (190, 463)


def test_a_long_token_is_refreshed_on_its_second_day_at_the_earliest(fake: FakePlatform, token: str) -> None:
    assert error(refresh(fake, long_token(fake, token))) == (100, 0)


def test_a_short_token_is_not_refreshed(fake: FakePlatform, token: str) -> None:
    assert error(refresh(fake, token)) == (100, 0)


def test_a_code_is_good_once(fake: FakePlatform) -> None:
    asked = fake.http.get("/oauth/authorize", params={**BACK, "response_type": "code", "state": "a&b"})
    location = asked.headers["location"]
    assert asked.status_code == 302
    assert location.startswith("http://127.0.0.1/back?code=")
    assert location.endswith("&state=a%26b#_")
    code = location.partition("code=")[2].partition("&")[0]
    form = {**BACK, "client_secret": "s", "grant_type": "authorization_code", "code": code}
    assert error(fake.http.post("/oauth/access_token", data=form | {"redirect_uri": "http://e.vil"})) == (100, 0)
    fake.http.post("/oauth/access_token", data=form).raise_for_status()
    assert error(fake.http.post("/oauth/access_token", data=form)) == (100, 36009)


def test_who_asks_must_be_known(fake: FakePlatform) -> None:
    assert error(fake.http.get("/v1.0/me")) == (104, 0)
    assert error(fake.graph("made-up", "GET", "me")) == (190, 0)
