"""Environment variables that JavaScript and TypeScript code reads."""

import pytest

from muster.nomad.domain.extractors.node.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable

READS = [
    ("a bare read has no default", "const s = process.env.XX;", "required"),
    ("in brackets", "const s = process.env['XX'];", "required"),
    ("double bars give a default", "const s = process.env.XX || 'a';", "=a"),
    ("question marks do too", 'const s = process.env.XX ?? "a";', "=a"),
    ("a number", "const s = Number(process.env.XX) || 3000;", "=3000"),
    ("inside parseInt", "const s = parseInt(process.env.XX || '3000', 10);", "=3000"),
    ("behind parseInt", "const s = parseInt(process.env.XX, 10) || 3000;", "=3000"),
    ("behind a cast", "const s = (process.env.XX as string) ?? 'a';", "=a"),
    ("a computed default", "const s = process.env.XX || os.hostname();", "optional"),
    ("a product is no number", "const s = process.env.XX || 60 * 1000;", "optional"),
    ("a one-line guard throws", 'const s = process.env.XX;\nif (!s) throw new Error("no (XX)");', "required"),
    ("an if is a look", "if (process.env.XX) { go(); }", "optional"),
    ("a comparison is a look", "const s = process.env.XX === 'true';", "optional"),
    ("a conditional is a look", "const s = process.env.XX ? 1 : 2;", "optional"),
    ("a conditional with the value", "const s = process.env.XX ? Number(process.env.XX) : 3000;", "optional"),
    ("optional chaining is a look", "const s = process.env.XX?.split(',');", "optional"),
    ("a conjunction is a look", "const s = process.env.XX && f();", "optional"),
    ("throwing needs it", "if (!process.env.XX) {\n  throw new Error('no XX');\n}", "required"),
    ("exiting needs it", "if (!process.env.XX) process.exit(1);", "required"),
    ("a variable that throws needs it", "const s = process.env.XX;\nif (!s) {\n  throw new Error();\n}", "required"),
    ("a variable that is tested", "const s = process.env.XX;\nif (s) {\n  go();\n}", "optional"),
    ("a variable with a later default", "let s = process.env.XX;\nif (!s) {\n  s = 'a';\n}", "=a"),
    ("an assertion needs it", "const s = process.env.XX;\nassert(s, 'no');", "required"),
    ("a non-null assertion needs it", "connect(process.env.XX!);", "required"),
    ("a method needs it", "const s = process.env.XX.split(',');", "required"),
    ("a fallback that throws needs it", "const s = process.env.XX ?? fail('XX');", "required"),
    ("destructured", "const { XX, YY } = process.env;", "required"),
    ("destructured with a default", "const { YY, XX = 'a' } = process.env;", "=a"),
    ("destructured under another name", "const { XX: x = 5 } = process.env;", "=5"),
    ("an alias of the environment", "const env = process.env;\nf(env.XX);", "required"),
    ("what is only set is not read", "process.env.XX = 'a';", "absent"),
    ("a set default", "process.env.XX ??= 'a';", "=a"),
    ("Bun", "const s = Bun.env.XX ?? 'a';", "=a"),
    ("Deno", "const s = Deno.env.get('XX') ?? 'a';", "=a"),
    ("a helper with a default", "const s = getEnv('XX', 'a');", "=a"),
    ("a helper that insists", "const s = requireEnv('XX');", "required"),
    ("env-var with a default", "const s = env.get('XX').default('5').asInt();", "=5"),
    ("env-var required", "const s = env.get('XX').required().asString();", "required"),
    ("strapi's env", "module.exports = ({ env }) => ({ a: env.int('XX', 1337) });", "=1337"),
    ("Nest's config", "const s = this.configService.get<string>('XX');", "required"),
    ("Nest's config with a default", "const s = configService.get<number>('XX', 5);", "=5"),
    ("Nest's config compared", "if (configService.get('XX') === 'true') {\n  go();\n}", "optional"),
    ("Nest's config with a method", "const s = configService.get('XX').split(',');", "required"),
    ("the last of several", "const s = process.env.YY || process.env.XX;", "optional"),
    ("a listed name", "const requiredEnv = ['XX'] as const;\nrequiredEnv.filter((n) => !process.env[n]);", "required"),
    ("a comment is no read", "// process.env.XX\n/* process.env.XX */", "absent"),
    ("a bundler's variable is no read", "const s = import.meta.env.XX;", "absent"),
]


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in READS])
def test_a_read_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"src/app.ts": code}, "XX") == expected


