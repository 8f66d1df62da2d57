"""The advisor without a model: the repairs that rules know."""

from muster.nomad.domain.modelled.failure import Failure
from muster.nomad.domain.repairs.propose import propose_repairs
from muster.nomad.ports import Advice


class RulesAdvisor:
    """Satisfies `Advisor`."""

    def advise(self, failure: Failure, *, memories: tuple[str, ...] = ()) -> Advice:
        """Repairs by rule, those that were tried left out; rules need no memories."""
        proposals = propose_repairs(
            failure.cause,
            failure.observation,
            failure.spec,
            cluster=failure.cluster,
            tried=failure.tried,
            known_env=failure.known_env,
        )
        return Advice(proposals=proposals)
