from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.nomad.domain.extractors.dockerfile import EXTRACTOR, extract_dockerfiles
from muster.nomad.domain.extractors.extractor import SourceFile
from muster.nomad.domain.facts import (
    BaseImageFact,
    BuildFact,
    CommandFact,
    EnvFact,
    Evidence,
    HealthFact,
    PortFact,
    ProblemFact,
    UserFact,
    VolumeFact,
    WorkdirFact,
)
from muster.nomad.domain.values import Part

FactT = TypeVar("FactT", bound=Part)


def read(text: str, path: str = "Dockerfile") -> tuple[Evidence, ...]:
    return extract_dockerfiles({path: SourceFile(path=path, text=text)})


def facts(text: str, kind: type[FactT], path: str = "Dockerfile") -> list[FactT]:
    return [one.fact for one in read(text, path) if isinstance(one.fact, kind)]


def ports(text: str) -> list[int]:
    return [fact.port for fact in facts(text, PortFact)]


def problems(text: str, path: str = "Dockerfile") -> list[str]:
    return [fact.problem for fact in facts(text, ProblemFact, path)]


MULTI_STAGE = """\
# syntax=docker/dockerfile:1
ARG NODE=20
FROM node:${NODE}-alpine AS build
EXPOSE 9229
ENV STAGE=build
RUN npm run build

FROM node:${NODE}-alpine AS runtime
WORKDIR /srv
ENV PORT=3000 NODE_ENV=production
EXPOSE $PORT
USER node

FROM runtime
COPY --from=build /dist .
WORKDIR app
HEALTHCHECK --interval=5s --timeout=1m30s --retries=4 CMD wget -qO- http://localhost:3000/healthz || exit 1
CMD ["node", "server.js"]
"""


def test_only_the_final_stage_and_what_it_inherits_counts() -> None:
    assert ports(MULTI_STAGE) == [3000]
    assert facts(MULTI_STAGE, EnvFact) == [
        EnvFact(name="PORT", value="3000"),
        EnvFact(name="NODE_ENV", value="production"),
    ]
    assert facts(MULTI_STAGE, WorkdirFact) == [WorkdirFact(path="/srv/app")]
    assert facts(MULTI_STAGE, BaseImageFact) == [BaseImageFact(image="node:20-alpine")]
    assert facts(MULTI_STAGE, CommandFact) == [CommandFact(command=("node", "server.js"))]


def test_evidence_has_a_line_and_names_the_stage_it_is_inherited_from() -> None:
    (port,) = [one for one in read(MULTI_STAGE, "api/Dockerfile") if isinstance(one.fact, PortFact)]
    assert port.where == "api/Dockerfile:10"
    assert port.unit == "dockerfile:api/Dockerfile"
    assert port.source == "dockerfile"
    assert port.reason == "ENV PORT=3000 in the stage runtime, which the final stage is built on"
    assert port.fact == PortFact(port=3000, env="PORT")


def test_the_base_image_knows_its_users() -> None:
    assert facts(MULTI_STAGE, UserFact) == [UserFact(user="node", uid=1000)]


