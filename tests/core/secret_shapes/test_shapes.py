"""Every shape by its own example, and in the notations in which secrets are met."""

import json
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.core.redaction import MASK, redact
from muster.core.secret_shapes.shape import Shape
from muster.core.secret_shapes.table import SHAPES, mask_secrets
from muster.core.secret_shapes.tokens import TOKENS

by_kind = pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.kind)

HOSTILE = (
    *(shape.example[:length] for shape in SHAPES for length in (len(shape.example), len(shape.example) // 2)),
    "token='", 'token="\n', 'token=\\"', "token=<<E <", "password='''", "token: |\n", "name: x\n", "mysql -u ", "mysql ",
    "postgres://u:p", "https://aaaaaaaaaaaaaaaa", "authorization:\t", "cookie: a", "x-a-b-c-d-", "a:-u ", "- - - ", "\\",
    "export export ", "5m", "5meyJ", "%20", "%20a", "\\n", "\\na", "password=a,b", "password=,,,,", "-----BEGIN PRIVATE KEY-----", "abcdefghij\n", "token   ", "?key=",
    "API_TOKEN: is a, ", "<password>", "<password ", '"value":"a",', "value:", "token('a',", "token: str ", "docker login ", "machine x ",
    "auth=('", "$apr1$", "setPassword(",
)  # fmt: skip


def test_at_least_twenty_kinds_are_known() -> None:
    assert len({shape.kind for shape in SHAPES}) == len(SHAPES) >= 40


@by_kind
def test_a_shape_masks_its_own_example_and_nothing_around_it(shape: Shape) -> None:
    hidden = shape.hidden or shape.example
    assert shape.replace(shape.example, lambda match: MASK) == shape.example.replace(hidden, MASK)


@by_kind
def test_a_shapes_hints_are_in_its_example(shape: Shape) -> None:
    assert shape.may_be_in(shape.example.lower())


@by_kind
def test_a_secret_is_masked_among_other_lines(shape: Shape) -> None:
    hidden = shape.hidden or shape.example
    assert hidden not in redact(f"one line\n{shape.example}\nanother line")


@pytest.mark.parametrize("before", ["\\n", "\\t", "\x1b[31m", "%20", "(", ">", "|"])
def test_a_token_is_known_after_an_escaped_sign(before: str) -> None:
    for shape in TOKENS:
        assert (shape.hidden or shape.example) not in redact(f"x{before}{shape.example}"), shape.kind


@by_kind
def test_a_secret_ends_where_its_word_of_a_command_does(shape: Shape) -> None:
    words = ["serve", shape.example, "the end"]
    masked = json.loads(mask_secrets(json.dumps(words)))
    assert (masked[0], masked[-1], len(masked)) == ("serve", "the end", len(words))


@by_kind
def test_masking_an_example_twice_changes_nothing_more(shape: Shape) -> None:
    assert redact(redact(shape.example)) == redact(shape.example)


@given(st.lists(st.sampled_from([*(shape.example for shape in SHAPES), " ", "\n", "=", ":", '"', "'", "a", "&"])))
def test_masking_any_mix_of_secrets_twice_masks_no_more_text(pieces: list[str]) -> None:
    once = redact("".join(pieces))
    assert len(redact(once).replace(MASK, "")) <= len(once)


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_line_is_redacted_in_linear_time(piece: str) -> None:
    line = (piece * (500_000 // len(piece) + 1))[:500_000]
    before = process_time()
    redact(line)
    assert process_time() - before < 20  # seconds of this process; quadratic would be hours


@pytest.mark.parametrize(
    "text",
    [
        "DB_PASSWORD=hunter2 hunter2",
        "export DB_PASSWORD=hunter2",
        "ENV DB_PASSWORD hunter2",
        "ENV PORT=80 DB_PASSWORD=hunter2 DEBUG=1",
        "    - DB_PASSWORD=hunter2",
        "db_password: hunter2, and more",
        "  'password' : 'hunter2 \\' hunter2',",
        'password = "hunter2 hunter2"  # TOML and HCL',
        'password = <<-EOT\n    hunter2\n    EOT\n',
        "password: >-\n  hunter2\n  hunter2\nport: 80",
        'KEYSTORE_PASSWORD="first\nhunter2\nlast"',
        '{"name": "DB_PASSWORD", "value": "hunter2"}',
        "- name: DB_PASSWORD\n  value: hunter2",
        r'["sh", "-c", "PASSWORD=\"hunter2 hunter2\" serve"]',
        r'{"body": "{\"password\": \"a\\\"hunter2\"}"}',
        "{'X-Vault-Token': 'hunter2'}",
        "[(b'x-consul-token', b'hunter2'), (b'a', b'b')]",
        "?a=1&access_token=hunter2&b=2",
        "Server=db;User Id=sa;Password=hunter2;Encrypt=True",
        "AccountName=a;AccountKey=hunter2==;EndpointSuffix=x",
        'command: ["serve", "--admin-password", "hunter2"]',
        "serve --api-key=hunter2 --port 80",
        "serve --token 'hunter2 hunter2'",
        "mysqldump -u root -p'hunter2' shop",
        "sshpass -p hunter2 ssh host",
        "os.environ['API_TOKEN'] = 'hunter2'",
        "client.secretKey := `hunter2`",
        "spring.datasource.password=hunter2",
        "amqp://app:hunter2/vhost@mq:5672/",
        "redis://:hunter2@cache:6379/0",
        "mongodb+srv://app:p@hunter2@cluster.example/x",
        "https://app:hunter2@example.com",
        "curl -u app:hunter2 http://x",
        '["sh", "-c", "exec gunicorn --password hunter2 app"]',
        "os.getenv('SECRET_KEY', default='hunter2')",
        'os.environ.get(\n    "SECRET_KEY", "hunter2"\n)',
        r'{"code": "os.environ.get(\"SECRET_KEY\", \"hunter2\")"}',
        "config('SECRET_KEY', default='hunter2')",
        'viper.SetDefault("db.password", "hunter2")',
        "process.env.API_TOKEN || 'hunter2'",
        'process.env["API_TOKEN"] ?? "hunter2"',
        'os.environ["SECRET_KEY"] or "hunter2"',
        'ENV.fetch("SECRET_KEY") { "hunter2" }',
        'user.setPassword("hunter2");',
        'password: str = "hunter2"',
        'SECRET_KEY: dict[str, str] | None = "hunter2"',
        'api_key: SecretStr = Field(default=SecretStr("hunter2"))',
        'var password string = "hunter2"',
        "<db.password>hunter2</db.password>",
        "<password><![CDATA[hunter2]]></password>",
        '<property name="password">hunter2</property>',
        '<add key="DbPassword" value="hunter2"/>',
        '<add value="hunter2" key="DbPassword"/>',
        '{"value":"hunter2","name":"API_TOKEN"}',
        '{"value": "a hunter2", "required": true, "name": "API_TOKEN"}',
        '{"name": "API_TOKEN", "type": "env", "value": "a hunter2"}',
        r'{\"name\": \"API_TOKEN\", \"value\": \"hunter2\"}',
        "- value: hunter2\n  name: API_TOKEN",
        '["docker", "login", "-u", "app", "-p", "hunter2"]',
        "machine example.com\n  login app\n  password hunter2",
        "requests.get(url, auth=('app', 'hunter2'))",
        'request.SetBasicAuth("app", "hunter2")',
        r'["python", "-c", "get(auth=(\"app\", \"hunter2\"))"]',
    ],
)  # fmt: skip
def test_a_secret_is_known_in_every_notation(text: str) -> None:
    shown = redact(text)
    assert MASK in shown
    assert "hunter2" not in shown


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer abcdefghijklmnop",
        "Authorization: abcdefghijklmnop",
        '{"Authorization": "token abcdefghijklmnop"}',
    ],
)
def test_a_header_with_letters_alone_is_a_credential(text: str) -> None:
    assert "abcdefghijklmnop" not in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "admin:$apr1$H6uskkkW$IgXLP6ewTrSuBkTrqE8wj/",
        "basicauth.users=admin:$$2y$$05$$abcdefghijklmnopqrstuuO8sGkF2cVZzG6JkR1n1u1IgXLP6ewTr",
        "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$IgXLP6ewTrSuBkTrqE8wj",
        "admin:{SHA}d/zJEk+J8BmhKIgXLP6ewTrVqkjE4=",
        "pbkdf2_sha256$260000$abcdefghijkl$IgXLP6ewTrSuBkTrqE8wjc1V8Ykz0hZL5m4y0m7yV0=",
    ],
)
def test_the_hash_of_a_password_is_masked_since_it_can_be_guessed(text: str) -> None:
    assert "IgXLP6ewTr" not in redact(text)