SCHEMAS = [
    ("zod", "const e = z.object({ XX: z.string().url() }).parse(process.env);", "required"),
    ("zod with a default", "z.object({ XX: z.coerce.number().default(3000) }).parse(process.env);", "=3000"),
    ("zod optional", "z.object({ XX: z.string().optional() }).parse(process.env);", "optional"),
    ("t3-env", "createEnv({ server: { XX: z.string().min(1) } });", "required"),
    ("envalid", "cleanEnv(process.env, { XX: str() });", "required"),
    ("envalid with a default", "cleanEnv(process.env, { XX: port({ default: 3000 }) });", "=3000"),
    ("Joi for Nest", "ConfigModule.forRoot({ validationSchema: Joi.object({ XX: Joi.number().default(5) }) });", "=5"),
    ("convict", "convict({ port: { format: 'port', default: 8080, env: 'XX' } });", "=8080"),
    ("a schema of something else", "z.object({ XX: z.string() }).parse(body);", "absent"),
]


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in SCHEMAS])
def test_a_schema_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"src/env.ts": code}, "XX") == expected


def test_node_configs_file_of_names_is_read() -> None:
    text = '{"db": {"host": "DB_HOST", "port": {"__name": "DB_PORT", "__format": "json"}}}'
    files = {"package.json": "{}", "config/custom-environment-variables.json": text}
    assert [fact.name for fact in facts(EXTRACTOR, EnvFact, files)] == ["DB_HOST", "DB_PORT"]


def test_prisma_needs_its_database() -> None:
    schema = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}'
    files = {"package.json": "{}", "prisma/schema.prisma": schema}
    assert need(EXTRACTOR, files, "DATABASE_URL") == "required"


@pytest.mark.parametrize("name", ["NODE_ENV", "HOST", "LOG_LEVEL", "NEXT_PUBLIC_URL", "DEBUG"])
def test_what_tools_give_a_meaning_is_never_needed(name: str) -> None:
    assert need(EXTRACTOR, {"a.js": f"f(process.env.{name});"}, name) == "optional"


@pytest.mark.parametrize("name", ["HOME", "PATH", "npm_package_version", "CI", "HOSTNAME"])
def test_what_the_system_sets_is_no_setting(name: str) -> None:
    assert variable(EXTRACTOR, {"a.js": f"f(process.env.{name});"}, name) is None


def test_a_secrets_default_is_dropped() -> None:
    found = variable(EXTRACTOR, {"a.js": "const s = process.env.JWT_SECRET || 'hunter2';"}, "JWT_SECRET")
    assert found == EnvFact(name="JWT_SECRET", secret=True)


@pytest.mark.parametrize(
    "path", ["src/a.test.js", "src/a.spec.ts", "test/a.js", "dist/a.js", "a.min.js", "e2e/a.ts", "a.d.ts"]
)
def test_tests_and_built_code_need_nothing(path: str) -> None:
    assert evidence(EXTRACTOR, {path: "f(process.env.XX);"}) == ()


def test_a_bundlers_configuration_needs_nothing() -> None:
    assert need(EXTRACTOR, {"vite.config.ts": "f(process.env.XX);"}, "XX") == "optional"


def test_the_beginning_of_a_name_is_no_name() -> None:
    assert need(EXTRACTOR, {"a.js": "f(process.env.VITE_);"}, "VITE_") == "absent"


def test_the_place_is_the_line_of_the_read() -> None:
    (found,) = (one for one in evidence(EXTRACTOR, {"a.js": "/* a\n */\nf(process.env.XX);"}) if one.fact.kind == "env")
    assert (found.where, found.reason) == ("a.js:3", "the code reads XX and has no default")
