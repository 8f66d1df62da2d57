"""Environment variables that PHP code reads."""

import pytest

from muster.nomad.domain.extractors.php.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable

LARAVEL = {"composer.json": '{"require": {"laravel/framework": "^11.0"}}'}
READS = [
    ("a bare read has no default", "$a = getenv('XX');", "required"),
    ("a default", "$a = getenv('XX') ?: 'a';", "=a"),
    ("a number", "$a = (int) (getenv('XX') ?: 5);", "=5"),
    ("the local one", "$a = getenv('XX', true) ?: 'a';", "=a"),
    ("an entry", "$a = $_ENV['XX'];", "required"),
    ("an entry with a default", '$a = $_ENV["XX"] ?? "a";', "=a"),
    ("an entry of the server", "$a = $_SERVER['XX'] ?? 'a';", "=a"),
    ("a default that throws", "$a = $_ENV['XX'] ?? throw new Exception('no XX');", "required"),
    ("or die", "$a = getenv('XX') or die('no XX');", "required"),
    ("set when absent", "$_ENV['XX'] ??= 'a';", "=a"),
    ("what is set is not read", "$_ENV['XX'] = 'a'; putenv('XX=a');", "absent"),
    ("a comparison", "$a = getenv('XX') === 'true';", "optional"),
    ("an if", "if (getenv('XX')) {\n  a();\n}", "optional"),
    ("isset", "if (isset($_ENV['XX'])) {\n  a();\n}", "optional"),
    ("a choice", "$a = getenv('XX') !== false ? getenv('XX') : 'a';", "optional"),
    ("throws if empty", "if (empty($_ENV['XX'])) {\n  throw new Exception('no XX');\n}", "required"),
    ("throws if not", "if (!getenv('XX')) {\n  die('no XX');\n}", "required"),
    ("a later test", "$a = getenv('XX');\nif (!$a) {\n  throw new Exception();\n}", "required"),
    ("a later default", "$a = getenv('XX');\n$a = $a ?: 'b';", "=b"),
    ("a key", "if (array_key_exists('XX', $_ENV)) { a(); }", "optional"),
    ("laravel", "return ['a' => env('XX', 'a')];", "=a"),
    ("laravel without a default", "return ['a' => env('XX')];", "optional"),
    ("laravel within text", "return ['a' => env('YY', 'a-' . env('XX', 'b') . '-c')];", "=b"),
    ("laravel's insisting read", "$a = Env::getOrFail('XX');", "required"),
    ("wordpress", "define('DB_HOST', getenv_docker('XX', 'mysql'));", "=mysql"),
    ("phpdotenv", "$dotenv->required(['XX', 'YY'])->notEmpty();", "required"),
    ("symfony", "$c->set('a', '%env(XX)%');", "required"),
    ("symfony with a processor", "$c->set('a', '%env(int:XX)%');", "required"),
    ("symfony with a default", "$c->set('a', '%env(default:a:XX)%');", "optional"),
    ("an attribute", "public function __construct(#[Autowire(env: 'XX')] string $a) {}", "required"),
    ("a comment is no read", "// getenv('XX')\n# getenv('XX')\n/* getenv('XX') */", "absent"),
    ("a method is none", "$this->getenv('XX');", "absent"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in READS])
def test_a_read_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"config/app.php": "<?php\n" + code}, "XX") == expected


@pytest.mark.parametrize(
    "name", ["REQUEST_URI", "HTTP_HOST", "REMOTE_ADDR", "DOCUMENT_ROOT", "HTTPS", "PHP_SELF", "argv"]
)
def test_what_the_web_server_tells_is_no_variable(name: str) -> None:
    assert facts(EXTRACTOR, EnvFact, {"a.php": f"<?php $a = $_SERVER['{name}'];"}) == []


@pytest.mark.parametrize(
    ("path", "yaml", "expected"),
    [
        ("config/services.yaml", "parameters:\n    a: '%env(XX)%'\n", "required"),
        ("config/packages/doctrine.yaml", "a:\n  url: '%env(resolve:XX)%'\n", "required"),
        ("config/services.yaml", "parameters:\n    env(XX): 'b'\n    a: '%env(XX)%'\n", "=b"),
        ("config/packages/a.yaml", "when@test:\n  a:\n    b: '%env(XX)%'\n", "absent"),
        ("config/packages/test/a.yaml", "a: '%env(XX)%'\n", "absent"),
        ("config/services.yaml", "parameters:\n    # a: '%env(XX)%'\n    b: 1", "absent"),
    ],
)
def test_symfonys_yaml_names_variables(path: str, yaml: str, expected: str) -> None:
    assert need(EXTRACTOR, {"composer.json": "{}", path: yaml}, "XX") == expected


def test_yaml_without_php_says_nothing() -> None:
    assert evidence(EXTRACTOR, {"config/a.yaml": "a: '%env(XX)%'"}) == ()


def test_laravel_needs_its_key() -> None:
    files = {**LARAVEL, "config/app.php": "<?php return ['key' => env('APP_KEY')];"}
    assert variable(EXTRACTOR, files, "APP_KEY") == EnvFact(name="APP_KEY", required=True, secret=True)


def test_a_secrets_default_is_not_kept() -> None:
    found = variable(EXTRACTOR, {"a.php": "<?php env('DB_PASSWORD', 'hunter2');"}, "DB_PASSWORD")
    assert found == EnvFact(name="DB_PASSWORD", secret=True)


@pytest.mark.parametrize(
    "path", ["tests/a.php", "database/migrations/a.php", "vendor/a/b.php", "app/ATest.php", "resources/a.blade.php"]
)
def test_tests_migrations_and_templates_do_not_count(path: str) -> None:
    assert facts(EXTRACTOR, EnvFact, {path: "<?php getenv('XX');"}) == []


def test_a_read_keeps_its_place() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"a.php": "<?php\n\n$a = getenv('XX');"}) if one.fact.kind == "env")
    assert (found.where, found.unit) == ("a.php:3", "folder:.")
