"""Environment variables that Go code reads."""

import pytest

from muster.nomad.domain.extractors.go.extractor import EXTRACTOR
from muster.nomad.domain.facts import EnvFact
from nomad.domain.extractors.code_snippets import evidence, facts, need, variable


def main(body: str) -> str:
    return "package main\n\nfunc main() {\n" + body + "\n}\n"


READS = [
    ("a bare read has no default", main('\ts := os.Getenv("XX")'), "required"),
    ("a field", main('\tc := C{A: os.Getenv("XX")}'), "required"),
    ("a comparison is a look", main('\tif os.Getenv("XX") == "true" {\n\t\tgo()\n\t}'), "optional"),
    ("an if with a variable", main('\tif v := os.Getenv("XX"); v != "" {\n\t\tuse(v)\n\t}'), "optional"),
    ("a later test", main('\tv := os.Getenv("XX")\n\tif v != "" {\n\t\tuse(v)\n\t}'), "optional"),
    ("a default when empty", main('\tv := os.Getenv("XX")\n\tif v == "" {\n\t\tv = "a"\n\t}'), "=a"),
    ("a default by length", main('\tv := os.Getenv("XX")\n\tif len(v) == 0 {\n\t\tv = "a"\n\t}'), "=a"),
    ("fatal when empty", main('\tv := os.Getenv("XX")\n\tif v == "" {\n\t\tlog.Fatal("no XX")\n\t}'), "required"),
    ("fatal in the test itself", main('\tif os.Getenv("XX") == "" {\n\t\tpanic("no XX")\n\t}'), "required"),
    ("an error when empty", main('\tv := os.Getenv("XX")\n\tif v == "" {\n\t\treturn fmt.Errorf("no XX")\n\t}'), "required"),
    ("looked up and not ok", main('\tv, ok := os.LookupEnv("XX")\n\tif !ok {\n\t\tlog.Fatalf("no")\n\t}'), "required"),
    ("looked up and ok", main('\tif v, ok := os.LookupEnv("XX"); ok {\n\t\tuse(v)\n\t}'), "optional"),
    ("looked up with a default", main('\tv, ok := os.LookupEnv("XX")\n\tif !ok {\n\t\tv = "a"\n\t}'), "=a"),
    ("a variable of the package", 'var (\n\ts          = os.Getenv("XX")\n)\n' + "\n" * 2000 + main('\tif len(s) == 0 {\n\t\ts = "a"\n\t}'), "=a"),
    ("a helper with a default", main('\ts := getEnv("XX", "a")'), "=a"),
    ("a helper of a package", main('\ts := libs.GetEnvInt("XX", 5)'), "=5"),
    ("a helper with a truth", main('\ts := getBoolEnv("XX", false)'), "=false"),
    ("a duration, as the environment would say it", main('\ts := getDurationEnv("XX", 30*time.Second)'), "=30s"),
    ("an hour, alone", main('\ts := getDurationEnv("XX", time.Hour)'), "=1h"),
    ("a helper that insists", main('\ts := mustGetenv("XX")'), "required"),
    ("what is set is not read", main('\tos.Setenv("XX", "a")'), "absent"),
    ("a comment is no read", '// os.Getenv("XX")\n/* os.Getenv("XX") */', "absent"),
    ("a raw string is no comment", main('\tu := `http://x`; s := os.Getenv("XX")'), "required"),
    ("caarlos0", 'type C struct {\n\tA string `env:"XX"`\n}', "optional"),
    ("caarlos0 required", 'type C struct {\n\tA string `env:"XX,required"`\n}', "required"),
    ("caarlos0 with a default", 'type C struct {\n\tA int `env:"XX" envDefault:"5"`\n}', "=5"),
    ("caarlos0 with a prefix", 'type D struct {\n\tA string `env:"X,notEmpty"`\n}\ntype C struct {\n\tD D `envPrefix:"X"`\n}', "required"),
    ("cleanenv", 'type C struct {\n\tA int `yaml:"a" env:"XX" env-default:"5"`\n}', "=5"),
    ("cleanenv required", 'type C struct {\n\tA int `env:"XX" env-required:"true"`\n}', "required"),
    ("go-envconfig", 'type C struct {\n\tA int `env:"XX, default=5"`\n}', "=5"),
    ("go-arg", 'type C struct {\n\tA string `arg:"env:XX,required"`\n}', "required"),
    ("envconfig", 'type C struct {\n\tA string `envconfig:"XX" default:"a"`\n}', "=a"),
    ("viper's binding", main('\tviper.BindEnv("a", "XX")'), "optional"),
    ("a flag of urfave", main('\ta := &cli.StringFlag{Name: "x", Value: "a", EnvVars: []string{"XX"}}'), "=a"),
    ("a needed flag of urfave", main('\ta := &cli.StringFlag{Name: "x", Required: true, EnvVars: []string{"XX"}}'), "required"),
    ("a flag of urfave 3", main('\ta := &cli.StringFlag{Name: "x", Sources: cli.EnvVars("XX")}'), "optional"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, need, id=name) for name, code, need in READS])
