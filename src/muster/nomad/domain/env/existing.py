"""Whether a place was seen to exist, by what is known of Vault and Consul."""

from muster.nomad.domain.estate.facts import EstateFacts
from muster.nomad.domain.places import Place


def exists(place: Place, estate: EstateFacts) -> bool:
    """Whether the stores were seen to hold it. Nomad variables are not looked at."""
    match place.store:
        case "vault":
            found = [one for one in estate.secrets if _bare(one.path) == _bare(place.path)]
            return any(one.keys is not None and place.key in one.keys for one in found)
        case "consul":
            return place.path in estate.config_keys
        case "nomad-var":
            return False


def _bare(path: str) -> str:
    """A path of Vault without what only version 2 has in it."""
    mount, _, rest = path.partition("/")
    return f"{mount}/{rest.removeprefix('data/')}"
