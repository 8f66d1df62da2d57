"""The base of every part of a spec, and a value that only a variable can give."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A frozen piece of a job spec; an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class VarRef(Part):
    """A reference to an HCL2 variable, `var.NAME`: what nobody could find out."""

    var: str

    @property
    def expression(self) -> str:
        """As HCL."""
        return f"var.{self.var}"


Text = str | VarRef
"""Literal text, or a variable. Runtime interpolation (`${NOMAD_PORT_http}`) is literal text that Nomad fills in."""
