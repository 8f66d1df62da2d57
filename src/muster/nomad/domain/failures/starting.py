"""Why a task did not start: what the client and the driver said in its events."""

import re

from muster.nomad.domain.failures.rules import Rule, judgements
from muster.nomad.domain.failures.scene import Suspect, overrides_command
from muster.nomad.domain.outcomes import Cause

NO_NEWS = frozenset({"Received", "Task Setup", "Alloc Unhealthy", "Not Restarting", "Restarting", "Terminated"})
"""Types of events whose words give no reason for a start that failed."""

_SECRETS = (
    "Put the secret or key there, or correct the path; "
    "Vault says the same of a path that the policy{policies} forbids, "
    "and of a policy that is not there."
)
_LOGIN = "Give the driver credentials for that registry (the client's docker `auth` configuration)."
_PUSH = "Build and push it, or correct the name or the tag."

STARTING: tuple[Rule, ...] = (
    Rule(
        "disk",
        "human",
        re.compile(r"no space left on device|Disk (?:Resources )?Exceeded|allowed disk space", re.IGNORECASE),
        "{task}: the disk is full",
        "Free space on the node (old images), or ask for a larger ephemeral disk.",
    ),
    Rule(
        "image_not_found",
        "human",
        re.compile(
            r"Failed to pull `(?P<image>[^`]+)`.*no match(?:ing)? (?:for platform|manifest for (?P<platform>\S+))"
        ),
        "{task}: the image {image} is not built for the node's architecture {platform}",
        "Build it for that architecture, or constrain the job to nodes that it is built for.",
    ),
    Rule(
        "image_not_found",
        "human",
        re.compile(
            r"Failed to pull `(?P<image>[^`]+)`.*"
            r"(?:manifest unknown|name unknown|repository does not exist|not found|No such image)"
        ),
        "{task}: the image {image} does not exist in its registry",
        _PUSH + " Docker Hub says the same of a private repository.",
    ),
    Rule(
        "image_auth",
        "human",
        re.compile(
            r"Failed to pull `(?P<image>[^`]+)`.*"
            r"(?:no basic auth|unauthorized|authentication required|denied|\b401\b|\b403\b|docker login)",
            re.IGNORECASE,
        ),
        "{task}: the registry refuses to give the image {image} to this cluster",
        _LOGIN,
    ),
    Rule(
        "image_pull",
        "none",
        re.compile(r"Failed to pull `(?P<image>[^`]+)`.*(?:toomanyrequests|rate limit)", re.IGNORECASE),
        "{task}: the registry's rate limit does not let the image {image} be pulled now",
        "Wait, log in to the registry, or pull through a mirror.",
    ),
    Rule(
        "image_pull",
        "none",
        re.compile(r"Failed to pull `(?P<image>[^`]+)`.*?(?:dial tcp:? (?P<address>[\w.:-]+?):? |$)"),
        "{task}: the image {image} can't be pulled: its registry {address} gives no usable answer",
        "See whether the node reaches the registry and trusts its certificate.",
    ),
    Rule("image_not_found", "human", re.compile(r"No such image:? (?P<image>\S+)"), "{task}: no image {image}", _PUSH),
    Rule(
        "port_collision",
        "rule",
        re.compile(
            r"(?:Bind for \S*?:(?P<port>\d+) failed|listen (?:tcp|udp)\w* \S*?:(?P<listen>\d+): bind: address already)"
        ),
        "{task}: port {port}{listen} is taken on the node",
        "Let Nomad pick the port, or free it.",
    ),
    Rule(
        "command_not_found",
        "human",
        re.compile(r"exec format error"),
        "{task}: the executable is built for another architecture than the node's",
        "Build the image for that architecture, or constrain the job to nodes that it is built for.",
    ),
    Rule(
        "command_not_found",
        "human",
        re.compile(
            r"exec: \"(?P<command>[^\"]+)\": (?:stat \S+ no such file|executable file not found|permission denied)"
            r"|binary \"(?P<binary>[^\"]+)\" could not be found"
        ),
        "{task}: the command {command}{binary} can't be executed in the image",
        "Correct the command or the entrypoint, or leave them out so that the image starts its own.",
    ),
    Rule(
        "volume_missing",
        "human",
        re.compile(r"bind source path does not exist: (?P<path>\S+)|creating mount source path '(?P<source>[^']+)'"),
        "{task}: the host path {path}{source} of a mount does not exist on the node",
        "Create it on the node, or use a host volume.",
    ),
    Rule(
        "invalid_job",
        "human",
        re.compile(r"invalid port \"(?P<label>[^\"]+)\": port label not found"),
        "{task}: a service names the port {label}, which its group's network does not have",
        "Add the port to the network, or correct the label.",
    ),
    Rule(
        "driver_config",
        "human",
        re.compile(r"Port \"(?P<label>[^\"]+)\" not found, check network"),
        "{task}: the docker config names the port {label}, which its group's network does not have",
        "Add the port to the network, or correct the label.",
    ),
    Rule(
        "driver_config",
        "human",
        re.compile(r"failed to parse config:\s*(?:\*\s*)?(?P<problem>[^\n]+)"),
        "{task}: the driver does not take its config: {problem}",
        "Correct what the message names in the task's config block.",
    ),
    Rule(
        "driver_config",
        "human",
        re.compile(
            r"volumes are not enabled|privileged mode is disabled|not in the (?:list of )?allowed", re.IGNORECASE
        ),
        "{task}: the cluster's docker driver does not allow what the config asks for",
        "Use a host volume of the group instead, or have an operator allow it in the client's plugin block.",
    ),
    Rule(
        "unreachable_dependency",
        "human",
        re.compile(r"failed to download artifact \"(?P<address>[^\"]+)\""),
        "{task}: the artifact {address} can't be downloaded",
        "See whether the node reaches that address and whether the file is there.",
    ),
    Rule(
        "unreachable_dependency",
        "human",
        re.compile(r"Missing:.*?(?:health|nomad)\.service\((?P<service>[^|)]+)"),
        "{task} waits for the service {service}, which is not registered or has no passing check",
        "Deploy that service first, or correct its name in the template.",
    ),
    Rule(
        "vault",
        "human",
        re.compile(r"(?:vault|Vault).*?(?:Code: 403|permission denied)|(?:derive|renew)\w* (?:a )?[Vv]ault token"),
        "{task}: Vault refuses the task",
        "Give the job's role or policies read access to the path, and see whether Nomad itself may create tokens.",
    ),
    Rule(
        "missing_secret",
        "human",
        re.compile(r"Missing: (?P<source>[\w.]+)\((?P<path>[^)]+)\)"),
        "{task} waits for {path} ({source}), which is not there or may not be read",
        _SECRETS,
    ),
    Rule(
        "missing_secret",
        "human",
        re.compile(r"no secret exists at (?P<path>\S+)"),
        "{task}: there is no secret at {path}",
        _SECRETS,
    ),
    Rule(
        "template",
        "human",
        re.compile(r"Template failed: (?P<problem>.+)", re.DOTALL),
        "{task}: a template can't be rendered: {problem}",
        "Correct the template; it may read only files below the task's own directory.",
    ),
    Rule(
        "driver",
        "human",
        re.compile(r"docker daemon|driver .{0,40}(?:unhealthy|not found|shut ?down)|dockerd", re.IGNORECASE),
        "{task}: the driver does not work on the node",
        "See whether the container engine runs on that node (`nomad node status -verbose`).",
    ),
    Rule(
        "volume_missing",
        "human",
        re.compile(r"(?:csi|volume).*(?:not found|does not exist|unknown volume|failed)", re.IGNORECASE),
        "{task}: a volume can't be mounted",
        "See whether the volume exists and is free (`nomad volume status`).",
    ),
)
"""In this order: the first rule that fits the newest telling event is the cause."""


def classify_start(suspect: Suspect) -> Cause | None:
    """What kept the task from starting, by the newest event that tells."""
    events = [event for event in suspect.since_start() if event.type not in NO_NEWS]
    known = next(judgements(STARTING, suspect, (event.message for event in events)), None)
    failed = next((event.message for event in events if event.type in ("Driver Failure", "Setup Failure")), None)
    if known and known.kind == "command_not_found" and known.facts and overrides_command(suspect):
        return known.model_copy(update={"remedy": "rule"})
    if known or failed is None:
        return known
    return suspect.blame(
        "driver",
        "human",
        f"{suspect.name}: the client could not set the task up: {failed}",
        advice="The message is the client's own; its log on the node says more.",
        quotes=(failed,),
    )
