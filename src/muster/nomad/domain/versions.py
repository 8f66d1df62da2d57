"""What Nomad can by its version: one table, with what is written instead and where each row is known from.

Sources are the changelog of Nomad, its source, or an answer recorded of a real server. Where the version is not known
(`generate` asks no cluster) a row says itself what is written then: what most versions take, and nobody has to guess.
"""

import re
from dataclasses import dataclass
from typing import Literal

FeatureName = Literal[
    "namespaces",
    "memory-max",
    "cores",
    "sysbatch",
    "native-services",
    "native-checks",
    "nomad-variables",
    "acl-roles",
    "node-pools",
    "parse-variables",
    "workload-identity",
    "disconnect-block",
    "vault-policies",
    "secret-block",
]
Release = tuple[int, int]


@dataclass(frozen=True)
class Feature:
    """A row: from `since` on, and no longer in `until`; `unknown` is the answer where nobody knows the version."""

    name: FeatureName
    what: str
    since: Release
    instead: str
    source: str
    until: Release | None = None
    unknown: bool = False

    def in_release(self, release: Release) -> bool:
        """Whether that release has it."""
        return self.since <= release and (self.until is None or release < self.until)

    @property
    def releases(self) -> str:
        """`1.4 on`, `below 1.10`."""
        start = "" if self.since == (0, 0) else f"{_text(self.since)} on"
        return ", ".join(part for part in (start, f"below {_text(self.until)}" if self.until else "") if part)


def _text(release: Release) -> str:
    return ".".join(map(str, release))


FEATURES = (
    Feature(
        name="namespaces",
        what="`namespace` of a job",
        since=(1, 0),
        instead="nothing: all jobs share one namespace",
        source="changelog of 1.0.0: Namespaces OSS",
        unknown=True,
    ),
    Feature(
        name="memory-max",
        what="`memory_max`, a ceiling above the reservation",
        since=(1, 1),
        instead="`memory` alone",
        source="changelog of 1.1.0: Memory oversubscription",
        unknown=True,
    ),
    Feature(
        name="cores",
        what="`cores`, whole processors",
        since=(1, 1),
        instead="`cpu` in MHz",
        source="changelog of 1.1.0: Reserved CPU cores",
        unknown=True,
    ),
    Feature(
        name="sysbatch",
        what="jobs of type `sysbatch`",
        since=(1, 2),
        instead="`batch`, or `system`",
        source="changelog of 1.2.0: System Batch scheduler",
        unknown=True,
    ),
    Feature(
        name="native-services",
        what='services with `provider = "nomad"`',
        since=(1, 3),
        instead="services in Consul",
        source="changelog of 1.3.0: Native service discovery",
        unknown=True,
    ),
    Feature(
        name="native-checks",
        what='checks of services with `provider = "nomad"`',
        since=(1, 4),
        instead="such a service without checks",
        source="changelog of 1.4.0: checks on Nomad services",
        unknown=True,
    ),
    Feature(
        name="nomad-variables",
        what="Nomad variables, `nomadVar` in templates",
        since=(1, 4),
        instead="Vault, or a variable of the job file",
        source="changelog of 1.4.0: Variables",
        unknown=True,
    ),
    Feature(
        name="acl-roles",
        what="ACL roles, and policies of a workload",
        since=(1, 4),
        instead="policies named by the token",
        source="changelog of 1.4.0: ACL Roles",
    ),
    Feature(
        name="node-pools",
        what="`node_pool` of a job",
        since=(1, 6),
        instead="a constraint on `${node.class}`",
        source="changelog of 1.6.0: Node Pools",
    ),
    Feature(
        name="parse-variables",
        what="values for variables in a request to `/v1/jobs/parse`",
        since=(1, 6),
        instead="the values written into the file first",
        source="Nomad's source, `JobsParseRequest`",
    ),
    Feature(
        name="workload-identity",
        what="`vault { role = ... }`: Vault and Consul by the workload's identity",
        since=(1, 7),
        instead="`vault { policies = [...] }`",
        source="changelog of 1.7.0: Workload Identity for Vault",
        unknown=True,
    ),
    Feature(
        name="disconnect-block",
        what="the `disconnect` block of a group",
        since=(1, 8),
        instead="`max_client_disconnect`, which 1.10 ignores",
        source="changelog of 1.10.0: the block introduced in 1.8",
    ),
    Feature(
        name="vault-policies",
        what="`vault { policies = [...] }`: Vault by the servers' token",
        since=(0, 0),
        until=(1, 10),
        instead="`vault {}`, or `vault { role = ... }`",
        source="changelog of 1.10.0: token-based authentication removed; 1.1.2 refuses `vault {}` (recorded)",
    ),
    Feature(
        name="secret-block",
        what='`secret "NAME" { ... }` and `${secret.NAME.KEY}`',
        since=(1, 11),
        instead="a template with `env = true`",
        source="changelog of 1.11.0: secret block",
    ),
)
"""By release."""

_BY_NAME = {one.name: one for one in FEATURES}
_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})")


def has_feature(version: str | None, name: FeatureName) -> bool:
    """Whether a cluster of that version (`1.8.3`, `v1.10.0+ent`) has it; by the row's `unknown` where it says none."""
    found = _VERSION.match(version or "")
    row = _BY_NAME[name]
    return row.in_release((int(found[1]), int(found[2]))) if found else row.unknown
