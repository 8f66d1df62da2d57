"""The server's shape of a job: every key that `GET /v1/job/:id` shows, with the value it has when nothing was said.

A nested `Shape` is a block (null unless given), a list of one Shape a list of blocks, a dict of one Shape a map.
Source: the jobs read back in the recordings (Nomad 1.1.2).
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Shape:
    """Keys of one block; `present` blocks are there even when nobody wrote them."""

    fields: dict[str, Any]
    present: bool = False


CONSTRAINT = Shape({"LTarget": "", "Operand": "", "RTarget": ""})
AFFINITY = Shape({"LTarget": "", "Operand": "", "RTarget": "", "Weight": 50})
SPREAD = Shape({"Attribute": "", "SpreadTarget": [Shape({"Percent": 0, "Value": ""})], "Weight": 50})
RESTART = Shape({"Attempts": 2, "Delay": 15_000_000_000, "Interval": 1_800_000_000_000, "Mode": "fail"})
PORT = Shape({"HostNetwork": "default", "Label": "", "To": 0, "Value": 0})
NETWORK = Shape(
    {
        "CIDR": "",
        "DNS": Shape({"Options": None, "Searches": None, "Servers": None}),
        "Device": "",
        "DynamicPorts": [PORT],
        "IP": "",
        "MBits": 0,
        "Mode": "",
        "ReservedPorts": [PORT],
    }
)
CHECK_RESTART = Shape({"Grace": 1_000_000_000, "IgnoreWarnings": False, "Limit": 0})
CHECK = Shape(
    {
        "AddressMode": "",
        "Args": None,
        "Body": "",
        "CheckRestart": CHECK_RESTART,
        "Command": "",
        "Expose": False,
        "FailuresBeforeCritical": 0,
        "GRPCService": "",
        "GRPCUseTLS": False,
        "Header": None,
        "InitialStatus": "",
        "Interval": 0,
        "Method": "",
        "Name": "",
        "OnUpdate": "require_healthy",
        "Path": "",
        "PortLabel": "",
        "Protocol": "",
        "SuccessBeforePassing": 0,
        "TLSSkipVerify": False,
        "TaskName": "",
        "Timeout": 0,
        "Type": "",
    }
)
SERVICE = Shape(
    {
        "AddressMode": "auto",
        "CanaryMeta": None,
        "CanaryTags": None,
        "Checks": [CHECK],
        "Connect": None,
        "EnableTagOverride": False,
        "Meta": None,
        "Name": "",
        "Namespace": "default",
        "OnUpdate": "require_healthy",
        "PortLabel": "",
        "Tags": None,
        "TaskName": "",
    }
)
ARTIFACT = Shape(
    {"GetterHeaders": None, "GetterMode": "any", "GetterOptions": None, "GetterSource": "", "RelativeDest": "local/"}
)
TEMPLATE = Shape(
    {
        "ChangeMode": "restart",
        "ChangeSignal": "",
        "DestPath": "",
        "EmbeddedTmpl": "",
        "Envvars": False,
        "LeftDelim": "{{",
        "Perms": "0644",
        "RightDelim": "}}",
        "SourcePath": "",
        "Splay": 5_000_000_000,
        "VaultGrace": 0,
    }
)
VAULT = Shape({"ChangeMode": "restart", "ChangeSignal": "SIGHUP", "Env": True, "Namespace": "", "Policies": None})
DEVICE = Shape({"Affinities": [AFFINITY], "Constraints": [CONSTRAINT], "Count": 1, "Name": ""})
RESOURCES = Shape(
    {
        "CPU": 100,
        "Cores": 0,
        "Devices": [DEVICE],
        "DiskMB": 0,
        "IOPS": 0,
        "MemoryMB": 300,
        "MemoryMaxMB": 0,
        "Networks": [NETWORK],
    },
    present=True,
)
TASK = Shape(
    {
        "Affinities": [AFFINITY],
        "Artifacts": [ARTIFACT],
        "CSIPluginConfig": None,
        "Config": None,
        "Constraints": [CONSTRAINT],
        "DispatchPayload": Shape({"File": ""}),
        "Driver": "",
        "Env": None,
        "KillSignal": "",
        "KillTimeout": 5_000_000_000,
        "Kind": "",
        "Leader": False,
        "Lifecycle": Shape({"Hook": "", "Sidecar": False}),
        "LogConfig": Shape({"MaxFileSizeMB": 10, "MaxFiles": 10}, present=True),
        "Meta": None,
        "Name": "",
        "Resources": RESOURCES,
        "RestartPolicy": RESTART,
        "ScalingPolicies": None,
        "Services": [SERVICE],
        "ShutdownDelay": 0,
        "Templates": [TEMPLATE],
        "User": "",
        "Vault": VAULT,
        "VolumeMounts": [Shape({"Destination": "", "PropagationMode": "private", "ReadOnly": False, "Volume": ""})],
    }
)
UPDATE = Shape(
    {
        "AutoPromote": False,
        "AutoRevert": False,
        "Canary": 0,
        "HealthCheck": "checks",
        "HealthyDeadline": 300_000_000_000,
        "MaxParallel": 1,
        "MinHealthyTime": 10_000_000_000,
        "ProgressDeadline": 600_000_000_000,
        "Stagger": 30_000_000_000,
    }
)
MIGRATE = Shape(
    {"HealthCheck": "checks", "HealthyDeadline": 300_000_000_000, "MaxParallel": 1, "MinHealthyTime": 10_000_000_000}
)
RESCHEDULE = Shape(
    {
        "Attempts": 0,
        "Delay": 30_000_000_000,
        "DelayFunction": "exponential",
        "Interval": 0,
        "MaxDelay": 3_600_000_000_000,
        "Unlimited": True,
    }
)
VOLUME = Shape(
    {
        "AccessMode": "",
        "AttachmentMode": "",
        "MountOptions": None,
        "Name": "",
        "PerAlloc": False,
        "ReadOnly": False,
        "Source": "",
        "Type": "",
    }
)
GROUP = Shape(
    {
        "Affinities": [AFFINITY],
        "Constraints": [CONSTRAINT],
        "Consul": Shape({"Namespace": ""}, present=True),
        "Count": 1,
        "EphemeralDisk": Shape({"Migrate": False, "SizeMB": 300, "Sticky": False}, present=True),
        "Meta": None,
        "Migrate": MIGRATE,
        "Name": "",
        "Networks": [NETWORK],
        "ReschedulePolicy": RESCHEDULE,
        "RestartPolicy": RESTART,
        "Scaling": None,
        "Services": [SERVICE],
        "ShutdownDelay": None,
        "Spreads": [SPREAD],
        "StopAfterClientDisconnect": None,
        "Tasks": [TASK],
        "Update": UPDATE,
        "Volumes": {"": VOLUME},
    }
)
JOB = Shape(
    {
        "Affinities": [AFFINITY],
        "AllAtOnce": False,
        "Constraints": [CONSTRAINT],
        "ConsulNamespace": "",
        "ConsulToken": "",
        "Datacenters": None,
        "Dispatched": False,
        "ID": "",
        "Meta": None,
        "Multiregion": None,
        "Name": "",
        "Namespace": "default",
        "NomadTokenID": "",
        "ParameterizedJob": Shape({"MetaOptional": None, "MetaRequired": None, "Payload": "optional"}),
        "ParentID": "",
        "Payload": None,
        "Periodic": Shape(
            {"Enabled": True, "ProhibitOverlap": False, "Spec": "", "SpecType": "cron", "TimeZone": "UTC"}
        ),
        "Priority": 50,
        "Region": "global",
        "Spreads": [SPREAD],
        "TaskGroups": [GROUP],
        "Type": "service",
        "Update": Shape(
            {
                "AutoPromote": False,
                "AutoRevert": False,
                "Canary": 0,
                "HealthCheck": "",
                "HealthyDeadline": 0,
                "MaxParallel": 0,
                "MinHealthyTime": 0,
                "ProgressDeadline": 0,
                "Stagger": 0,
            },
            present=True,
        ),
        "VaultNamespace": "",
        "VaultToken": "",
    }
)
