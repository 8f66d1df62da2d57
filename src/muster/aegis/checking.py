"""The look at a training's inputs before it: what the port tells, judged by the domain."""

from collections.abc import Callable, Iterator

from muster.aegis.counting import count_by
from muster.aegis.domain.architecture import Architecture, UnreadableConfig
from muster.aegis.domain.data.verdicts import split_problems
from muster.aegis.domain.estimates import MemoryEstimate
from muster.aegis.domain.preflight.case import Case
from muster.aegis.domain.preflight.checks import preflight
from muster.aegis.domain.preflight.input_facts import InputFacts
from muster.aegis.domain.preflight.model_facts import ModelFacts
from muster.aegis.domain.preflight.problem import Problem, error, warning
from muster.aegis.domain.preflight.target_facts import TargetFacts
from muster.aegis.domain.spec import Executor as ExecutorName
from muster.aegis.domain.spec import TrainingSpec
from muster.aegis.ports import Executor, Inputs
from muster.aegis.profilers.architectures import read_architecture
from muster.aegis.profilers.cost import memory_needed
from muster.aegis.profilers.vram import COUNTED


def check_inputs(
    inputs: Inputs,
    spec: TrainingSpec,
    target: TargetFacts,
    executor: Callable[[ExecutorName], Executor],
    *,
    trains: bool = True,
) -> InputFacts:
    """Model, rows, tasks and target together; a model of an unknown family is counted by a job in the sandbox. Without
    `trains` the rows are evaluated on alone.

    Raises MissingExtraError without the extra `aegis`.
    """
    model = inputs.model(spec)
    asked = spec.saving.resume_from
    checkpoint = inputs.checkpoint(asked) if asked else None
    problems = preflight(Case(spec=spec, model=model, target=target, checkpoint=checkpoint))
    architecture, uncounted = _counted(model, problems, executor)
    data = inputs.data(spec)
    small = _too_small(spec, memory_needed(spec, architecture, data.lengths)) if architecture else ()
    later = (*split_problems(data, spec, trains=trains), *_tasks(inputs, spec))
    return InputFacts(architecture=architecture, data=data, problems=(*problems, *uncounted, *small, *later))


def _tasks(inputs: Inputs, spec: TrainingSpec) -> Iterator[Problem]:
    """Of what is evaluated once the training is paid."""
    if spec.evaluation.enabled:
        for path in spec.evaluation.tasks:
            yield from inputs.task(path)


def _too_small(spec: TrainingSpec, memory: MemoryEstimate) -> tuple[Problem, ...]:
    """A limit of main memory below the least that a training on the CPU takes; a GPU's says nothing of it."""
    most_mb, least_mb = spec.target.memory_mb, memory.total_gib.low * 1024
    if memory.peak != "process" or most_mb is None or most_mb >= least_mb:
        return ()
    text = f"target.memory_mb is {most_mb}, and this takes {least_mb:.0f} MiB at least: the kernel will end it"
    advice = f"allow {memory.total_gib.high * 1024:.0f} MiB, or leave it out"
    return (warning("oom_killed", text, where="target.memory_mb", advice=advice),)


def _counted(
    model: ModelFacts, known: tuple[Problem, ...], executor: Callable[[ExecutorName], Executor]
) -> tuple[Architecture | None, tuple[Problem, ...]]:
    """The model in numbers; a config that can't be counted is a problem, unless its model is refused already."""
    read = read_architecture(model.config) if model.config else UnreadableConfig(reason="there is no config.json")
    if isinstance(read, Architecture):
        return read, ()
    if any(problem.severity == "error" for problem in known):
        return None, ()
    if read.unknown and model.config:
        counted = count_by(executor("sandbox"))(model.config)
        if isinstance(counted, Architecture):
            return counted, (warning("model_config", COUNTED, where="config.json"),)
        read = counted.model_copy(update={"reason": f"{read.reason}; {counted.reason}"})
    told = "; ".join([read.reason, *read.wrong, *(f"{key} is missing" for key in read.missing)])
    advice = "without its sizes nobody can say what the training takes"
    return None, (error("model_config", f"the model can't be counted: {told}", where="config.json", advice=advice),)
