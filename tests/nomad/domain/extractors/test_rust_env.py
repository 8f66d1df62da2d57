"""Environment variables that Rust code reads."""

import pytest

from muster.nomad.domain.extractors.rust.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable


def main(body: str) -> str:
    return "fn main() {\n" + body + "\n}\n"


READS = [
    ("expected", main('let s = env::var("XX").expect("no XX");'), "required"),
    ("unwrapped", main('let s = std::env::var("XX").unwrap();'), "required"),
    ("handed up", main('let s = env::var("XX")?;'), "required"),
    ("handed up with a context", main('let s = env::var("XX").context("no XX")?;'), "required"),
    ("returned", main('env::var("XX")'), "required"),
    ("a default", main('let s = env::var("XX").unwrap_or("a".to_string());'), "=a"),
    ("a default in a closure", main('let s = env::var("XX")\n    .unwrap_or_else(|_| "a".into());'), "=a"),
    ("a default behind a conversion", main('let s: u16 = env::var("XX").ok().and_then(|v| v.parse().ok()).unwrap_or(5);'), "=5"),
    ("a default in map_or", main('let s = env::var("XX").map_or(true, |v| v == "1");'), "=true"),
    ("a default of the type", main('let s = env::var("XX").unwrap_or_default();'), "optional"),
    ("a default that is computed", main('let s = env::var("XX").unwrap_or_else(|_| default_path());'), "optional"),
    ("a panic in a closure", main('let s = env::var("XX").unwrap_or_else(|_| panic!("no XX"));'), "required"),
    ("an exit in a closure", main('let s = env::var("XX").unwrap_or_else(|_| { std::process::exit(1) });'), "required"),
    ("a look", main('if env::var("XX").is_ok() {}'), "optional"),
    ("if let", main('if let Ok(v) = env::var("XX") { go(v) }'), "optional"),
    ("let else", main('let Ok(v) = env::var("XX") else { return Err(e) };'), "required"),
    ("turned into an option", main('let s = env::var("XX").ok();'), "optional"),
    ("an option that must be there", main('let s = env::var("XX").ok().expect("no");'), "required"),
    ("a match with a default", main('let s = match env::var("XX") {\n    Ok(v) => v,\n    Err(_) => "a".to_string(),\n};'), "=a"),
    ("a match that fails", main('let s = match env::var("XX") { Ok(v) => v, Err(e) => panic!("{e}") };'), "required"),
    ("var_os", main('let s = env::var_os("XX");'), "required"),
    ("dotenvy", main('let s = dotenvy::var("XX").unwrap();'), "required"),
    ("an imported var", 'use std::env::var;\n' + main('let s = var("XX").unwrap();'), "required"),
    ("a constant", 'const NAME: &str = "XX";\n' + main('let s = env::var(NAME).unwrap();'), "required"),
    ("a helper", main('let s = get_env_var("XX");'), "required"),
    ("a helper with a default", main('let s = env_or("XX", "a");'), "=a"),
    ("built in", main('let s = env!("XX"); let t = option_env!("XX");'), "absent"),
    ("what is set is not read", main('env::set_var("XX", "a");'), "absent"),
    ("a comment is no read", '// env::var("XX").unwrap()\n/* env::var("XX") */', "absent"),
    ("a test is no read", main("") + '#[cfg(test)]\nmod tests {\n    fn a() { env::var("XX").unwrap(); }\n}', "absent"),
    ("clap", '#[derive(Parser)]\nstruct Args {\n    #[arg(long, env = "XX")]\n    a: String,\n}', "required"),
    ("clap with a default", '#[derive(Parser)]\nstruct Args {\n    #[arg(long, env = "XX", default_value = "a")]\n    a: String,\n}', "=a"),
    ("clap with a typed default", '#[derive(Parser)]\nstruct Args {\n    /// words\n    #[clap(long, default_value_t = 5, env = "XX")]\n    a: u16,\n}', "=5"),
    ("clap's option", '#[derive(Parser)]\nstruct Args {\n    #[arg(env = "XX")]\n    a: Option<String>,\n}', "optional"),
    ("clap's flag", '#[derive(Parser)]\nstruct Args {\n    #[arg(\n        long,\n        env = "XX",\n    )]\n    a: bool,\n}', "optional"),
    ("clap by the field's name", '#[derive(Parser)]\nstruct Args {\n    #[arg(long, env)]\n    xx: String,\n}', "required"),
    ("clap's builder", 'let a = Arg::new("a").long("a").env("XX").default_value("b");', "=b"),
    ("envy", '#[derive(Deserialize)]\nstruct Config {\n    xx: String,\n}\n' + main("let c = envy::from_env::<Config>()?;"), "required"),
    ("envy with a default", '#[derive(Deserialize)]\nstruct Config {\n    #[serde(default = "x")]\n    xx: String,\n}\n' + main("let c: Config = envy::from_env()?;"), "optional"),
    ("envy's option", '#[derive(Deserialize)]\nstruct Config {\n    xx: Option<String>,\n}\n' + main("let c = envy::from_env::<Config>()?;"), "optional"),
    ("envy with a prefix", '#[derive(Deserialize)]\nstruct Config {\n    x: String,\n}\n' + main('let c = envy::prefixed("X").from_env::<Config>()?;'), "required"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in READS])
def test_a_read_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"src/main.rs": code}, "XX") == expected


SETTINGS = """
#[derive(Deserialize)]
pub struct Settings {
    pub database: DatabaseSettings,
    pub redis_uri: String,
}
#[derive(Deserialize)]
pub struct DatabaseSettings {
    pub host: String,
}
fn load() {
    config::Config::builder()
        .add_source(config::Environment::with_prefix("APP").prefix_separator("_").separator("__"))
        .build()?.try_deserialize::<Settings>()
}
"""


@pytest.mark.parametrize("name", ["APP_REDIS_URI", "APP_DATABASE__HOST"])
def test_the_fields_of_a_configuration_are_variables_with_its_prefix(name: str) -> None:
    assert need(EXTRACTOR, {"src/configuration.rs": SETTINGS}, name) == "optional"


def test_figments_prefix_holds_its_own_underscore() -> None:
    code = 'struct Config {\n    host: String,\n}\nfn a() -> Config { Figment::new().merge(Env::prefixed("APP_")).extract() }'
    assert need(EXTRACTOR, {"src/main.rs": code}, "APP_HOST") == "optional"


def test_a_secrets_default_is_dropped() -> None:
    found = variable(
        EXTRACTOR, {"src/main.rs": main('env::var("API_TOKEN").unwrap_or("hunter2".into());')}, "API_TOKEN"
    )
    assert found == EnvFact(name="API_TOKEN", secret=True)


@pytest.mark.parametrize("path", ["tests/api.rs", "src/tests.rs", "build.rs", "vendor/a/lib.rs"])
def test_tests_builds_and_vendored_code_need_nothing(path: str) -> None:
    assert facts(EXTRACTOR, EnvFact, {path: main('env::var("XX").unwrap();')}) == []


def test_an_example_needs_nothing_and_counts_half() -> None:
    (found,) = (
        one
        for one in evidence(EXTRACTOR, {"examples/a.rs": main('env::var("XX").unwrap();')})
        if one.fact.kind == "env"
    )
    assert (found.fact, found.confidence) == (EnvFact(name="XX"), 0.2)


def test_the_place_is_the_line_of_the_read() -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, {"src/main.rs": main('env::var("XX").unwrap();')}) if one.fact.kind == "env"
    )
    assert (found.unit, found.where, found.source) == ("folder:.", "src/main.rs:2", "rust")