def test_a_check_that_fetches_a_route_is_an_http_check() -> None:
    assert facts(MULTI_STAGE, HealthFact) == [
        HealthFact(type="http", path="/healthz", port=3000, interval_s=5, timeout_s=90, retries=4)
    ]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("EXPOSE 80", [(80, "tcp")]),
        ("EXPOSE 80/tcp 53/udp", [(80, "tcp"), (53, "udp")]),
        ("EXPOSE 8000-8002", [(8000, "tcp"), (8001, "tcp"), (8002, "tcp")]),
        ("EXPOSE 8080:80", [(80, "tcp")]),
        ('EXPOSE "80"', [(80, "tcp")]),
        ("expose 80", [(80, "tcp")]),
        ("ENV P=1 P2=90\nEXPOSE ${P}234 ${P2}", [(1234, "tcp"), (90, "tcp")]),
        ("ARG P\nEXPOSE ${P:-8080}", [(8080, "tcp")]),
        ("ARG P=70\nEXPOSE $P", [(70, "tcp")]),
        ("ENV L='80 90'\nEXPOSE $L", [(80, "tcp"), (90, "tcp")]),
        ("ONBUILD EXPOSE 80", []),
        ("# EXPOSE 80", []),
        ("COPY <<EOF /x\nEXPOSE 80\nEOF", []),
        ("RUN <<EOF\nEXPOSE 80\nEOF", []),
        ("RUN a \\\n  EXPOSE 80", []),
    ],
)
def test_ports_that_are_exposed(line: str, expected: list[tuple[int, str]]) -> None:
    assert [(fact.port, fact.protocol) for fact in facts(f"FROM alpine\n{line}", PortFact)] == expected


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("EXPOSE $PORT", "nothing gives PORT a value"),
        ("EXPOSE 99999", "no port between 1 and 65535"),
        ("EXPOSE 0", "no port between 1 and 65535"),
        ("EXPOSE web", "is no port"),
        ("EXPOSE 80/sctp", "sctp"),
        ("EXPOSE 10000-20000", "a range of more than 100 ports"),
        ("USER $UID", "nothing gives UID a value"),
        ("VOLUME $DATA", "nothing gives DATA a value"),
    ],
)
def test_what_has_no_sense_is_told_and_never_invented(line: str, said: str) -> None:
    text = f"FROM alpine\n{line}"
    (told,) = problems(text)
    assert said in told
    assert ports(text) == []


def test_a_build_argument_without_default_leaves_a_variable_without_value() -> None:
    assert facts("FROM alpine\nARG V\nENV VERSION=$V", EnvFact) == [EnvFact(name="VERSION", value=None)]


def test_a_global_argument_counts_in_a_stage_only_where_it_is_declared() -> None:
    assert ports("ARG P=80\nFROM alpine\nEXPOSE $P") == []
    assert ports("ARG P=80\nFROM alpine\nARG P\nEXPOSE $P") == [80]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ('CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]', [8000]),
        ("CMD gunicorn -b :8001 app:app", [8001]),
        ("CMD exec uvicorn main:app --port=8002", [8002]),
        ("CMD flask run -p 8003", [8003]),
        ("ENV PORT=8004\nCMD streamlit run app.py --server.port $PORT", [8004]),
        ("CMD rails server -p ${PORT:-3001}", [3001]),
        ('ENTRYPOINT ["gunicorn"]\nCMD ["-b", "0.0.0.0:8005", "app"]', [8005]),
        ('ENTRYPOINT ["/entrypoint.sh"]\nCMD ["uvicorn", "a:b", "--port", "8006"]', [8006]),
        ("CMD python manage.py migrate && python manage.py runserver 0.0.0.0:8007", [8007]),
        ("CMD wait-for-it db:5432 -- uvicorn a:b --port 8008", [8008]),
        ("CMD ./wait.sh db:5432 && mysql --port 3306", []),
        ("CMD celery -A app worker", []),
        ("CMD python bot.py", []),
        ("CMD uvicorn main:app", [8000]),
        ("CMD gunicorn -c conf.py app", []),
        ("CMD gunicorn --bind $ADDRESS app", []),
    ],
)
def test_ports_in_the_start_command(line: str, expected: list[int]) -> None:
    assert ports(f"FROM python:3.12\n{line}") == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("EXPOSE 8000\nCMD uvicorn a:b --port 8000", [8000]),
        ("EXPOSE 80\nCMD uvicorn a:b --port 8000", [8000]),
        ("EXPOSE 8000 9090\nCMD uvicorn a:b --port 8000", [8000, 9090]),
        ("ENV ADDRESS=:8080\nEXPOSE 8000", [8080]),
        ("ENV PORT=8080\nEXPOSE 3000", [8080]),
        ("ENV API_PORT=9000\nEXPOSE 3000", [3000]),
        ("ENV API_PORT=9000", [9000]),
        ("ENV DB_ADDR=db:5432", []),
        ("ENV ASPNETCORE_URLS=http://+:5001", [5001]),
    ],
)
def test_what_really_listens_outweighs_expose_which_only_documents(lines: str, expected: list[int]) -> None:
    assert ports(f"FROM python:3.12\n{lines}") == expected


def test_an_exposed_port_that_is_passed_over_is_told() -> None:
    assert problems("FROM a\nENV ADDRESS=:8080\nEXPOSE 8000") == [
        "EXPOSE 8000 is passed over, since it listens on 8080"
    ]


