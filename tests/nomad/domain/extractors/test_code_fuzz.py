"""Whatever stands in a file, the extractors of code give facts and no traceback, in time linear in its size."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.nomad.domain.extractors.extractor import Extractor
from muster.nomad.domain.extractors.go.extractor import EXTRACTOR as GO
from muster.nomad.domain.extractors.node.extractor import EXTRACTOR as NODE
from muster.nomad.domain.extractors.python.extractor import EXTRACTOR as PYTHON
from nomad.domain.extractors.code_snippets import evidence

EXTRACTORS = {"python": PYTHON, "node": NODE, "go": GO}
PATHS = {
    "python": ("app.py", "setup.py", "pyproject.toml", "requirements.txt", "Pipfile", "setup.cfg", "a/urls.py"),
    "node": ("app.ts", "package.json", "schema.prisma", "custom-environment-variables.json", "bin/www", ".nvmrc"),
    "go": ("main.go", "go.mod"),
}

# Pieces that the expressions look for, so that random text gets near them.
PIECES = {
    "python": "os.environ os.getenv [ ] ( ) 'X' \"Y\" = == : \n\t\n    if not raise def class BaseSettings Field port= app.run( "
    "uvicorn.run @app.get( '/health' APIRouter prefix= include_router setup( install_requires import from as , . { } * ** f'",
    "node": "process.env .X ['Y'] || ?? ? : ! ( ) { } [ ] => = , ; 3000 'a' ` ${ } /* */ // / listen( port: const {PORT z. "
    ".default( app.get( '/health' app.use( require( import from \\ \" ' \n parseInt( getEnv( 'X' if throw async @Controller(",
    "go": 'os.Getenv( "X" ) ":8080" + fmt.Sprintf( %s := = == "" { } ( ) , ` env:"X" ListenAndServe( flag.String( http.Server{ '
    'Addr: .Group( "/api" .GET( "/health" func r.Route( type struct \n viper.BindEnv( if len( /* */ // \' & *',
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


HOSTILE = {
    "words": "abc " * 62_500,
    "one word": "a" * 250_000,
    "lines of words": ("port" * 1_200 + "\n") * 40,
    "blanks": (" " * 4_000 + "\n") * 60,
    "empty lines": "\n" * 250_000,
    "open comments": "/*\n" * 75_000,
    "open strings": "\"'`\n" * 62_500,
    "slashes": ("=/[" * 1_600 + "\n") * 40,
    "braces": "{\n" * 100_000,
    "brackets": "(" * 125_000,
    "environment": "process.env\n" * 20_000 + "os.Getenv(\n" * 1_000,
    "reads": "const a = process.env.PORT || a;\n" * 7_500,
    "go reads": 'v := os.Getenv("PORT")\n' * 10_000,
    "go names": 'port = port + addr\n' * 12_500,
    "tests": "if (!a || !b) { if (x\n" * 10_000,
    "routes": "app.get('/health', f);\n" * 10_000,
    "listening": "app.listen(a(b(c(d(\n" * 10_000,
    "options": "serve({ a: [[[[\n" * 15_000,
    "definitions": "port = port || port ||\n" * 10_000,
    "schemas": "process.env; z.object({ XX: z.string(\n" * 6_250,
    "groups": 'r := r.Group("/a")\nr.GET("/health", f)\n' * 5_000,
    "structs": 'type A struct {\n\tA string `env:"A"`\n' * 5_000,
    "minified": 'var a=process.env.PORT||3e3;app.listen(a),app.get("/health",b);' * 4_000,
    "equals": "a=" * 125_000,
    "dots": "a." * 125_000,
    "commas": "a, " * 82_500,
    "imports": "import a from './a';\n" * 12_500,
    "urls": "redis://" * 25_000,
}  # fmt: skip
SECONDS = 20
"""Of the processor: far above what these texts take (below one), far below what a quadratic expression would."""


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize(("extractor", "path"), [(NODE, "app.js"), (GO, "main.go")], ids=["node", "go"])
def test_no_text_takes_long(extractor: Extractor, path: str, hostile: str) -> None:
    started = time.process_time()
    evidence(extractor, {path: HOSTILE[hostile]})
    assert time.process_time() - started < SECONDS


PYTHON_HOSTILE = {
    "deep brackets": "(" * 100_000,
    "deep operators": "-" * 100_000 + "1",
    "long sum": "a = " + "+".join(["b"] * 50_000),
    "long chain": "a" + ".b" * 50_000,
    "calls": "a" + "()" * 5_000,
    "deep lists": "[" * 150 + "]" * 150,
    "mutual names": "".join(f"a{i} = a{(i * 7) % 500} or a{(i * 3) % 500}\n" for i in range(500)) + "app.run(port=a1)",
    "reads": "import os\n" + "a = os.environ['X']\n" * 10_000,
    "a try around reads": "import os\ntry:\n" + "    a = os.environ['X']\n" * 10_000 + "except KeyError: pass",
    "broken": "import os\nprint 'x'\n" + "a = os.environ['X']\n" * 10_000,
    "prefixes": "app.include_router(app, prefix='/a')\n" * 5_000 + "@app.get('/health')\ndef f(): ...",
    "routes": "@app.get('/health')\ndef f(): ...\n" * 3_000,
    "nul": "a = 1\0",
    "surrogate": "a = '\udc80'",
    "escapes": "a = '\\d'",
    "requirements": "flask[" * 100_000,
}


@pytest.mark.parametrize("hostile", PYTHON_HOSTILE)
def test_no_python_takes_long(hostile: str) -> None:
    started = time.process_time()
    evidence(PYTHON, {"app.py": PYTHON_HOSTILE[hostile], "requirements.txt": PYTHON_HOSTILE[hostile]})
    assert time.process_time() - started < SECONDS
