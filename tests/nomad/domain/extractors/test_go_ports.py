"""Ports that Go code listens on, and those it does not."""

import pytest

from muster.nomad.domain.extractors.go.extractor import EXTRACTOR
from muster.nomad.domain.facts import FrameworkFact, PortFact, WorkloadFact
from nomad.domain.extractors.code_snippets import evidence, facts, ports

GIN = 'import "github.com/gin-gonic/gin"\n'
LISTENERS = [
    ("net/http", 'http.ListenAndServe(":8081", nil)', (8081, None)),
    ("with a variable", 'http.ListenAndServe(":" + os.Getenv("PORT"), nil)', (8080, "PORT")),
    ("with a default set later", 'port := os.Getenv("PORT")\nif port == "" {\n\tport = "8082"\n}\nhttp.ListenAndServe(":"+port, nil)', (8082, "PORT")),
    ("with a helper", 'http.ListenAndServe(":"+getEnv("PORT", "8083"), nil)', (8083, "PORT")),
    ("formatted", 'port := 8084\nhttp.ListenAndServe(fmt.Sprintf(":%d", port), nil)', (8084, None)),
    ("formatted with a host", 'port := getEnv("PORT", "8085")\nhttp.ListenAndServe(fmt.Sprintf("%s:%s", host, port), nil)', (8085, "PORT")),
    ("joined", 'port := "8086"\nhttp.ListenAndServe(net.JoinHostPort("", port), nil)', (8086, None)),
    ("a constant", 'const addr = ":8087"\nhttp.ListenAndServe(addr, nil)', (8087, None)),
    ("a flag", 'addr := flag.String("listen", ":8088", "where")\nhttp.ListenAndServe(*addr, nil)', (8088, None)),
    ("a flag variable", 'flag.StringVar(&cfg.Addr, "addr", getEnv("ADDR", ":8089"), "")\nhttp.ListenAndServe(cfg.Addr, nil)', (8089, "ADDR")),
    ("cobra's flag", 'c.Flags().IntVarP(&port, "port", "p", 8090, "")\nhttp.ListenAndServe(":"+strconv.Itoa(port), nil)', (8090, None)),
    ("a server", 's := &http.Server{\n\tHandler: h,\n\tAddr: ":8091",\n}\ns.ListenAndServe()', (8091, None)),
    ("a server's address", 's.Addr = ":8092"\ns.ListenAndServe()', (8092, None)),
    ("cmp.Or", 'http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8093"), nil)', (8093, "PORT")),
    ("gin", GIN + 'r := gin.Default()\nr.Run(":8094")', (8094, None)),
    ("gin without an address reads PORT", GIN + "r := gin.Default()\nr.Run()", (8080, "PORT")),
    ("echo", 'import "github.com/labstack/echo/v4"\ne.Logger.Fatal(e.Start(":1323"))', (1323, None)),
    ("fiber with a variable", 'import "github.com/gofiber/fiber/v2"\napp.Listen(":" + os.Getenv("PORT"))', (3000, "PORT")),
    ("gRPC", 'l, err := net.Listen("tcp", ":50051")', (50051, None)),
    ("a network by variable", 'l, err := net.Listen(network, fmt.Sprintf("%s:%d", host, 5230))', (5230, None)),
    ("a tag's field", 'type C struct {\n\tPort int `env:"PORT" envDefault:"8095"`\n}\nfunc f(c C) { http.ListenAndServe(fmt.Sprintf(":%d", c.Port), nil) }', (8095, "PORT")),
    ("viper", 'viper.BindEnv("port", "APP_PORT")\nviper.SetDefault("port", 8096)\nhttp.ListenAndServe(":"+viper.GetString("port"), nil)', (8096, "APP_PORT")),
]  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), [pytest.param(code, port, id=name) for name, code, port in LISTENERS])
def test_a_call_that_listens_names_the_port(code: str, expected: tuple[int, str | None]) -> None:
    assert ports(EXTRACTOR, {"main.go": code}) == [expected]


def test_a_field_may_be_set_in_another_file() -> None:
    files = {
        "config/config.go": 'return &Config{ListenAddr: getEnv("LISTEN_ADDR", ":8080")}',
        "server/server.go": "s := &http.Server{Addr: cfg.ListenAddr}",
    }
    assert ports(EXTRACTOR, files) == [(8080, "LISTEN_ADDR")]