TARGETS = "FROM node AS dev\nARG P=1\nEXPOSE 3000\nFROM dev AS test\nFROM nginx AS prod\n"


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        ("{context: ., target: dev}", [3000]),
        ("{context: ., target: DEV}", [3000]),
        ("{context: ., target: '0'}", [3000]),
        ("{context: ., target: prod}", [80]),
        (".", [80]),
        ("{context: other, target: dev}", [80]),
        ("{context: ., target: gone}", [80]),
    ],
)
def test_the_stage_that_a_compose_file_builds_is_the_one_that_counts(build: str, expected: list[int]) -> None:
    files = {"Dockerfile": TARGETS, "compose.yaml": f"services: {{web: {{build: {build}}}}}"}
    found = extract_dockerfiles({path: SourceFile(path, text) for path, text in files.items()})
    assert [one.fact.port for one in found if isinstance(one.fact, PortFact)] == expected


def test_build_arguments_of_a_compose_file_beat_defaults() -> None:
    files = {
        "Dockerfile": "ARG TAG=1\nFROM a:$TAG\nARG P=80\nEXPOSE $P",
        "compose.yaml": "services: {web: {build: {args: {P: 81, TAG: 2}}}}",
    }
    found = extract_dockerfiles({path: SourceFile(path, text) for path, text in files.items()})
    assert [one.fact.port for one in found if isinstance(one.fact, PortFact)] == [81]
    assert [one.fact.image for one in found if isinstance(one.fact, BaseImageFact)] == ["a:2"]


def test_services_that_build_one_dockerfile_differently_leave_it_at_its_final_stage() -> None:
    compose = "services: {a: {build: {target: dev}}, b: {build: {target: prod}}}"
    found = extract_dockerfiles(
        {"Dockerfile": SourceFile("Dockerfile", TARGETS), "compose.yaml": SourceFile("compose.yaml", compose)}
    )
    assert [one.fact.port for one in found if isinstance(one.fact, PortFact)] == [80]


def test_a_servers_default_port_gives_way_to_an_exposed_one() -> None:
    assert ports("FROM python:3.12\nEXPOSE 9000\nCMD uvicorn a:b") == [9000]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM nginx:1.27\nCOPY . /usr/share/nginx/html", [80]),
        ("FROM nginxinc/nginx-unprivileged", [8080]),
        ("FROM docker.io/library/postgres:16", [5432]),
        ("FROM php:8.3-apache", [80]),
        ("FROM php:8.3-fpm", [9000]),
        ("FROM php:8.3-cli", []),
        ('FROM mcr.microsoft.com/dotnet/aspnet:8.0\nENTRYPOINT ["dotnet", "a.dll"]', [8080]),
        ('FROM mcr.microsoft.com/dotnet/aspnet:6.0\nENTRYPOINT ["dotnet", "a.dll"]', [80]),
        ("FROM nginx\nEXPOSE 8080", [8080]),
        ('FROM redis\nCMD ["redis-server", "/etc/redis.conf"]', [6379]),
        ('FROM redis\nCMD ["python", "bot.py"]', []),
        ("FROM python:3.12", []),
    ],
)
def test_a_well_known_base_image_listens_where_it_always_does(text: str, expected: list[int]) -> None:
    assert ports(text) == expected