@pytest.mark.parametrize(
    "text", ["API_TOKEN: is abcd1234", "password: missing horse 'battery'", "NAME_TOKEN=not set at all"]
)
def test_a_sentence_has_words_alone_and_stands_after_a_colon(text: str) -> None:
    assert MASK in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "Basic configuration of the bearer of this letter",
        "password = os.environ['DB_PASSWORD']",
        "password=password, token=auth_token, api_key=settings.api_key",
        "const token = await fetchToken(url)",
        "password: string;",
        "DB_PASSWORD=${DB_PASSWORD:-}",
        "DB_PASSWORD_FILE=/run/secrets/db",
        "secret: vault:secret/shop#password",
        "MAX_TOKENS=4096",
        "  env web.API_SECRET_KEY must look like nomad-var:PATH#KEY",
        "input_tokens=call.input_tokens or 0",
        "input_tokens: 4096",
        "config/secrets.yaml:12: a word",
        "invalid token: unexpected end",
        "docker run -p 8080:8080 mysql",
        "sk-circle-fade-dot-container-element",
        "sha512-" + "aB3/" * 21 + "aB==",
        "github.com/x/y v1.2.3 h1:" + "aB3/" * 10 + "aB3=",
        "3f786850e387550fdab836ed7e6dc881de23001b",
        "http://[::1]:4646/v1/jobs?index=12&wait=60s",
        "accessor 5b1c6e1a-0000-4444-8888-abcdefabcdef",
        "this.s.getElementsByClassNameOfTheDocument",
        "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        '{"name": "API_TOKEN", "value": null}], "env_files": []',
        "OPENAI_API_KEY: Field required",
        "API_TOKEN: is missing",
        "  SECRET_KEY: not set; give it with --env-file",
        "env: {web.DB_PASSWORD: nomad-var:nomad/jobs/web#DB_PASSWORD}",
        "DB_PASSWORD: consul:shop/db/password, (its place)",
        "def login(user: str, password: str | None = None) -> str:",
        "os.environ.get('SECRET_KEY', '') or process.env.API_TOKEN || ''",
        "getToken('audience'); setPassword(password)",
        '["password", "address"]',
        '<label for="password">Password</label><password>${DB_PASSWORD}</password>',
        "security:\n  authorization: enabled",
        "Authorization: Bearer <your token>",
        "docker run -u app -p 8080:80 shop",
        "the machine's default login and password are told",
        "auth=(user, password)",
        "$5 of $10, and $1$2",
    ],
)
def test_what_only_looks_like_a_secret_stays(text: str) -> None:
    assert redact(text) == text