def test_a_flag_may_fill_a_field_of_another_file() -> None:
    files = {
        "cmd/main.go": 'fs.String("port", "9898", "HTTP port")\nviper.BindPFlags(fs)\nviper.SetEnvPrefix("POD")\nviper.AutomaticEnv()',
        "api/server.go": 's := &http.Server{Addr: s.config.Host + ":" + s.config.Port}',
    }
    assert ports(EXTRACTOR, files) == [(9898, "POD_PORT")]


def test_packets_are_udp() -> None:
    code = 'c, err := net.ListenPacket("udp", ":53")'
    assert facts(EXTRACTOR, PortFact, {"a.go": code}) == [PortFact(port=53, protocol="udp")]


def test_a_port_on_loopback_counts_only_alone() -> None:
    debug = 'go http.ListenAndServe("localhost:6060", nil)\n'
    assert ports(EXTRACTOR, {"a.go": debug}) == [(6060, None)]
    assert ports(EXTRACTOR, {"a.go": debug + 'http.ListenAndServe(":8080", r)'}) == [(8080, None)]


def test_a_port_of_metrics_is_less_sure() -> None:
    code = 'go http.ListenAndServe(metricsAddr, nil)\nvar metricsAddr = ":9090"\nhttp.ListenAndServe(":8080", r)'
    assert ports(EXTRACTOR, {"a.go": code}) == [(8080, None), (9090, None)]


SILENT = [
    ("a client", 'http.Get("http://api:8080/x")'),
    ("a dialled port", 'net.Dial("tcp", "db:5432")'),
    ("a test's name", 't.Run("8080", func(t *testing.T) {})'),
    ("any free port", 'net.Listen("tcp", ":0")'),
    ("a comment", '// http.ListenAndServe(":8080", nil)'),
    ("a command", 'exec.Command("x").Run()'),
    (
        "a port that is off by default",
        'c.Flags().Int("admin-port", 0, "")\nviper.BindPFlags(f)\nviper.AutomaticEnv()\nhttp.ListenAndServe(":"+cfg.AdminPort, nil)',
    ),
    ("a bot", 'import "github.com/bwmarrin/discordgo"\ns.Open()'),
]


@pytest.mark.parametrize("code", [pytest.param(code, id=name) for name, code in SILENT])
def test_no_port_is_invented(code: str) -> None:
    assert facts(EXTRACTOR, PortFact, {"main.go": code}) == []


@pytest.mark.parametrize(
    ("module", "port"),
    [("gin-gonic/gin", 8080), ("labstack/echo/v4", 1323), ("gofiber/fiber/v2", 3000), ("go-chi/chi/v5", None)],
)
def test_a_framework_has_its_default_port(module: str, port: int | None) -> None:
    (found,) = facts(EXTRACTOR, FrameworkFact, {"go.mod": f"module x\n\nrequire github.com/{module} v1.0.0\n"})
    assert (found.default_port, found.listens) == (port, True)


@pytest.mark.parametrize("module", ["bwmarrin/discordgo", "hibiken/asynq", "robfig/cron/v3", "spf13/cobra"])
def test_a_worker_or_bot_listens_nowhere(module: str) -> None:
    (found,) = facts(EXTRACTOR, FrameworkFact, {"go.mod": f"module x\n\nrequire github.com/{module} v1.0.0\n"})
    assert (found.default_port, found.listens) == (None, False)


def test_serving_http_makes_a_server_and_its_client_does_not() -> None:
    server = {"a.go": 'import "net/http"\nfunc main() { http.ListenAndServe(":1", nil) }'}
    assert FrameworkFact(framework="net/http") in facts(EXTRACTOR, FrameworkFact, server)
    assert facts(EXTRACTOR, WorkloadFact, server) == [WorkloadFact(workload="server")]
    assert facts(EXTRACTOR, FrameworkFact, {"a.go": 'import "net/http"\nfunc main() { http.Get("x") }'}) == []


def test_the_reason_names_the_variable() -> None:
    code = 'package main\nfunc main() { http.ListenAndServe(getEnv("ADDR", ":80"), nil) }'
    (found,) = (one for one in evidence(EXTRACTOR, {"a.go": code}) if one.fact.kind == "port")
    assert (found.where, found.reason) == ("a.go:2", "`ListenAndServe(...)` listens on 80; ADDR sets it")
