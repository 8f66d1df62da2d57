"""What Vault must have before a job runs that reaches it by policies: nobody but its operators can see to that."""

from collections.abc import Iterator

from muster.nomad.domain.review.reads import secret_reads
from muster.nomad.domain.spec import JobSpec


def policy_notes(spec: JobSpec, before: JobSpec | None = None) -> tuple[str, ...]:
    """A sentence for each set of policies that the job names and `before` does not, with the text that they need.

    Nomad accepts a policy that is not there, and the task waits as for a missing secret.
    """
    known = {policies for policies, _ in _read_by(before)} if before else set[tuple[str, ...]]()
    needed: dict[tuple[str, ...], dict[str, None]] = {}
    for policies, path in _read_by(spec):
        if policies not in known:
            needed.setdefault(policies, {})[path] = None
    return tuple(_note(policies, tuple(paths)) for policies, paths in needed.items())


def _read_by(spec: JobSpec) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every path of Vault that is read, after the policies of the task that reads it."""
    held = {
        f"group.{group.name}.task.{task.name}": task.vault.policies
        for group in spec.groups
        for task in group.tasks
        if task.vault and task.vault.policies
    }
    return ((held[read.where], read.path) for read in secret_reads(spec) if read.where in held)


def _note(policies: tuple[str, ...], paths: tuple[str, ...]) -> str:
    which = f"the policy {policies[0]}" if len(policies) == 1 else f"one of the policies {', '.join(policies)}"
    text = " and ".join(f'path "{path}" {{ capabilities = ["read"] }}' for path in paths)
    return (
        f"{which} must exist in Vault and allow reading, or the task waits for its secrets until it fails: {text} "
        f"(`vault policy read {policies[0]}` shows it, `vault policy write {policies[0]} FILE` writes it anew)"
    )
