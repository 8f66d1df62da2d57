"""The prompts of nomad-spec: which ones its code asks for, and what it gives each of them to say."""

from pathlib import Path

from muster.core.prompts.files import PromptFolder
from muster.core.prompts.uses import AgentPrompts, PromptUse

ANALYSIS = PromptUse("analysis", ("known", "files"))
"""Facts that no rule found. `known` are the facts so far; `files` are excerpts with line numbers, redacted."""
GENERATION = PromptUse("generation", ("request", "analysis", "memories"))
"""Fields of the job from the user's words: the renderer writes the job."""
FIX = PromptUse("fix", ("error", "current_spec", "memories"))
"""One typed change to a job that failed in a way that no rule knows."""
MAKEFILE_DOCKER = PromptUse("makefile_docker_extraction", ("makefile",))
MAKEFILE_COMPOSE = PromptUse("makefile_compose_extraction", ("makefile",))
APP_CODE = PromptUse("app_code_inference", ("known", "code"))
"""Which environment variables code reads, what for, and where their values belong."""
WORKLOAD = PromptUse("classify_workload", ("known", "files"))
GPU = PromptUse("detect_gpu", ("known", "files"))
PORTS = PromptUse("analyze_ports", ("known", "files"))

PROMPTS = AgentPrompts(
    agent="nomad",
    folder=PromptFolder(Path(__file__).parent / "prompts"),
    uses=(ANALYSIS, GENERATION, FIX, MAKEFILE_DOCKER, MAKEFILE_COMPOSE, APP_CODE, WORKLOAD, GPU, PORTS),
)
