"""For each warning: a file that has it, the text at its place, and files that look alike and are well."""

from dataclasses import dataclass

_TASK = """task "t" {{
      driver = "docker"
      config {{
        image = "app:1"
        {config}
      }}
      {task}
      resources {{
        cpu = 100
      }}
    }}"""


def job(*, top: str = "", group: str = "", task: str = "", config: str = "", more: str = "") -> str:
    """A job without a complaint, with something added at one place."""
    body = _TASK.format(config=config, task=task)
    return f'job "j" {{\n  {top}\n  group "g" {{\n    {group}\n    {body}\n  }}\n  {more}\n}}\n'


@dataclass(frozen=True)
class Case:
    """`bad` at `at` (the text that the finding's line ends with or holds), `good` never."""

    code: str
    bad: str
    at: str
    good: tuple[str, ...]


HTTP = 'network {\n port "http" {\n to = 80\n }\n }\n'
CHECKED = (
    'service {\n name = "web"\n port = "http"\n check {\n type = "tcp"\n interval = "10s"\n timeout = "2s"\n }\n }\n'
)
ROUTE = 'service {{\n name = "web"\n port = "http"\n {lines}\n tags = ["{tag}"]\n }}\n'
CHECK = 'check {\n type = "tcp"\n interval = "10s"\n timeout = "2s"\n }'


def static(*ports: int, mode: str = "", more: str = "") -> str:
    lines = "\n".join(f'port "p{index}" {{\n static = {port}\n {more}\n }}' for index, port in enumerate(ports))
    return f"network {{\n {mode}\n {lines}\n }}\n" + CHECKED.replace('"http"', '"p0"')


def template(data: str, *, destination: str = "${NOMAD_SECRETS_DIR}/a.env", lines: str = "env = true") -> str:
    return f'template {{\n destination = "{destination}"\n {lines}\n data = <<EOT\n{data}\nEOT\n }}\n'


def update(lines: str) -> str:
    return "update {\n" + lines + "\n}\n"