def test_what_the_base_image_does_is_said_with_low_confidence() -> None:
    (port,) = [one for one in read("FROM nginx:1.27") if isinstance(one.fact, PortFact)]
    assert port.reason == "the base image nginx:1.27 listens on 80"
    assert port.confidence < 0.5
    assert facts("FROM postgres:16", VolumeFact) == [VolumeFact(path="/var/lib/postgresql/data")]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ("USER 1001", UserFact(user="1001", uid=1001)),
        ("USER 1001:1002", UserFact(user="1001:1002", uid=1001)),
        ("USER app", UserFact(user="app", uid=None)),
        ("USER root", UserFact(user="root", uid=0)),
        ("RUN useradd -u 1001 app\nUSER app", UserFact(user="app", uid=1001)),
        ("RUN useradd app --uid 1001 -s /bin/false\nUSER app:app", UserFact(user="app:app", uid=1001)),
        ("RUN groupadd -g 5 g && useradd --uid=1002 -g g -m app\nUSER app", UserFact(user="app", uid=1002)),
        ("RUN addgroup -S app && adduser -S -D -H -u 1003 -G app app\nUSER app", UserFact(user="app", uid=1003)),
        ("RUN adduser -Dru 1004 app\nUSER app", UserFact(user="app", uid=1004)),
        ("ARG U=1005\nRUN useradd -u ${U} app\nUSER app", UserFact(user="app", uid=1005)),
        ("RUN <<EOF\nset -e\nuseradd -u 1006 app\nEOF\nUSER app", UserFact(user="app", uid=1006)),
        ('RUN adduser --disabled-password --gecos "" --uid "1007" app\nUSER app', UserFact(user="app", uid=1007)),
        ("RUN useradd app\nUSER app", UserFact(user="app", uid=None)),
        ("ENV U=1008\nUSER $U", UserFact(user="1008", uid=1008)),
        ("USER 1\nUSER 2", UserFact(user="2", uid=2)),
    ],
)
def test_users_and_their_numbers(lines: str, expected: UserFact) -> None:
    assert facts(f"FROM alpine\n{lines}", UserFact) == [expected]


def test_a_user_created_in_the_stage_below_is_known() -> None:
    assert facts("FROM alpine AS a\nRUN adduser -u 9 app\nFROM a\nUSER app", UserFact) == [UserFact(user="app", uid=9)]
    assert facts("FROM alpine AS a\nRUN adduser -u 9 app\nFROM alpine\nUSER app", UserFact)[0].uid is None


def test_volumes_plain_and_as_json() -> None:
    text = 'FROM alpine\nENV D=/data\nVOLUME $D /b\nVOLUME ["/c d"]'
    assert [fact.path for fact in facts(text, VolumeFact)] == ["/data", "/b", "/c d"]


def test_shell_form_runs_in_the_shell_that_is_set() -> None:
    assert facts("FROM a\nCMD node app.js", CommandFact)[0].command == ("/bin/sh", "-c", "node app.js")
    bash = 'FROM a\nSHELL ["/bin/bash", "-ec"]\nCMD node app.js'
    assert facts(bash, CommandFact)[0].command == ("/bin/bash", "-ec", "node app.js")


def test_a_new_entrypoint_empties_an_inherited_command() -> None:
    text = 'FROM a AS b\nCMD ["x"]\nFROM b\nENTRYPOINT ["y"]'
    assert facts(text, CommandFact) == [CommandFact(entrypoint=("y",))]
    text = 'FROM a AS b\nENTRYPOINT ["y"]\nFROM b\nCMD ["x"]'
    assert facts(text, CommandFact) == [CommandFact(command=("x",), entrypoint=("y",))]


@pytest.mark.parametrize(
    ("check", "expected"),
    [
        ("NONE", HealthFact(type="disabled")),
        ('CMD ["curl", "-f", "http://127.0.0.1/"]', HealthFact(type="http", path="/", port=80)),
        ("CMD curl -f localhost:8000/up || exit 1", HealthFact(type="http", path="/up", port=8000)),
        ("CMD curl http://localhost:$PORT/up", HealthFact(type="http", path="/up", port=3000)),
        ("CMD curl http://localhost:${OTHER}/up", HealthFact(type="http", path="/up")),
        ("CMD nc -z localhost 6379", HealthFact(type="tcp", port=6379)),
        ("CMD pg_isready", HealthFact(type="command", command=("/bin/sh", "-c", "pg_isready"))),
        ('CMD ["/app", "health"]', HealthFact(type="command", command=("/app", "health"))),
        (
            "CMD python -c \"import urllib.request as r; r.urlopen('http://localhost:8000/health')\"",
            HealthFact(type="http", path="/health", port=8000),
        ),
    ],
)
def test_health_checks(check: str, expected: HealthFact) -> None:
    assert facts(f"FROM a\nENV PORT=3000\nHEALTHCHECK {check}", HealthFact) == [expected]


def test_secrets_in_env_are_named_without_their_value() -> None:
    (fact,) = facts("FROM a\nENV API_KEY=abcdef", EnvFact)
    assert fact == EnvFact(name="API_KEY", secret=True)


