import pytest

from muster.nomad.domain.build.discovery import literal
from muster.nomad.domain.facts import CommandFact, DependsOnFact, EnvFact, ImageFact, NetworkModeFact, PortFact
from muster.nomad.domain.task import Template
from nomad.domain.repositories import built, cluster, say

CONSUL = '{{ with service "shop-db" }}{{ with index . 0 }}'
ADDRESS, PORT, END = "{{ .Address }}", "{{ .Port }}", "{{ end }}{{ end }}"
DB = say("compose:db", ImageFact(image="postgres:16"), PortFact(port=5432))


def web(*facts, db=DB, target=None):
    spec = built((*say("compose:web", ImageFact(image="acme/web"), PortFact(port=80), *facts), *db), target=target)
    return spec.task("web", "web")


def lines(*facts, **how):
    return [line for template in web(*facts, **how).templates for line in template.data.splitlines()]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("db:5432", f"{CONSUL}{ADDRESS}:{PORT}{END}"),
        ("postgres://u@db:5432/app", f"postgres://u@{CONSUL}{ADDRESS}:{PORT}{END}/app"),
        ("postgres://db/app", f"postgres://{CONSUL}{ADDRESS}:{PORT}{END}/app"),
        ("postgres://u@db?x=1", f"postgres://u@{CONSUL}{ADDRESS}:{PORT}{END}?x=1"),
        ("db:5432,db:5432", f"{CONSUL}{ADDRESS}:{PORT}{END},{CONSUL}{ADDRESS}:{PORT}{END}"),
    ],
)
def test_another_services_name_becomes_its_address(value, text):
    assert lines(EnvFact(name="URL", value=value)) == [f'URL="{text}"']


def test_the_template_is_environment_and_restarts_the_task_when_it_changes():
    (template,) = web(EnvFact(name="URL", value="db:5432")).templates
    assert template == Template(data=template.data, destination="local/addresses.env", env=True)
    assert "URL" not in web(EnvFact(name="URL", value="db:5432")).env


def test_nomads_own_services_have_their_own_function():
    assert 'nomadService "shop-db"' in lines(EnvFact(name="URL", value="db:5432"), target=cluster("1.8.0"))[0]


@pytest.mark.parametrize("value", ["mydb:5432", "db.example.com:5432", "db", "http://dbx/", "a db: 5432"])
def test_text_that_names_no_service_stays(value):
    assert web(EnvFact(name="NAME", value=value)).env == {"NAME": value}


def test_a_host_alone_becomes_the_address_and_the_port_beside_it_the_port():
    found = lines(EnvFact(name="DB_HOST", value="db"), EnvFact(name="DB_PORT", value="5432"))
    assert found == [f'DB_HOST="{CONSUL}{ADDRESS}{END}"', f'DB_PORT="{CONSUL}{PORT}{END}"']


def test_a_host_is_one_in_small_letters_too():
    found = lines(EnvFact(name="APP_db__host", value="db"), EnvFact(name="APP_db__port", value="5432"))
    assert found == [f'APP_db__host="{CONSUL}{ADDRESS}{END}"', f'APP_db__port="{CONSUL}{PORT}{END}"']


def test_a_port_that_only_the_code_reads_is_set_too():
    assert lines(EnvFact(name="DB_HOST", value="db"), EnvFact(name="DB_PORT")) == [
        f'DB_HOST="{CONSUL}{ADDRESS}{END}"',
        f'DB_PORT="{CONSUL}{PORT}{END}"',
    ]


def test_a_host_alone_without_a_port_beside_it_makes_the_others_port_static():
    evidence = (*say("compose:web", ImageFact(image="x"), PortFact(port=80), EnvFact(name="DB_HOST", value="db")), *DB)
    spec = built(evidence)
    assert spec.group("db").network.ports[0].static == 5432
    assert "leaves no room for a port" in spec.reasons["group.db.network.port.tcp.static"]


def test_a_host_with_its_port_keeps_the_others_port_dynamic():
    evidence = (*say("compose:web", ImageFact(image="x"), EnvFact(name="URL", value="db:5432")), *DB)
    assert built(evidence).group("db").network.ports[0].static is None


def test_on_a_shared_network_the_name_is_the_loopback():
    sidecar = say("compose:db", ImageFact(image="postgres"), PortFact(port=5432), NetworkModeFact(mode="service:web"))
    assert lines(EnvFact(name="URL", value="db:5432"), EnvFact(name="DB_HOST", value="db"), db=sidecar) == [
        'URL="127.0.0.1:5432"',
        'DB_HOST="127.0.0.1"',
    ]


def test_a_service_that_is_not_selected_keeps_its_name():
    assert web(EnvFact(name="URL", value="db:5432"), db=()).env == {"URL": "db:5432"}


def test_a_second_port_is_found_under_its_own_name():
    db = say("compose:db", ImageFact(image="acme/db"), PortFact(port=5432), PortFact(port=9090))
    assert 'service "shop-db-p9090"' in lines(EnvFact(name="URL", value="db:9090"), db=db)[0]


def test_a_prestart_task_is_no_address():
    migrate = say("compose:db", ImageFact(image="acme/migrate"), PortFact(port=5432))
    depends = DependsOnFact(service="db", condition="service_completed_successfully")
    assert web(EnvFact(name="URL", value="db:5432"), depends, db=migrate).env == {"URL": "db:5432"}


def test_an_address_in_a_command_is_taken_from_the_environment():
    task = web(CommandFact(command=("serve", "--db", "db:5432")))
    assert task.config.args == ("--db", "${DB_5432}")
    assert lines(CommandFact(command=("serve", "--db", "db:5432"))) == [f'DB_5432="{CONSUL}{ADDRESS}:{PORT}{END}"']


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a"b', 'a\\"b'),
        ("a\\b", "a\\\\b"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("{{x}}", '{{ "{{" }}x}}'),
        ("${x}", "${x}"),
        ("日本", "日本"),
    ],
)
def test_literal_text_survives_template_and_quotes(text, line):
    assert literal(text) == line