CASES = (
    Case(
        "secret-in-plain-text",
        job(task='env {\n DB_PASSWORD = "hunter22"\n }'),
        'DB_PASSWORD = "hunter22"',
        (
            job(task='env {\n DB_PASSWORD = "changeme"\n DB_PASSWORD_FILE = "/secrets/db"\n LOG = "info"\n }'),
            job(task='env {\n DB_PASSWORD = "${NOMAD_META_password}"\n }'),
            job(task=template('DB_PASSWORD={{ with secret "secret/data/a" }}{{ .Data.data.p | toJSON }}{{ end }}')),
        ),
    ),
    Case("image-not-pinned", job().replace("app:1", "app:latest"), "app:latest", (job().replace("app:1", "r:5000/app:1"), job().replace("app:1", "app@sha256:abc"))),
    Case("no-resources", job().replace("resources", "meta"), 'task "t"', (job(),)),
    Case("variable-without-default", 'variable "n" {\n}\n' + job(), 'variable "n"', ('variable "n" {\n default = 1\n}\n' + job(),)),
    Case("unknown-docker-option", job(config="imagee = 1"), "imagee", (job(config="force_pull = true"),)),
    Case("docker-option-type", job(config='args = "serve"'), '"serve"', (job(config='args = ["serve"]'), job(config='pids_limit = "9"'), job(config="labels {\n a = 1\n }"))),
    Case("missing-docker-option", job().replace("image =", "command ="), "config", (job(),)),
    Case("name-twice", job(more='group "g" {\n }'), 'group "g"', (job(more='group "h" {\n }'),)),
    Case("unknown-job-type", job(top='type = "cron"'), 'type = "cron"', (job(top='type = "sysbatch"'),)),
    Case("placeholder-datacenter", job(top='datacenters = ["${datacenter}"]'), "datacenters", (job(top='datacenters = ["*"]'),)),
    Case("placeholder-image", job().replace("app:1", "app:${tag}"), "app:${tag}", (job().replace("app:1", "app:${NOMAD_META_tag}"), 'variable "tag" {\n default = "1"\n}\n' + job().replace("app:1", "app:${var.tag}"))),
    Case("service-without-check", job(group=HTTP + 'service {\n name = "web"\n port = "http"\n }'), "service", (job(group=HTTP + CHECKED),)),
    Case("port-without-service", job(group=HTTP), 'group "g"', (job(group=HTTP + CHECKED), job(group=HTTP, top='type = "batch"'))),
    Case("service-name", job(group=HTTP + CHECKED.replace("web", "my_web")), "my_web", (job(group=HTTP + CHECKED.replace("web", "${JOB}-web")),)),
    Case("route-without-check", job(group=HTTP + ROUTE.format(lines="", tag="urlprefix-a.b/")), "urlprefix", (job(group=HTTP + ROUTE.format(lines=CHECK, tag="urlprefix-a.b/")),)),
    Case("route-without-consul", job(group=HTTP + ROUTE.format(lines=f'provider = "nomad"\n{CHECK}', tag="urlprefix-/")), "urlprefix", (job(group=HTTP + ROUTE.format(lines=CHECK, tag="urlprefix-/")),)),
    Case("route-without-slash", job(group=HTTP + ROUTE.format(lines=CHECK, tag="urlprefix-a.b")), "urlprefix", (job(group=HTTP + ROUTE.format(lines=CHECK, tag="urlprefix-:99 proto=tcp")),)),
    Case("unknown-port-label", job(config='ports = ["web"]', group=HTTP + CHECKED), '"web"', (job(config='ports = ["http"]', group=HTTP + CHECKED),)),
    Case("host-port-clash", job(group=static(8080, 8080)), "static = 8080", (job(group=static(8080, 8081)),)),
    Case("static-port-counted", job(group="count = 2\n" + static(8080)), "static = 8080", (job(group=static(8080)), job(group="count = 2\n" + HTTP + CHECKED))),
    Case("static-port-in-dynamic-range", job(group=static(20000)), "static = 20000", (job(group=static(19999)), job(group=static(32001)))),
    Case("needless-host-mode", job(group=static(80, mode='mode = "host"')), 'mode = "host"', (job(group=static(80)), job(group=static(8080, mode='mode = "host"')))),
    Case("needless-bridge-mode", job(group=static(8080, mode='mode = "bridge"')), 'mode = "bridge"', (job(group=HTTP.replace("network {", 'network {\n mode = "bridge"') + CHECKED),)),
    Case("mapped-on-host-network", job(group=static(8080, more="to = 80"), config='network_mode = "host"\n ports = ["p0"]'), "to = 80", (job(group=static(8080), config='network_mode = "host"\n ports = ["p0"]'),)),
    Case("privileged", job(config="privileged = true"), "privileged", (job(config="privileged = false"),)),
    Case("added-capability", job(config='cap_add = ["net_admin"]'), "cap_add", (job(config='cap_drop = ["all"]'),)),
    Case("host-path", job(config='volumes = ["/etc:/etc"]'), '"/etc:/etc"', (job(config='volumes = ["local/a:/a"]'),)),
    Case("raw-exec", job().replace('"docker"', '"raw_exec"'), "raw_exec", (job().replace('"docker"', '"exec"'),)),
    Case("update-of-batch", job(top='type = "batch"\n' + update("max_parallel = 1")), "update", (job(top=update("max_parallel = 1")),)),
    Case("deadline-order", job(group=update('healthy_deadline = "15m"')), "15m", (job(group=update('healthy_deadline = "15m"\n progress_deadline = "0s"')), job(group=update('min_healthy_time = "30s"')))),
    Case("system-count", job(top='type = "system"', group="count = 2"), "count = 2", (job(top='type = "system"', group="count = 1"), job(group="count = 2"))),
    Case("system-placement", job(top='type = "system"\n spread {\n attribute = "${node.datacenter}"\n }'), "spread", (job(top='spread {\n attribute = "${node.datacenter}"\n }'),)),
    Case("hidden-crash-loop", job(group='restart {\n mode = "delay"\n }'), '"delay"', (job(group='restart {\n mode = "fail"\n }'),)),
    Case(
        "gpu-constraint",
        job(top='constraint {\n attribute = "${meta.gpu}"\n value = "true"\n }').replace("cpu = 100", 'device "nvidia/gpu" {\n }'),
        "constraint",
        (job(top='constraint {\n attribute = "${meta.gpu}"\n value = "true"\n }'), job(top='constraint {\n attribute = "${meta.rack}"\n value = "1"\n }').replace("cpu = 100", 'device "nvidia/gpu" {\n }')),
    ),
    Case("vault-env-block", job(task='vault {\n env {\n A = "secret/data/a#b"\n }\n }'), "env", (job(task="vault {\n env = false\n }"),)),
    Case("vault-policies", job(task='vault {\n policies = ["a"]\n }'), "policies", (job(task="vault {\n }"),)),
    Case(
        "kv2-path",
        job(task=template('A={{ with secret "secret/a" }}{{ .Data.data.b | toJSON }}{{ end }}')),
        'secret "secret/a"',
        (job(task=template('A={{ with secret "kv/a" }}{{ .Data.b | toJSON }}{{ end }}')), job(task=template('A={{ with secret "secret/data/a" }}{{ .Data.data.b | toJSON }}{{ end }}'))),
    ),
    Case("kv2-field", job(task=template('A={{ with secret "secret/data/a" }}{{ .Data.b | toJSON }}{{ end }}')), '.Data.b', (job(task=template('A={{ with secret "database/creds/a" }}{{ .Data.password | toJSON }}{{ end }}')),)),
    Case("dashed-key", job(task=template('A={{ with secret "secret/data/a" }}{{ .Data.data.my-key | toJSON }}{{ end }}')), 'my-key', (job(task=template('A={{ with secret "secret/data/a" }}{{ index .Data.data "my-key" | toJSON }}{{ end }}')),)),
    Case(
        "secret-engine",
        job(task='secret "db" {\n provider = "vault"\n path = "secret/data/db"\n }'),
        "path",
        (job(task='secret "db" {\n provider = "vault"\n path = "secret/data/db"\n config {\n engine = "kv_v2"\n }\n }'), job(task='secret "db" {\n provider = "vault"\n path = "kv/db"\n }')),
    ),
    Case(
        "needless-delimiters",
        job(task=template('a [[ key "a" ]]', lines='left_delimiter = "[["\n right_delimiter = "]]"')),
        '"[["',
        (job(task=template('a [[ key "a" ]] {{ kept }}', lines='left_delimiter = "[["\n right_delimiter = "]]"')),),
    ),
    Case("unquoted-value", job(task=template('A={{ with secret "secret/data/a" }}{{ .Data.data.b }}{{ end }}')), 'A={{', (job(task=template('A={{ env "NOMAD_ALLOC_ID" }}')), job(task=template('A={{ key "a" | toJSON }}')))),
    Case("secret-on-disk", job(task=template('A={{ with secret "secret/data/a" }}{{ .Data.data.b | toJSON }}{{ end }}', destination="local/a.env")), "local/a.env", (job(task=template('A={{ key "a" | toJSON }}', destination="local/a.env")),)),
    Case("port-map", job(config="port_map {\n http = 80\n }"), "port_map", (job(config='ports = ["http"]', group=HTTP + CHECKED),)),
    Case("task-network", job().replace("cpu = 100", "network {\n }"), "network", (job(group=HTTP + CHECKED),)),
    Case("mbits", job(group=HTTP.replace("network {", "network {\n mbits = 10") + CHECKED), "mbits", (job(group=HTTP + CHECKED),)),
    Case("removed-argument", job(top='vault_token = "x"'), "vault_token", (job(),)),
)  # fmt: skip
