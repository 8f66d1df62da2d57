"""The blocks of a job as a plan tells them apart: which fields each has, and which blocks lie in it.

Read from hashicorp/nomad v1.1.2 (`nomad/structs/diff.go` and the structs it walks); a field that Nomad keeps out of a
difference is not named here. The order of the parts is the order of a difference's `Objects`.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Pairing(Enum):
    """How the old and the new blocks of one part are matched."""

    ONE = auto()  # a single block
    SAME = auto()  # equal blocks cancel out; what is left was deleted or added
    NAMED = auto()  # blocks with the same identity are compared
    KEYED = auto()  # a map of blocks
    NAMES = auto()  # a set of strings
    FREE = auto()  # free-form: driver configuration, headers
    JOINED = auto()  # a block of lists of strings, each shown as one joined string


@dataclass(frozen=True)
class Shape:
    """A kind of block: its plain fields by the type of their values, and its parts.

    A `plain` block is judged by its fields alone: where no field differs there is no difference.
    """

    texts: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    parts: tuple["Part", ...] = ()
    plain: bool = True


@dataclass(frozen=True)
class Part:
    """A part of a block: the key it lies at, the name a plan gives it, how old and new are matched."""

    key: str
    name: str
    pairing: Pairing
    shape: Shape = Shape()
    identity: tuple[str, ...] = ("Name",)
    hide_unchanged: bool = False


CONSTRAINT = Shape(texts=("LTarget", "RTarget", "Operand"))
AFFINITY = Shape(texts=("LTarget", "RTarget", "Operand"), numbers=("Weight",))
RESTART = Shape(texts=("Mode",), numbers=("Attempts", "Interval", "Delay"))
RESCHEDULE = Shape(
    texts=("DelayFunction",), numbers=("Attempts", "Interval", "Delay", "MaxDelay"), flags=("Unlimited",)
)
DISK = Shape(numbers=("SizeMB",), flags=("Sticky", "Migrate"))
CONSUL = Shape(texts=("Namespace",))
UPDATE = Shape(
    texts=("HealthCheck",),
    numbers=("MaxParallel", "MinHealthyTime", "HealthyDeadline", "ProgressDeadline", "Canary"),
    flags=("AutoRevert", "AutoPromote"),
)
STATIC_PORT = Shape(texts=("Label", "HostNetwork"), numbers=("Value", "To"))
DYNAMIC_PORT = Shape(texts=("Label", "HostNetwork"), numbers=("To",))
DNS = Shape(texts=("Servers", "Searches", "Options"), plain=False)
NETWORK = Shape(
    texts=("Mode",),
    numbers=("MBits",),
    plain=False,
    parts=(
        Part("ReservedPorts", "Static Port", Pairing.NAMED, STATIC_PORT, ("Label",)),
        Part("DynamicPorts", "Dynamic Port", Pairing.NAMED, DYNAMIC_PORT, ("Label",)),
        Part("DNS", "DNS", Pairing.JOINED, DNS),
    ),
)
DEVICE = Shape(texts=("Name",), numbers=("Count",), plain=False)
RESOURCES = Shape(
    numbers=("CPU", "Cores", "MemoryMB", "MemoryMaxMB", "DiskMB", "IOPS"),
    plain=False,
    parts=(
        Part("Networks", "Network", Pairing.SAME, NETWORK),
        Part("Devices", "Device", Pairing.NAMED, DEVICE),
    ),
)
CHECK_RESTART = Shape(numbers=("Limit", "Grace"), flags=("IgnoreWarnings",), plain=False)
CHECK = Shape(
    texts=(
        *("Name", "Type", "Command", "Path", "Protocol", "PortLabel", "AddressMode", "InitialStatus", "Method"),
        *("GRPCService", "TaskName", "Body", "OnUpdate"),
    ),
    numbers=("Interval", "Timeout", "SuccessBeforePassing", "FailuresBeforeCritical"),
    flags=("Expose", "TLSSkipVerify", "GRPCUseTLS"),
    plain=False,
    parts=(
        Part("Header", "Header", Pairing.FREE),
        Part("CheckRestart", "CheckRestart", Pairing.ONE, CHECK_RESTART),
    ),
)
UPSTREAM = Shape(
    texts=("DestinationName", "Datacenter", "LocalBindAddress"),
    numbers=("LocalBindPort",),
    plain=False,
    parts=(Part("MeshGateway", "MeshGateway", Pairing.ONE, Shape(texts=("Mode",))),),
)
PROXY = Shape(
    texts=("LocalServiceAddress",),
    numbers=("LocalServicePort",),
    plain=False,
    parts=(
        Part("Upstreams", "ConsulUpstreams", Pairing.NAMED, UPSTREAM, ("Datacenter", "DestinationName")),
        Part("Config", "Config", Pairing.FREE),
    ),
)
SIDECAR = Shape(
    texts=("Port",),
    flags=("DisableDefaultTCPCheck",),
    plain=False,
    parts=(Part("Proxy", "ConsulProxy", Pairing.ONE, PROXY),),
)
CONNECT = Shape(flags=("Native",), plain=False, parts=(Part("SidecarService", "SidecarService", Pairing.ONE, SIDECAR),))
SERVICE = Shape(
    texts=("Name", "TaskName", "PortLabel", "AddressMode", "Namespace", "OnUpdate"),
    flags=("EnableTagOverride",),
    maps=("Meta", "CanaryMeta"),
    plain=False,
    parts=(
        Part("CanaryTags", "CanaryTags", Pairing.NAMES),
        Part("Tags", "Tags", Pairing.NAMES),
        Part("Checks", "Check", Pairing.NAMED, CHECK),
        Part("Connect", "ConsulConnect", Pairing.ONE, CONNECT),
    ),
)
VOLUME = Shape(
    texts=("Name", "Type", "Source", "AccessMode", "AttachmentMode"),
    flags=("ReadOnly", "PerAlloc"),
    plain=False,
    parts=(
        Part(
            "MountOptions",
            "MountOptions",
            Pairing.ONE,
            Shape(texts=("FSType",), plain=False, parts=(Part("MountFlags", "MountFlags", Pairing.NAMES),)),
        ),
    ),
)
LOGS = Shape(numbers=("MaxFiles", "MaxFileSizeMB"))
ARTIFACT = Shape(texts=("GetterSource", "GetterMode", "RelativeDest"), maps=("GetterOptions", "GetterHeaders"))
VAULT = Shape(
    texts=("Namespace", "ChangeMode", "ChangeSignal"),
    flags=("Env",),
    plain=False,
    parts=(Part("Policies", "Policies", Pairing.NAMES),),
)
TEMPLATE = Shape(
    texts=(
        *("SourcePath", "DestPath", "EmbeddedTmpl", "ChangeMode", "ChangeSignal", "Perms"),
        *("LeftDelim", "RightDelim"),
    ),
    numbers=("Splay", "VaultGrace"),
    flags=("Envvars",),
)
PERIODIC = Shape(texts=("Spec", "SpecType", "TimeZone"), flags=("Enabled", "ProhibitOverlap"))
PARAMETERIZED = Shape(
    texts=("Payload",),
    plain=False,
    parts=(
        Part("MetaOptional", "MetaOptional", Pairing.NAMES),
        Part("MetaRequired", "MetaRequired", Pairing.NAMES),
    ),
)

JOB = Shape(
    texts=(
        *("Region", "Namespace", "ParentID", "Name", "Type"),
        *("ConsulToken", "ConsulNamespace", "VaultToken", "VaultNamespace"),
    ),
    numbers=("Priority",),
    flags=("Stop", "AllAtOnce", "Dispatched"),
    maps=("Meta",),
    parts=(
        Part("Datacenters", "Datacenters", Pairing.NAMES, hide_unchanged=True),
        Part("Constraints", "Constraint", Pairing.SAME, CONSTRAINT),
        Part("Affinities", "Affinity", Pairing.SAME, AFFINITY),
        Part("Periodic", "Periodic", Pairing.ONE, PERIODIC),
        Part("ParameterizedJob", "ParameterizedJob", Pairing.ONE, PARAMETERIZED),
    ),
)
GROUP = Shape(
    numbers=("Count",),
    maps=("Meta",),
    parts=(
        Part("Constraints", "Constraint", Pairing.SAME, CONSTRAINT),
        Part("Affinities", "Affinity", Pairing.SAME, AFFINITY),
        Part("RestartPolicy", "RestartPolicy", Pairing.ONE, RESTART),
        Part("ReschedulePolicy", "ReschedulePolicy", Pairing.ONE, RESCHEDULE),
        Part("EphemeralDisk", "EphemeralDisk", Pairing.ONE, DISK),
        Part("Consul", "Consul", Pairing.ONE, CONSUL),
        Part("Update", "Update", Pairing.ONE, UPDATE),
        Part("Networks", "Network", Pairing.SAME, NETWORK),
        Part("Services", "Service", Pairing.NAMED, SERVICE),
        Part("Volumes", "Volume", Pairing.KEYED, VOLUME),
    ),
)
TASK = Shape(
    texts=("Driver", "User", "KillSignal", "Kind"),
    numbers=("KillTimeout", "ShutdownDelay"),
    flags=("Leader",),
    maps=("Env", "Meta"),
    parts=(
        Part("Constraints", "Constraint", Pairing.SAME, CONSTRAINT),
        Part("Affinities", "Affinity", Pairing.SAME, AFFINITY),
        Part("Config", "Config", Pairing.FREE),
        Part("Resources", "Resources", Pairing.ONE, RESOURCES),
        Part("LogConfig", "LogConfig", Pairing.ONE, LOGS),
        Part("DispatchPayload", "DispatchPayload", Pairing.ONE, Shape(texts=("File",))),
        Part("Artifacts", "Artifact", Pairing.SAME, ARTIFACT),
        Part("Services", "Service", Pairing.NAMED, SERVICE),
        Part("Vault", "Vault", Pairing.ONE, VAULT),
        Part("Templates", "Template", Pairing.SAME, TEMPLATE),
    ),
)
