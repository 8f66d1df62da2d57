"""What Nomad refuses in a reschedule policy: delays too short, and more attempts than the interval holds."""

from dataclasses import dataclass

from muster.nomad.embedded.validation.policies import SECOND_NS
from muster.nomad.embedded.validation.reading import Block, flag, number, text
from muster.nomad.embedded.validation.wording import broken, lasting, nested, quoted, quoted_list

DELAY_FUNCTIONS = ("constant", "exponential", "fibonacci")
_MIN_DELAY_NS = 5 * SECOND_NS
_MIN_INTERVAL_NS = 15 * SECOND_NS


def reschedule_errors(policy: Block) -> tuple[str, ...]:
    """What is wrong with a reschedule policy; one that is switched off is never wrong."""
    attempts, unlimited = number(policy, "Attempts"), flag(policy, "Unlimited")
    if attempts <= 0 and not unlimited:
        return ()
    delays = _delay_errors(policy)
    return (*_ambiguity_errors(policy), *delays, *(() if unlimited else _interval_errors(policy, bool(delays))))


def _ambiguity_errors(policy: Block) -> tuple[str, ...]:
    attempts, interval, unlimited = number(policy, "Attempts"), number(policy, "Interval"), flag(policy, "Unlimited")
    both = attempts > 0 and unlimited
    return broken(
        (attempts > 0 and interval <= 0, "Interval must be a non zero value if Attempts > 0"),
        (
            both,
            f"Reschedule Policy with Attempts = {attempts}, Interval = {lasting(interval)}, "
            "and Unlimited = true is ambiguous",
        ),
        (both, "If Attempts >0, Unlimited cannot also be set to true"),
    )


def _delay_errors(policy: Block) -> tuple[str, ...]:
    delay, ceiling, function = number(policy, "Delay"), number(policy, "MaxDelay"), text(policy, "DelayFunction")
    grows = function != "constant"
    spoken = lasting(delay)
    return broken(
        (delay < _MIN_DELAY_NS, f"Delay cannot be less than 5s (got {spoken})"),
        (
            function not in DELAY_FUNCTIONS,
            f"Invalid delay function {quoted(function)}, must be one of {quoted_list(DELAY_FUNCTIONS)}",
        ),
        # Nomad prints the delay here, not the ceiling
        (grows and ceiling < _MIN_DELAY_NS, f"Max Delay cannot be less than 5s (got {spoken})"),
        (grows and ceiling < delay, f"Max Delay cannot be less than Delay {spoken} (got {lasting(ceiling)})"),
    )


def _interval_errors(policy: Block, delays_are_wrong: bool) -> tuple[str, ...]:
    interval = number(policy, "Interval")
    short = broken((interval < _MIN_INTERVAL_NS, f"Interval cannot be less than 15s (got {lasting(interval)})"))
    # go-multierror flattens what is appended to it: the two texts stand beside the first
    return short if delays_are_wrong else (*short, *_attempts_errors(policy))


def _attempts_errors(policy: Block) -> tuple[str, ...]:
    room = _room(policy)
    if room.enough:
        return ()
    interval, delay = lasting(number(policy, "Interval")), lasting(number(policy, "Delay"))
    function = text(policy, "DelayFunction")
    shape = f"initial delay {delay} and delay function {quoted(function)}"
    if function != "constant":
        ceiling = lasting(number(policy, "MaxDelay"))
        shape = f"initial delay {delay}, delay function {quoted(function)}, and delay ceiling {ceiling}"
    needed = lasting((room.needed_ns + SECOND_NS // 2) // SECOND_NS * SECOND_NS)
    return (
        f"Nomad can only make {room.attempts} attempts in {interval} with {shape}",
        f"Set the interval to at least {needed} to accommodate {number(policy, 'Attempts')} attempts",
    )


MOST_COUNTED = 100_000
"""Attempts beyond this fit into no interval: they are refused all the same, with the room for so many."""


@dataclass(frozen=True)
class _Room:
    enough: bool
    attempts: int
    needed_ns: int


def _room(policy: Block) -> _Room:
    match text(policy, "DelayFunction"):
        case "constant":
            return _constant_room(policy)
        case "exponential":
            return _exponential_room(policy)
        case _:
            return _fibonacci_room(policy)


def _constant_room(policy: Block) -> _Room:
    interval, delay = number(policy, "Interval"), number(policy, "Delay")
    needed = number(policy, "Attempts") * delay
    return _Room(interval >= needed, max(0, interval // delay), needed)


def _exponential_room(policy: Block) -> _Room:
    interval, delay, ceiling = number(policy, "Interval"), number(policy, "Delay"), number(policy, "MaxDelay")
    attempts = min(number(policy, "Attempts"), MOST_COUNTED)
    needed = possible = 0
    for at in range(attempts):
        next_ = delay * 2 ** min(at, 62)
        # below the ceiling Nomad compares with the last delay alone; above it with the sum of the ceilings
        needed = needed + ceiling if next_ > ceiling else next_
        possible += needed < interval
    return _Room(possible >= attempts, possible, needed)


def _fibonacci_room(policy: Block) -> _Room:
    interval, delay, ceiling = number(policy, "Interval"), number(policy, "Delay"), number(policy, "MaxDelay")
    slots = [delay, delay]
    reached = False
    for _ in range(2, min(number(policy, "Attempts"), MOST_COUNTED)):
        next_ = slots[-1] + (ceiling if reached else slots[-2])
        reached, next_ = (True, ceiling) if not reached and next_ > ceiling else (reached, next_)
        slots.append(next_)
    possible = next((at for at, slot in enumerate(slots) if slot > interval), 0)
    return _Room(interval >= slots[-1], possible, slots[-1])


def group_reschedule_errors(group_name: str, policy: Block | None, job_type: str) -> tuple[str, ...]:
    """What is wrong with a group's reschedule policy; system jobs have none, all others need one."""
    if job_type == "system":
        return broken((policy is not None, "System jobs should not have a reschedule policy"))
    if policy is None:
        return (f"Task Group {group_name} should have a reschedule policy",)
    return nested(reschedule_errors(policy))
