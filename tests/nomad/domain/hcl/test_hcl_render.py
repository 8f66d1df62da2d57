"""The look of rendered job files: as `nomad fmt` leaves them, the same every time, with reasons when asked."""

from muster.nomad.domain.hcl.render import render_hcl, render_json
from muster.nomad.domain.network import Check, Network, Port, Service
from muster.nomad.domain.policies import Constraint
from muster.nomad.domain.spec import GroupSpec, JobSpec, Variable
from muster.nomad.domain.task import DockerConfig, Resources, TaskSpec, Template
from muster.nomad.domain.values import VarRef

TASK = TaskSpec(
    name="web",
    config=DockerConfig(image="nginx:1.27", ports=("http",), labels={"a.b": "c"}),
    env={"PORT": "${NOMAD_PORT_http}", "GREETING": "cost: ${price}"},
    templates=(Template(data="KEY={{ key `a` }}\n  DEEP=1\n", destination="secrets/app.env", env=True),),
    resources=Resources(cpu_mhz=200, memory_mb=128),
)
GROUP = GroupSpec(
    name="web",
    count=2,
    network=Network(ports=(Port(label="http", to=8080),)),
    services=(Service(name="web", port="http", checks=(Check(type="http", path="/health"),)),),
    tasks=(TASK,),
)
SPEC = JobSpec(
    name="web",
    constraints=(Constraint(attribute="${attr.kernel.name}", value="linux"),),
    groups=(GROUP,),
    reasons={
        "group.web.count": "2 replicas (prompt)",
        "group.web.network.port.http.to": "EXPOSE 8080 (Dockerfile:9)",
        "group.web.service.web.check.http.path": "route in app.py:12",
        "group.web.task.web": "the only service",
        "group.web.task.web.resources.cpu": "light",
        "group.web.task.web.resources.memory": "light",
    },
)
EXPECTED = """\
job "web" {
  datacenters = ["dc1"]
  type        = "service"

  constraint {
    attribute = "${attr.kernel.name}"
    value     = "linux"
  }

  group "web" {
    count = 2

    network {
      port "http" {
        to = 8080
      }
    }

    service {
      name = "web"
      port = "http"

      check {
        type     = "http"
        path     = "/health"
        interval = "10s"
        timeout  = "2s"
      }
    }

    task "web" {
      driver = "docker"

      config {
        image  = "nginx:1.27"
        ports  = ["http"]
        labels = {
          "a.b" = "c"
        }
      }

      env {
        PORT     = "${NOMAD_PORT_http}"
        GREETING = "cost: $${price}"
      }

      template {
        destination = "secrets/app.env"
        env         = true
        data        = <<-EOT
          KEY={{ key `a` }}
            DEEP=1
        EOT
      }

      resources {
        cpu    = 200
        memory = 128
      }
    }
  }
}
"""


def test_a_job_is_laid_out_as_nomad_fmt_does() -> None:
    assert render_hcl(SPEC) == EXPECTED


def test_explaining_adds_the_reasons_beside_the_values_and_nothing_else() -> None:
    explained = render_hcl(SPEC, explain=True).splitlines()
    assert "    count = 2 # 2 replicas (prompt)" in explained
    assert "        to = 8080 # EXPOSE 8080 (Dockerfile:9)" in explained
    assert '        path     = "/health" # route in app.py:12' in explained
    assert '    task "web" { # the only service' in explained
    assert [line.partition(" # ")[0].rstrip() for line in explained] == EXPECTED.splitlines()


def test_comments_of_neighbouring_lines_align() -> None:
    explained = render_hcl(SPEC, explain=True)
    assert "        cpu    = 200 # light\n        memory = 128 # light\n" in explained


def test_an_unknown_becomes_a_variable_with_a_comment() -> None:
    variable = Variable(name="image", description="The app's image", missing="No image in compose.yaml or Dockerfile")
    task = TASK.model_copy(update={"config": DockerConfig(image=VarRef(var="image"))})
    text = render_hcl(SPEC.model_copy(update={"variables": (variable,)}).with_task("web", task))
    assert text.startswith(
        "# No image in compose.yaml or Dockerfile\n"
        'variable "image" {\n  type        = string\n  description = "The app\'s image"\n}\n\njob "web" {'
    )
    assert "        image = var.image\n" in text


def test_names_that_are_no_identifiers_turn_a_block_into_an_attribute() -> None:
    task = TASK.model_copy(update={"env": {"a.b": "1", "C": "2"}})
    assert '      env    = {\n        "a.b" = "1"\n        C     = "2"\n      }\n' in render_hcl(
        SPEC.with_task("web", task)
    )


def test_a_heredoc_takes_a_marker_that_the_text_does_not_hold() -> None:
    assert "<<-EOT2\n" in render_hcl(with_data("a\nEOT\n"))


def test_text_that_a_heredoc_would_change_is_quoted() -> None:
    assert r'data        = "no line end"' in render_hcl(with_data("no line end"))
    assert r'data        = "a\r\nb\n"' in render_hcl(with_data("a\r\nb\n"))


def test_a_heredoc_whose_lines_are_all_indented_keeps_its_indent() -> None:
    assert "data        = <<EOT\n  a\n  b\n        EOT\n" in render_hcl(with_data("  a\n  b\n"))


def with_data(data: str) -> JobSpec:
    template = Template(data=data, destination="local/x", env=False)
    return SPEC.with_task("web", TASK.model_copy(update={"templates": (template,)}))


def test_the_json_has_nomads_names_and_nanoseconds() -> None:
    group = render_json(SPEC)["TaskGroups"][0]  # type: ignore[index]  # JSON
    assert group["Services"][0]["Checks"][0]["Interval"] == 10_000_000_000
    assert group["Networks"][0]["DynamicPorts"][0] == {"Label": "http", "To": 8080, "Value": 0, "HostNetwork": ""}


def test_a_missing_variable_stays_visible_in_the_json() -> None:
    spec = SPEC.model_copy(update={"variables": (Variable(name="image"),)})
    task = TASK.model_copy(update={"config": DockerConfig(image=VarRef(var="image"))})
    job = render_json(spec.with_task("web", task))
    assert job["TaskGroups"][0]["Tasks"][0]["Config"]["image"] == "${var.image}"  # type: ignore[index]  # JSON
