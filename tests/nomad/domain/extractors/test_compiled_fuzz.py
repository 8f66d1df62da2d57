"""Whatever stands in a file, the extractors of compiled languages give facts and no traceback, in linear time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.nomad.domain.extractors.dotnet.extractor import EXTRACTOR as DOTNET
from muster.nomad.domain.extractors.extractor import Extractor
from muster.nomad.domain.extractors.jvm.extractor import EXTRACTOR as JVM
from muster.nomad.domain.extractors.rust.extractor import EXTRACTOR as RUST
from nomad.domain.extractors.code_snippets import evidence

EXTRACTORS = {"rust": RUST, "jvm": JVM, "dotnet": DOTNET}
PATHS = {
    "rust": ("src/main.rs", "Cargo.toml", "Rocket.toml", "rust-toolchain"),
    "jvm": (
        *("A.java", "A.kt", "pom.xml", "build.gradle", "settings.gradle.kts", "libs.versions.toml", "config.yml"),
        *("application.properties", "application-dev.yml", "application.conf"),
    ),
    "dotnet": ("A.cs", "a.csproj", "appsettings.json", "launchSettings.json", "global.json", "a.sln"),
}
# Pieces that the expressions look for, so that random text gets near them.
PIECES = {
    "rust": 'env::var( "XX" ) .unwrap() .unwrap_or( |_| ? :: let Ok( = if match Err( => { } ( ) [ ] ; , "0.0.0.0:80" format!( {} '
    '{port} TcpListener::bind( SocketAddr::from(( 8080 #[arg( env = #[get("/health")] fn struct : String .nest( .route( r#" /* // \' & '
    "[package] [dependencies] name sqlx features workspace [[bin]] [release] port",
    "jvm": 'System.getenv( "XX" ) ?: ?? ? : .orElse( if == null throw ; { } ( ) [ ] , = ${X:a} ${ } server.port @Value( @GetMapping( '
    '"/health" class new ServerSocket( embeddedServer( port = 8080 """ " /* // \' <dependency> </dependency> <groupId> <artifactId> '
    "implementation libs. id( --- \n - spring: profiles: active: %dev. #",
    "dotnet": 'Environment.GetEnvironmentVariable( "XX" ) ?? ! throw ; { } ( ) [ ] , = $"{port}" .UseUrls( "http://*:80" app.Run( '
    'Configuration[ "A:B" ] .GetConnectionString( MapGet( "/health" MapGroup( [Route(" [HttpGet] class IsDevelopment() @" """ /* // '
    '<Project Sdk= <PackageReference Include= "Urls" "Kestrel" "Endpoints" "Url" "ConnectionStrings" : ',
}


def near_code(language: str) -> st.SearchStrategy[str]:
    pieces = st.sampled_from(PIECES[language].split(" "))
    return st.lists(
        st.one_of(pieces, st.sampled_from([" ", "\n", "    ", "\t"]), st.text(max_size=5)), max_size=60
    ).map("".join)


@pytest.mark.parametrize("language", EXTRACTORS)
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_text_gives_a_traceback(language: str, data: st.DataObject) -> None:
    text = data.draw(st.one_of(near_code(language), st.text(max_size=300)))
    path = data.draw(st.sampled_from(PATHS[language]))
    for one in evidence(EXTRACTORS[language], {path: text, "other/" + path: text}):
        assert one.where.startswith((path, "other/"))
        assert 0 <= one.confidence <= 1


MEGABYTE = 1_000_000
HOSTILE = {
    "words": "abc " * 250_000,
    "one word": "a" * MEGABYTE,
    "lines of words": ("port" * 1_200 + "\n") * 200,
    "blanks": (" " * 4_000 + "\n") * 250,
    "empty lines": "\n" * MEGABYTE,
    "open comments": "/*\n" * 300_000,
    "open strings": "\"'`\n" * 250_000,
    "open raw strings": '@"\n$"""\nr#"\n' * 80_000,
    "hashes": 'r#"' * 300_000,
    "brackets": "(" * MEGABYTE,
    "lines of brackets": ("(" * 4_000 + "\n") * 250,
    "braces": "{\n" * 400_000,
    "square": ("[" * 4_000 + "\n") * 250,
    "angles": ("Vec<" * 1_000 + "\n") * 200,
    "placeholders": ("a=" + "${A:" * 900 + "\n") * 250,
    "deep keys": "".join(" " * (level % 900) + "a:\n" for level in range(2_000)),
    "reads of Rust": 'let a = env::var("PORT").unwrap_or(a);\n' * 20_000,
    "reads of Java": 'String a = System.getenv("PORT"); if (a == null) { a = b; }\n' * 15_000,
    "reads of C#": 'var a = Environment.GetEnvironmentVariable("PORT") ?? a;\n' * 15_000,
    "keys of C#": 'var a = configuration["A:B:C"] ?? config["D"];\n' * 15_000,
    "chains": "a" + ".b()" * 250_000,
    "lines of chains": ("a" + ".b()" * 1_000 + "\n") * 200,
    "names": "port = port + addr\n" * 50_000,
    "many names": "".join(f"port{i} = port{(i * 7) % 500} + port{(i * 3) % 500};\n" for i in range(500)) * 20,
    "listening": "new ServerSocket(a(b(c(d(\nTcpListener::bind(a(b(\nx.UseUrls(a(b(\n" * 10_000,
    "routes": '@GetMapping("/health")\n#[get("/health")]\n.route("/health", a)\n[HttpGet("health")]\napp.MapGet("/health"\n' * 6_000,
    "nests": '.nest("/api", api()).mount("/a", routes![b])\nscope("/a")\nroute("/b") {\n' * 8_000,
    "attributes": "#[arg(" * 150_000,
    "structs": "struct A {\n    #[arg(env)]\n    a: A,\n" * 15_000,
    "classes": "@Controller(\n" * 60_000,
    "dependencies": "<dependency>" * 80_000,
    "sections": "<parent><build><!--" * 50_000,
    "libraries": "implementation 'a:b:1'\n" * 40_000,
    "packages": '<PackageReference Include="' * 30_000,
    "groups": 'var a = a.MapGroup("/a"); a.MapGet("/health", b);\n' * 15_000,
    "development": "if (app.Environment.IsDevelopment()) {\n" * 20_000,
    "imports": "use a::b::c;\nimport a.b.c;\n" * 30_000,
    "equals": "a=" * 500_000,
    "dots": "a." * 500_000,
    "urls": "redis://" * 100_000,
    "minified": 'a(System.getenv("A")??b,env::var("B")?:c).d(Environment.GetEnvironmentVariable("C"));' * 10_000,
}  # fmt: skip
SECONDS = 20
"""Of the processor: far above what these texts take, far below what a quadratic expression would."""
READ = {
    RUST: ("src/main.rs", "Cargo.toml"),
    JVM: ("A.java", "A.kt", "pom.xml", "build.gradle", "application.yml", "application.conf"),
    DOTNET: ("A.cs", "a.csproj", "appsettings.json"),
}
FILES = [pytest.param(extractor, path, id=path) for extractor, paths in READ.items() for path in paths]


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(("extractor", "path"), FILES)
def test_no_text_takes_long(extractor: Extractor, path: str, hostile: str) -> None:
    started = time.process_time()
    evidence(extractor, {"pom.xml": "<project/>", "b.csproj": "<Project/>", path: HOSTILE[hostile]})
    assert time.process_time() - started < SECONDS
