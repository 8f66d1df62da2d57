"""What a model may answer about a repository, in the forms that the prompts ask for.

There is no field for an image, a privilege, a mount, a capability, a driver, a host or a user: what a model says of
these is not even read.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict

from muster.nomad.domain.modelled.citing import Citation


class _Answer(BaseModel):
    """A part of an answer. What its form does not name is passed over."""

    model_config = ConfigDict(frozen=True)


class _Claim(_Answer):
    confidence: float = 0.5
    reason: str = ""
    evidence: list[Citation] = []


class ClaimedFact(_Claim):
    """One fact of the prompt `analysis`; what `value` and `detail` are depends on the kind."""

    kind: Literal["language", "framework", "port", "env", "command", "health", "dependency", "workload", "volume"]
    value: str
    detail: str | None = None


class AnalysisAnswer(_Answer):
    """The answer to `analysis`."""

    facts: list[ClaimedFact] = []
    notes: list[str] = []


class ClaimedVariable(_Claim):
    """One environment variable of the prompt `app_code_inference`."""

    name: str
    required: bool = False
    default: str | None = None


class VariablesAnswer(_Answer):
    """The answer to `app_code_inference`."""

    variables: list[ClaimedVariable] = []
    notes: list[str] = []


class WorkloadAnswer(_Claim):
    """The answer to `classify_workload`; null where nothing decides it."""

    job: Literal["service", "batch", "periodic", "system"] | None = None
    cron: str | None = None
    size: Literal["light", "medium", "heavy", "compute"] | None = None
    listens: bool | None = None
    notes: list[str] = []


class GpuAnswer(_Claim):
    """The answer to `detect_gpu`."""

    needs: Literal["required", "optional", "none", "null"] | None = None
    vendor: str | None = None
    count: int | None = None
    notes: list[str] = []


class ClaimedPort(_Claim):
    """One port of the prompt `analyze_ports`."""

    port: int
    protocol: Literal["tcp", "udp"] = "tcp"
    main: bool = False
    variable: str | None = None
    form: str | None = None
    health_path: str | None = None


class PortsAnswer(_Answer):
    """The answer to `analyze_ports`."""

    ports: list[ClaimedPort] = []
    notes: list[str] = []


class RunPort(_Answer):
    """A published port of a `docker run`."""

    container: int
    host: int | None = None


class RunVariable(_Answer):
    """A variable of a `docker run`; `given` null for a secret."""

    variable: str
    given: str | None = None


class DockerRun(_Claim):
    """One `docker run` of a Makefile."""

    target: str = ""
    ports: list[RunPort] = []
    env: list[RunVariable] = []


class MakefileDockerAnswer(_Answer):
    """The answer to `makefile_docker_extraction`."""

    runs: list[DockerRun] = []
    notes: list[str] = []


class ComposeCall(_Claim):
    """One call of compose in a Makefile."""

    target: str = ""
    purpose: Literal["run", "build", "stop", "test", "tool"] = "run"
    files: list[str] = []
    profiles: list[str] = []


class MakefileComposeAnswer(_Answer):
    """The answer to `makefile_compose_extraction`."""

    calls: list[ComposeCall] = []
    main: str | None = None
    notes: list[str] = []


RepositoryAnswer = (
    AnalysisAnswer
    | VariablesAnswer
    | WorkloadAnswer
    | GpuAnswer
    | PortsAnswer
    | MakefileDockerAnswer
    | MakefileComposeAnswer
)
