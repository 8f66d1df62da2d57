"""What Nomad refuses in constraints, affinities and spreads."""

from collections.abc import Callable, Iterable, Iterator

from muster.nomad.embedded.validation.expressions import regexp_error, semver_error, version_error
from muster.nomad.embedded.validation.reading import Block, blocks, number, text
from muster.nomad.embedded.validation.wording import broken, listed, nested, quoted

COMPARISONS = ("=", "==", "is", "!=", "not", "<", "<=", ">", ">=")
SET_OPERATORS = ("set_contains_all", "set_contains_any", "set_contains")
_UINT64_MAX = 2**64 - 1


def constraint_errors(constraint: Block) -> tuple[str, ...]:
    """What is wrong with one constraint."""
    operand = text(constraint, "Operand")
    needs_left = operand != "distinct_hosts" and not text(constraint, "LTarget")
    return (
        *broken((not operand, "Missing constraint operand")),
        *_constraint_operand_errors(operand, text(constraint, "RTarget")),
        *broken((needs_left, "No LTarget provided but is required by constraint")),
    )


def _constraint_operand_errors(operand: str, right: str) -> tuple[str, ...]:
    match operand:
        case "distinct_hosts":
            return ()
        case "distinct_property":
            return _distinct_property_errors(right)
        case "is_set" | "is_not_set":
            return broken((bool(right), f"Operator {quoted(operand)} does not support an RTarget"))
        case "set_contains_all" | "set_contains_any" | "set_contains":
            return broken((not right, "Set contains constraint requires an RTarget"))
        case _:
            unknown = f"Unknown constraint type {quoted(operand)}"
            return _comparison_errors(operand, right, kind="constraint", unknown=unknown)


def _comparison_errors(operand: str, right: str, *, kind: str, unknown: str) -> tuple[str, ...]:
    if operand in COMPARISONS:
        return broken((not right, f"Operator {quoted(operand)} requires an RTarget"))
    parser = _PARSERS.get(operand)
    if parser is None:
        return (unknown,)
    parse, words = parser
    reason = parse(right)
    return (f"{words.format(kind=kind)}: {reason}",) if reason else ()


_PARSERS: dict[str, tuple[Callable[[str], str], str]] = {
    "regexp": (regexp_error, "Regular expression failed to compile"),
    "version": (version_error, "Version {kind} is invalid"),
    "semver": (semver_error, "Semver {kind} is invalid"),
}


def _distinct_property_errors(right: str) -> tuple[str, ...]:
    if not right:
        return ()
    if not (right.isascii() and right.isdigit()):
        reason = f"strconv.ParseUint: parsing {quoted(right)}: invalid syntax"
    elif int(right) > _UINT64_MAX:
        reason = f"strconv.ParseUint: parsing {quoted(right)}: value out of range"
    else:
        too_few = int(right) < 1
        return broken((too_few, f"Distinct Property must have an allowed count of 1 or greater: {int(right)} < 1"))
    return (f"Failed to convert RTarget {quoted(right)} to uint64: {reason}",)


def affinity_errors(affinity: Block) -> tuple[str, ...]:
    """What is wrong with one affinity."""
    operand, right, weight = text(affinity, "Operand"), text(affinity, "RTarget"), number(affinity, "Weight")
    return (
        *broken((not operand, "Missing affinity operand")),
        *_affinity_operand_errors(operand, right),
        *broken(
            (not text(affinity, "LTarget"), "No LTarget provided but is required"),
            (weight == 0, "Affinity weight cannot be zero"),
            (abs(weight) > 100, "Affinity weight must be within the range [-100,100]"),
        ),
    )


def _affinity_operand_errors(operand: str, right: str) -> tuple[str, ...]:
    if operand in SET_OPERATORS:
        return broken((not right, "Set contains operators require an RTarget"))
    unknown = f"Unknown affinity operator {quoted(operand)}"
    return _comparison_errors(operand, right, kind="affinity", unknown=unknown)


def spread_errors(spread: Block) -> tuple[str, ...]:
    """What is wrong with one spread."""
    weight = number(spread, "Weight")
    percentages = sum(number(target, "Percent") for target in blocks(spread, "SpreadTarget"))
    return (
        *broken(
            (not text(spread, "Attribute"), "Missing spread attribute"),
            (not 0 < weight <= 100, "Spread stanza must have a positive weight from 0 to 100"),
        ),
        *_target_errors(blocks(spread, "SpreadTarget")),
        *broken(
            (
                percentages > 100,
                f"Sum of spread target percentages must not be greater than 100%; got {percentages}%",
            )
        ),
    )


def _target_errors(targets: Iterable[Block]) -> Iterator[str]:
    seen: set[str] = set()
    for target in targets:
        value = text(target, "Value")
        yield from broken(
            (value in seen, f"Spread target value {quoted(value)} already defined"),
            (
                number(target, "Percent") > 100,
                f"Spread target percentage for value {quoted(value)} must be between 0 and 100",
            ),
        )
        seen.add(value)


def constraints_errors(block: Block) -> Iterator[str]:
    """What is wrong with the constraints of a job, group, task or device."""
    yield from _numbered("Constraint", map(constraint_errors, blocks(block, "Constraints")))


def affinities_errors(block: Block, job_type: str) -> Iterator[str]:
    """What is wrong with the affinities of a job, group or task; system jobs have none."""
    if job_type == "system":
        yield from broken((bool(blocks(block, "Affinities")), "System jobs may not have an affinity stanza"))
    else:
        yield from _numbered("Affinity", map(affinity_errors, blocks(block, "Affinities")))


def spreads_errors(block: Block, job_type: str) -> Iterator[str]:
    """What is wrong with the spreads of a job or group; system jobs have none."""
    if job_type == "system":
        yield from broken((bool(blocks(block, "Spreads")), "System jobs may not have a spread stanza"))
    else:
        yield from _numbered("Spread", map(spread_errors, blocks(block, "Spreads")))


def device_errors(device: Block) -> Iterator[str]:
    """What is wrong with one requested device."""
    name_hint = "device name must be given as one of the following: type, vendor/type, or vendor/type/name"
    yield from broken((not text(device, "Name"), name_hint))
    for at, constraint in enumerate(blocks(device, "Constraints"), start=1):
        operand = text(constraint, "Operand")
        if operand in ("distinct_hosts", "distinct_property"):
            yield f"Constraint {at} validation failed: using unsupported operand {quoted(operand)}"
        else:
            yield from nested(constraint_errors(constraint), f"Constraint {at} validation failed: ")
    yield from _numbered("Affinity", map(affinity_errors, blocks(device, "Affinities")))


def _numbered(kind: str, each: Iterable[tuple[str, ...]]) -> Iterator[str]:
    for at, errors in enumerate(each, start=1):
        if errors:
            yield f"{kind} {at} validation failed: {listed(errors)}"
