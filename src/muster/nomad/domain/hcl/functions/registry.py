"""Every function of Nomad's HCL, by name; `try`, `can` and `convert` take expressions and live with the calls.

The list is that of Nomad's `jobspec2/functions.go`.
"""

from muster.nomad.domain.hcl.functions.dates import DATE_FUNCTIONS
from muster.nomad.domain.hcl.functions.encodings import ENCODING_FUNCTIONS
from muster.nomad.domain.hcl.functions.formats import FORMAT_FUNCTIONS
from muster.nomad.domain.hcl.functions.networks import NETWORK_FUNCTIONS
from muster.nomad.domain.hcl.functions.numbers import NUMBER_FUNCTIONS
from muster.nomad.domain.hcl.functions.sequences import SEQUENCE_FUNCTIONS
from muster.nomad.domain.hcl.functions.signature import Function
from muster.nomad.domain.hcl.functions.texts import TEXT_FUNCTIONS

FUNCTIONS: dict[str, Function] = {
    **TEXT_FUNCTIONS,
    **FORMAT_FUNCTIONS,
    **NUMBER_FUNCTIONS,
    **SEQUENCE_FUNCTIONS,
    **ENCODING_FUNCTIONS,
    **NETWORK_FUNCTIONS,
    **DATE_FUNCTIONS,
}
