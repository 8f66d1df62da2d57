"""How the services that a run talks to are, as a table for people, and what a run lacks without each of them."""

from collections.abc import Iterable, Sequence
from textwrap import wrap

from muster.nomad.domain.values import Part

NOMAD, CONSUL, VAULT, FABIO, QDRANT, LANGFUSE = "Nomad", "Consul", "Vault", "Fabio", "Qdrant", "Langfuse"

OK, UNSET = "ok", "not configured"
_OF_USE = (OK, "limited")
_TITLES = ("Service", "Status", "Address", "Issue and action")
_GAP = "  "
_NARROWEST = 30
"""Of the last column, however narrow the terminal is."""

_LOST = {
    NOMAD: "the spec does not fit itself to the cluster",
    CONSUL: "its services, conventions and keys are not known",
    VAULT: "secrets are not looked up",
    FABIO: "routes that are taken are not known",
    QDRANT: "nothing is remembered",
    LANGFUSE: "prompts are read from files, and there are no traces",
}


class ServiceState(Part):
    """One service. `status` is a word, `issue` what it says or what went wrong, `action` what to do about it."""

    name: str
    status: str
    address: str = ""
    issue: str = ""
    action: str = ""

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to say about it."""
        return self.status == OK

    @property
    def is_of_use(self) -> bool:
        """Whether a run may rely on it, well or not."""
        return self.status in _OF_USE


def lost_without(name: str) -> str:
    """What a run has to do without where that service is away; the names of models begin with `model`."""
    return _LOST.get(name, "rules do the work alone")


def services_table(states: Sequence[ServiceState], width: int) -> str:
    """A line for each, and more where `Issue and action` needs them; about `width` columns wide."""
    fixed = [max(map(len, column)) for column in zip(_TITLES[:3], *map(_first_cells, states), strict=True)]
    left = max(_NARROWEST, width - sum(fixed) - len(_GAP) * 3)
    rows = [(_first_cells(one), [*wrap(_short(one), left), *wrap(one.action, left)]) for one in states]
    lines = (_lines(cells, texts, fixed) for cells, texts in [(_TITLES[:3], [_TITLES[3]]), *rows])
    return "\n".join(line for some in lines for line in some)


def _first_cells(state: ServiceState) -> tuple[str, str, str]:
    return state.name, state.status, state.address


def _short(state: ServiceState) -> str:
    """The issue without the request that it came of: the address stands beside it."""
    _, request, rest = state.issue.partition(f" of {state.name}: ")
    return rest if request else state.issue


def _lines(cells: Iterable[str], texts: Sequence[str], widths: Sequence[int]) -> Iterable[str]:
    first = _GAP.join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    yield f"{first}{_GAP}{texts[0] if texts else ''}".rstrip()
    for text in texts[1:]:
        yield f"{' ' * len(first)}{_GAP}{text}"