def test_quotes_and_the_escape_directive_are_understood() -> None:
    assert facts("FROM a\nENV A=\"x $B y\" C='$D' E=f\\ g", EnvFact)[1:] == [
        EnvFact(name="C", value="$D"),
        EnvFact(name="E", value="f g"),
    ]
    windows = "# escape=`\nFROM a\nWORKDIR /a\nENV P=C:\\Temp\nCMD a `\n b"
    assert facts(windows, EnvFact) == [EnvFact(name="P", value="C:\\Temp")]


def test_a_platform_is_kept_and_an_unknown_one_is_not() -> None:
    assert facts("FROM --platform=linux/arm64 a", BaseImageFact)[0].platform == "linux/arm64"
    assert facts("FROM --platform=$BUILDPLATFORM a", BaseImageFact)[0].platform is None


def test_an_unknown_base_image_is_told() -> None:
    assert problems("ARG BASE\nFROM $BASE") == ["FROM $BASE: nothing gives BASE a value"]


@pytest.mark.parametrize(
    ("path", "context"),
    [("Dockerfile", "."), ("api/Dockerfile.prod", "api"), ("docker/Dockerfile", "."), ("a/build/Dockerfile", "a")],
)
def test_the_context_is_its_folder_or_the_one_above_a_folder_of_build_files(path: str, context: str) -> None:
    assert facts("FROM a", BuildFact, path) == [BuildFact(context=context, dockerfile=path)]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("Dockerfile.bak", "backup"),
        ("Dockerfile~", "backup"),
        ("Dockerfile.orig", "backup"),
        ("Dockerfile.md", "documentation"),
        ("Dockerfile.txt", "documentation"),
        ("Dockerfile.j2", "template"),
        ("Dockerfile.example", "template"),
        ("Dockerfile.dockerignore", "ignored files"),
        (".devcontainer/Dockerfile", "development container"),
    ],
)
def test_backups_documents_and_templates_are_left_out_and_told(path: str, why: str) -> None:
    assert EXTRACTOR.wants(path)
    (only,) = read("FROM a\nEXPOSE 1", path)
    assert isinstance(only.fact, ProblemFact)
    assert why in only.fact.problem
    assert not only.unit.startswith("dockerfile:")


@pytest.mark.parametrize(
    "path", ["Dockerfile", "a/b/Dockerfile.prod", "web.Dockerfile", "Containerfile", "Dockerfile-dev"]
)
def test_every_name_of_a_dockerfile_is_asked_for(path: str) -> None:
    assert EXTRACTOR.wants(path)
    assert ports("FROM a\nEXPOSE 1") == [1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no instructions"),
        ("hello world", "no instruction"),
        ("EXPOSE 80", "no FROM"),
        ("FROM", "no FROM"),
        ("FROM a\nRUN <<EOF\nx", "unterminated heredoc"),
        ('FROM a\nCMD ["a", 1]', "strings only"),
        ("\x7fELF\x02\x01", "no instruction"),
    ],
)
def test_what_is_no_dockerfile_is_told(text: str, why: str) -> None:
    (told,) = problems(text)
    assert why in told


def test_a_variable_that_doubles_itself_does_not_fill_the_memory() -> None:
    text = "FROM a\nENV A=xxxxxxxx\n" + "ENV A=$A$A\n" * 60
    assert all(len(fact.value or "") <= 64 * 1024 for fact in facts(text, EnvFact))


WORDS = st.sampled_from(
    [
        "FROM", "alpine", "AS", "b", "ARG", "ENV", "A=1", "$A", "${A:-", "}", "EXPOSE", "80", "80-90/udp", "USER", "VOLUME",
        "CMD", '["a"', ",", "]", "HEALTHCHECK", "--interval=", "NONE", "WORKDIR", "\\", "'", '"', "RUN", "<<EOF", "EOF",
        "useradd -u", "curl http://localhost:", "/x", "--port", "\n", "\n", "\n", "# escape=`", "ONBUILD", "SHELL", "\0",
    ]
)  # fmt: skip


@given(st.lists(WORDS | st.text(max_size=5), max_size=40))
def test_no_text_ever_raises(words: list[str]) -> None:
    read("FROM a\n" + " ".join(words))
    read(" ".join(words))
