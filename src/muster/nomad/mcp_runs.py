"""What MCP may do on a cluster: plan, deploy what was planned, watch it, stop what was deployed from here.

Nobody is asked: a run takes defaults and prepared answers, and goes on at its gate only where the plan is the one whose
hash the caller repeats.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from pydantic import Field, JsonValue

from muster.core.clock import SystemClock
from muster.core.errors import MusterError, UsageError, WorkFailedError
from muster.core.gates.answers import AnswersFront
from muster.core.gates.draft import Draft
from muster.core.gates.front import DefaultsFront
from muster.core.gates.questions import AnswerValue, Form
from muster.core.redaction import redact
from muster.core.runs.listening import Happening, NodeFinished
from muster.core.runs.opening import follow, new_run
from muster.core.runs.run import Finished
from muster.nomad.agent import AGENT
from muster.nomad.commands import check_prompt
from muster.nomad.domain.candidates import SELECT_ID
from muster.nomad.domain.outcomes import Planned, Registered
from muster.nomad.settings import NomadSettings, Options
from muster.nomad.state import Goal, State, needed
from muster.nomad.tools.estate_tools.looking import Asked
from muster.nomad.tools.git_codebase import check_source
from muster.nomad.wiring import open_cluster

_APPROVE = "approve"


class PlanAsked(Asked):
    """A repository to be planned."""

    source: str = Field(description="A folder of this machine, or a git URL.", min_length=1)
    prompt: str = Field(default="", description="Wishes in plain English, such as: two copies.")
    answers: dict[str, JsonValue] = Field(
        default={}, description="Answers by question id, as in an answers file; never a secret's value."
    )


class DeployAsked(PlanAsked):
    """A plan to be carried out."""

    plan_hash: str = Field(description="What `plan` said for the same source, prompt and answers.")
    approve: bool = Field(description="True: the plan was read and is approved.")


class JobAsked(Asked):
    """A registered job."""

    job: str = Field(description="Its id.", min_length=1)


class StopAsked(JobAsked):
    """A job to be stopped."""

    confirm: str = Field(default="", description="Its id again, for a job that was not deployed from here.")


@dataclass
class PlanSeen:
    """Listens for the job and the plan of a run."""

    hcl: str = ""
    plan: Planned | None = None

    def __call__(self, happening: Happening) -> None:
        """Keep the newest of each."""
        if isinstance(happening, NodeFinished):
            self.hcl = happening.update.get("hcl") or self.hcl
            plan = happening.update.get("plan")
            self.plan = plan if isinstance(plan, Planned) else self.plan

    @property
    def hash(self) -> str:
        """Of the job as it is written, the plan's diff, and what stands on the cluster now."""
        plan = needed(self.plan)
        text = "\0".join((self.hcl, plan.diff, str(plan.base_index)))
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass
class HeldFront:
    """Satisfies `Front`: defaults, and at the gate yes to the very plan that was approved, no to any other."""

    seen: PlanSeen
    plan_hash: str
    refused: bool = False

    def ask(self, form: Form, draft: Draft) -> Mapping[str, AnswerValue]:
        """Raises NoAnswerError for a question without a safe default."""
        if not any(question.id == _APPROVE for question in form.questions):
            return DefaultsFront().ask(form, draft)
        self.refused = self.seen.hash != self.plan_hash
        return {_APPROVE: not self.refused}


