"""What a run would do and take, before anything is run: the same for `aegis plan` and for the page."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from muster.aegis.checking import check_inputs
from muster.aegis.domain.estimates import CostEstimate, MemoryEstimate
from muster.aegis.domain.intent.fitting import fit_defaults
from muster.aegis.domain.intent.pinning import pin_revision
from muster.aegis.domain.intent.settling import Asked, Settled, spec_from
from muster.aegis.domain.intent.yaml_spec import YamlSpec
from muster.aegis.domain.preflight.input_facts import InputFacts
from muster.aegis.places import Places
from muster.aegis.profilers.cost import estimate_costs, memory_needed
from muster.aegis.profilers.gpu_table import GpuRow, gpu_table
from muster.aegis.profilers.offers import estimate_target
from muster.aegis.settings import AegisSettings, Options
from muster.aegis.tools.price_files import read_prices
from muster.aegis.wiring import open_parser, own_offers, plan_inputs, prices_folder, target_facts
from muster.core.clock import SystemClock
from muster.core.errors import UsageError
from muster.core.gates.questions import AnswerValue
from muster.core.redaction import redact

_NO_RUN = "plan"


@dataclass(frozen=True)
class Plan:
    """A whole spec, what was found in its inputs, and what it takes here and elsewhere."""

    settled: Settled
    inputs: InputFacts
    memory: MemoryEstimate | None
    here: CostEstimate | None
    gpus: tuple[CostEstimate, ...]
    """The cheapest firm offer of every GPU."""
    attempts: int
    """So many may run: the upper ends of seconds and dollars are those of all."""
    not_understood: tuple[str, ...]
    left_out: tuple[str, ...]
    """Of what a language model read."""

    @property
    def table(self) -> tuple[GpuRow, ...]:
        """The GPUs, with the best marked."""
        return gpu_table(self.gpus, self.settled.spec.budget.max_usd)


def make_plan(
    words: str,
    settings: AegisSettings,
    *,
    yaml_spec: YamlSpec | None = None,
    answers: Mapping[str, AnswerValue] | None = None,
) -> Plan | Asked:
    """The plan, or what has to be answered first. `answers` are values by dotted path, and beat what else is said.

    The words are read as a run reads them. Raises UsageError for what contradicts or is out of bounds, and for what
    looks like a secret: words are stored with a run, and given to a model.
    """
    if redact(words) != words:
        raise UsageError("the words hold what looks like a secret, and words are stored with the run")
    with open_parser(settings, _NO_RUN) as parser:
        intent = parser.parse(words)
    settled = spec_from(intent, yaml_spec, answers)
    if isinstance(settled, Asked):
        return settled
    looking = plan_inputs(settings)
    model = looking.model(settled.spec)
    settled = pin_revision(fit_defaults(settled, model), model)
    spec = settled.spec
    with ExitStack() as stack:
        places = Places(
            settings, Options(), Path(stack.enter_context(TemporaryDirectory(prefix="muster-plan-"))), stack
        )
        inputs = check_inputs(looking, spec, target_facts(settings, spec), places.executor)
    memory = memory_needed(spec, inputs.architecture, inputs.data.lengths) if inputs.architecture else None
    attempts = settings.aegis_max_retries + 1
    here, gpus = _costs(settled, inputs, settings, attempts)
    return Plan(settled, inputs, memory, here, gpus, attempts, intent.not_understood, intent.left_out)


def upper_ends(plan: Plan) -> str:
    """What the upper bounds of times and dollars mean."""
    return f"the upper bounds of time and dollars: all {plan.attempts} attempts, each to its end"


def _costs(
    settled: Settled, inputs: InputFacts, settings: AegisSettings, attempts: int
) -> tuple[CostEstimate | None, tuple[CostEstimate, ...]]:
    data, spec, today = inputs.data, settled.spec, SystemClock().now().date()
    if inputs.architecture is None or data.lengths is None:
        return None, ()
    offers = read_prices(prices_folder(settings)).offers
    here = estimate_target(spec, inputs.architecture, data, offers, own_offers(settings), today, attempts)
    every = estimate_costs(spec, inputs.architecture, data.kept, data.lengths, offers, today, attempts)
    firm = sorted((one for one in every if one.offer.firm), key=lambda one: one.usd.mid)
    cheapest = {one.offer.gpu: one for one in reversed(firm)}
    return here, tuple(sorted(cheapest.values(), key=lambda one: one.usd.mid))