def test_a_read_says_whether_the_variable_is_needed(code: str, expected: str) -> None:
    assert need(EXTRACTOR, {"main.go": code}, "XX") == expected


def test_envconfigs_prefix_is_part_of_the_name() -> None:
    code = 'import "github.com/kelseyhightower/envconfig"\ntype C struct {\n\tLogLevel string `required:"true" split_words:"true"`\n}\nfunc f() { envconfig.Process("app", &c) }'
    assert need(EXTRACTOR, {"main.go": code}, "APP_LOG_LEVEL") == "required"


def test_vipers_keys_become_names_with_the_prefix() -> None:
    body = '\tviper.SetEnvPrefix("app")\n\tviper.SetEnvKeyReplacer(strings.NewReplacer(".", "_"))\n\tviper.AutomaticEnv()\n\tviper.SetDefault("db.host", "h")'
    assert need(EXTRACTOR, {"main.go": main(body)}, "APP_DB_HOST") == "=h"


def test_a_flag_that_viper_binds_is_a_variable() -> None:
    body = '\tfs.StringP("level", "l", "info", "how much")\n\tfs.String("host", "", "where")\n\tviper.BindPFlags(fs)\n\tviper.AutomaticEnv()'
    assert need(EXTRACTOR, {"main.go": main(body)}, "LEVEL") == "=info"
    assert need(EXTRACTOR, {"main.go": main(body)}, "HOST") == "optional"


def test_a_key_that_no_shell_can_set_is_left_out() -> None:
    body = '\tviper.AutomaticEnv()\n\tviper.SetDefault("db.host", "h")'
    assert facts(EXTRACTOR, EnvFact, {"main.go": main(body)}) == []


def test_a_secrets_default_is_dropped() -> None:
    found = variable(EXTRACTOR, {"main.go": main('\ts := getEnv("API_TOKEN", "hunter2")')}, "API_TOKEN")
    assert found == EnvFact(name="API_TOKEN", secret=True)


@pytest.mark.parametrize(
    "name", ["HOME", "PATH", "HOSTNAME", "NOMAD_ALLOC_ID", "NOMAD_REGION", "NOMAD_PORT_http", "GOPATH"]
)
def test_what_the_system_sets_is_no_setting(name: str) -> None:
    assert variable(EXTRACTOR, {"main.go": main(f'\ts := os.Getenv("{name}")')}, name) is None


@pytest.mark.parametrize("path", ["main_test.go", "vendor/a/b.go", "internal/testdata/a.go"])
def test_tests_and_vendored_code_need_nothing(path: str) -> None:
    assert evidence(EXTRACTOR, {path: main('\ts := os.Getenv("XX")')}) == ()


def test_the_place_is_the_line_of_the_read() -> None:
    (found,) = (
        one for one in evidence(EXTRACTOR, {"main.go": main('\ts := os.Getenv("XX")')}) if one.fact.kind == "env"
    )
    assert (found.unit, found.where, found.source) == ("folder:.", "main.go:4", "go")