@dataclass
class McpRuns:
    """Runs on behalf of MCP's clients; it knows what it has deployed, as long as it lives."""

    settings: NomadSettings
    options: Options
    deployed: dict[str, Registered] = field(default_factory=dict[str, Registered])

    def plan(self, asked: PlanAsked) -> JsonValue:
        """Write the Nomad job for a repository and show what registering it would change. Changes nothing; `plan_hash`
        is what `deploy` wants."""
        seen = PlanSeen()
        finished, run = self._run(asked, "plan", seen, "")
        found: dict[str, JsonValue] = {"run": run, "ok": finished.verdict.ok, "summary": finished.verdict.summary}
        if isinstance(finished.state.plan, Planned):
            found |= {"plan_hash": seen.hash, "diff": seen.plan.diff if seen.plan else "", "hcl": redact(seen.hcl)}
            found |= {"warnings": list[JsonValue](finished.state.plan.warnings)}
        return found

    def deploy(self, asked: DeployAsked) -> JsonValue:
        """Deploy what `plan` showed, watch it until it is healthy, and undo it where it fails for good. Wants
        `approve: true` and the plan's hash."""
        if not asked.approve:
            raise WorkFailedError("not approved: nothing was changed", advice="Read the plan, then give approve: true.")
        seen = PlanSeen()
        finished, run = self._run(asked, "healthy", seen, asked.plan_hash)
        standing = finished.state.standing
        if finished.verdict.ok and standing:
            self.deployed[standing.job] = standing
        if not finished.verdict.ok:
            raise WorkFailedError(finished.verdict.summary, advice=f"`muster runs report {run}` says more.")
        return {
            "run": run,
            "summary": finished.verdict.summary,
            "job": standing.job if standing else "",
            "repairs": len(finished.state.repairs),
        }

    def verify(self, asked: JobAsked) -> JsonValue:
        """Watch a registered job until it is healthy or has failed, and say why. Changes nothing."""
        with open_cluster(self.settings, self.options, SystemClock()) as opened:
            cluster = needed(opened)
            registration = cluster.find(asked.job)
            if registration is None:
                raise _unknown(asked.job)
            watched = cluster.watch(
                registration, timeout_s=self.settings.verification_timeout, see=lambda observation: None
            )
        return {
            "job": asked.job,
            "decided": watched.decided,
            "healthy": watched.healthy,
            "reason": watched.reason,
            "promotes": watched.promotes,
        }

    def stop(self, asked: StopAsked) -> JsonValue:
        """Stop a job that was deployed from here; any other one only where `confirm` repeats its id."""
        ours = self.deployed.get(asked.job)
        if ours is None and asked.confirm != asked.job:
            raise UsageError(
                f"{asked.job} was not deployed from here", advice="Repeat its id in `confirm` to stop it all the same."
            )
        with open_cluster(self.settings, self.options, SystemClock()) as opened:
            cluster = needed(opened)
            registration = cluster.find(asked.job) if asked.confirm == asked.job else ours
            if registration is None:
                raise _unknown(asked.job)
            undone = cluster.stop(registration)
        if undone.action == "changed":
            raise WorkFailedError(
                f"{asked.job} was changed by somebody else since, and was left alone",
                advice="Repeat its id in `confirm` to stop it all the same.",
            )
        self.deployed.pop(asked.job, None)
        return {"job": asked.job, "action": undone.action, "settled": undone.settled}

    def _run(self, asked: PlanAsked, goal: Goal, seen: PlanSeen, plan_hash: str) -> tuple[Finished[State], str]:
        check_source(asked.source)
        check_prompt(asked.prompt, ask=False)
        if _APPROVE in asked.answers:
            raise UsageError("answers can't approve a plan", advice="Give `approve` and `plan_hash` to deploy.")
        held = HeldFront(seen, plan_hash)
        front = AnswersFront(asked.answers, held)
        said = {"prepared": front.prepared(SELECT_ID), "given": front.ids()}
        state = State(source=asked.source, prompt=asked.prompt, goal=goal).model_copy(update=said)
        intent = f"{'plan' if goal == 'plan' else 'deploy'} {asked.source} (MCP)"
        with new_run(AGENT, self.settings, self.options, intent=intent, clock=SystemClock(), listeners=(seen,)) as run:
            finished = follow(run, run.start(state), front)
        if held.refused:
            raise UsageError(
                "the plan is another one than was approved: repository, wishes or cluster have changed",
                advice="Call plan again, read it, and repeat its plan_hash. Nothing was changed.",
            )
        return finished, run.id


def _unknown(job: str) -> MusterError:
    return UsageError(f"there is no job {job} on this cluster", advice="`nomad job status` lists them.")
