"""One task on one node, from "received" to dead: setup, start, exits, restarts, kills."""

from collections.abc import Callable
from dataclasses import replace

from muster.nomad.embedded.agenda import Appointment
from muster.nomad.embedded.client import words
from muster.nomad.embedded.client.configs import command_of, config_error, image_of, unknown_port
from muster.nomad.embedded.client.environment import task_environment
from muster.nomad.embedded.client.execution import Ending, Execution, collided, execute
from muster.nomad.embedded.client.machine import Machine
from muster.nomad.embedded.client.restarts import RestartTracker, Verdict
from muster.nomad.embedded.client.templates import Asker, render_template, template_error
from muster.nomad.embedded.state.specs import GroupSpec, TaskSpec
from muster.nomad.embedded.state.values import MILLISECOND, SECOND, Allocation, TaskEvent, TaskState

KEPT_EVENTS = 10
SETUP_NS = 2 * MILLISECOND
QUICK_NS = 6 * MILLISECOND
ARTIFACT_NS = 200 * MILLISECOND
TEMPLATE_PATIENCE_NS = 3 * SECOND + 30 * MILLISECOND
STOP_NS = 20 * MILLISECOND


class TaskRunner:
    """Runs one task; `on_change` hears of every change of its state."""

    def __init__(
        self,
        spec: TaskSpec,
        group: GroupSpec,
        allocation: Allocation,
        machine: Machine,
        on_change: Callable[["TaskRunner"], None],
    ) -> None:
        self.spec = spec
        self.state = TaskState()
        self.begun = False
        self.listening: frozenset[int] = frozenset()
        self.listening_from_ns = 0
        self.output: dict[str, str] = {}
        self.behaviour = machine.behaviours.of(image_of(spec), command_of(spec), spec.name)
        self._group = group
        self._allocation = allocation
        self._machine = machine
        self._on_change = on_change
        self._next: Appointment | None = None
        self._stopping = False
        self._awaiting = False
        self._owner = f"{allocation.id}/{spec.name}"
        on_success = allocation.job.spec.kind in ("service", "system") and spec.hook in ("", "poststart")
        on_success = on_success or spec.sidecar
        now = machine.agenda.now_ns
        self._restarts = RestartTracker(spec.restart, now, machine.chance, on_success=on_success)

    @property
    def dead(self) -> bool:
        """Whether it will not run again."""
        return self.state.state == "dead"

    @property
    def _now(self) -> int:
        return self._machine.agenda.now_ns

    def emit(self, event: TaskEvent, **changes: object) -> None:
        """Add an event, and change the state with it."""
        events = (*self.state.events, event)[-KEPT_EVENTS:]
        self.state = replace(self.state, events=events, **changes)  # pyright: ignore[reportArgumentType] fields vary
        self._on_change(self)

    def begin(self) -> None:
        """Build its directory and go on to the start."""
        self.begun = True
        self.emit(words.task_setup(self._now))
        self._then(SETUP_NS, self._prepare)

    def fail_setup(self, error: str) -> None:
        """Die because the allocation could not be set up."""
        self.emit(words.setup_failure(self._now, error), state="dead", failed=True, finished_ns=self._now)

    def kill(self) -> None:
        """Stop it, whatever it is doing; a dead task only notes it."""
        self.emit(words.killing(self._now, self.spec.kill_timeout_ns))
        if self.dead:
            return
        self._cancel()
        if self.state.state == "running":
            self._then(self._stop_ns(), self._stopped)
        else:
            self._die(failed=False)

    def vanish(self) -> None:
        """End without a word: the machine is gone."""
        if self.dead:
            return
        self._cancel()
        self._let_go()
        self.state = replace(self.state, state="dead", finished_ns=self._now)

    def restart(self, reason: str) -> None:
        """Kill the process and let the restart policy decide; only a running task can be restarted."""
        if self.state.state != "running":
            return
        self.emit(words.restart_signaled(self._now, reason))
        if not self._stopping:
            self._stopping = True
            self._cancel()
            self._then(self._stop_ns(), lambda: self._exited(Ending(137, 0)))

    def restart_on_request(self) -> bool:
        """Stop the process and start it again at once, whatever the policy says; whether there was one to stop."""
        if self.state.state != "running":
            return False
        self.emit(words.restart_signaled(self._now, "User requested restart"))
        if not self._stopping:
            self._stopping = True
            self._cancel()
            self._then(self._stop_ns(), self._restarted)
        return True

    def _restarted(self) -> None:
        self._let_go()
        code, signal, message = self._stop_result()
        self.emit(words.terminated(self._now, code, signal, message, oom=False))
        self._apply(Verdict("restart", ""))

    def signal(self, name: str) -> bool:
        """Note that the process was sent a signal; whether there was one to send it to."""
        if self.state.state != "running":
            return False
        self.emit(words.signaling(self._now, name))
        return True

    def _then(self, delay_ns: int, step: Callable[[], None]) -> None:
        self._next = self._machine.agenda.after(delay_ns, step)

    def _cancel(self) -> None:
        if self._next is not None:
            self._next.cancel()

    def _prepare(self) -> None:
        error = config_error(self.spec)
        if error is not None:
            self.emit(words.failed_validation(self._now, error))
            self._apply(self._restarts.after_start_error(self._now, recoverable=False))
        elif self.spec.artifacts:
            self.emit(words.downloading_artifacts(self._now))
            self._then(QUICK_NS if self.behaviour.artifact_error else ARTIFACT_NS, self._artifacts)
        else:
            self._templates()

    def _artifacts(self) -> None:
        if self.behaviour.artifact_error:
            self.emit(words.failed_artifact(self._now, self.spec.artifacts[0], self.behaviour.artifact_error))
            self._apply(self._restarts.after_start_error(self._now, recoverable=True))
        else:
            self._templates()

    def _templates(self) -> None:
        broken = next((error for t in self.spec.templates if (error := template_error(t))), None)
        missing = [name for one in self.spec.templates for name in render_template(one, self._asker()).missing]
        self._awaiting = bool(missing) and broken is None
        if broken is not None:
            self.emit(words.template_failed(self._now, broken), state="dead", failed=True, finished_ns=self._now)
        elif missing:
            text = ", ".join(missing)
            self._then(TEMPLATE_PATIENCE_NS, lambda: self.emit(words.template_missing(self._now, text)))
        else:
            self._pull()

    def _asker(self) -> Asker:
        """It, as its templates ask."""
        space, policies = self._allocation.job.namespace, self.spec.vault_policies
        return Asker(self._machine.sources, space, policies, self.behaviour.data)

    def look_again(self) -> None:
        """Go on where it waited for what is there now."""
        if self._awaiting and not self.dead:
            self._cancel()
            self._templates()

    def _pull(self) -> None:
        image = image_of(self.spec)
        if not image or self.behaviour.local or image in self._machine.images:
            self._create()
            return
        self.emit(words.downloading_image(self._now, image))
        failing = bool(self.behaviour.pull_error)
        self._then(QUICK_NS if failing else int(self.behaviour.pull_s * SECOND), lambda: self._pulled(image))

    def _pulled(self, image: str) -> None:
        if self.behaviour.pull_error:
            self._driver_failure(f"Failed to pull `{image}`: {self.behaviour.pull_error}", recoverable=True)
            return
        self._machine.images.add(image)
        self._create()

    def _create(self) -> None:
        label = unknown_port(self.spec, self._allocation)
        if label is not None:
            what = f'Failed to create container configuration for image "{image_of(self.spec)}"'
            text = f'{what} ("sha256:{"0" * 64}"): Port "{label}" not found, check network stanza'
            self._driver_failure(text, recoverable=False)
        else:
            self._then(int(self.behaviour.start_s * SECOND), self._start)

    def _start(self) -> None:
        if self.behaviour.start_error:
            self._driver_failure(self.behaviour.start_error, recoverable=False)
        else:
            self._started()

    def _driver_failure(self, error: str, *, recoverable: bool) -> None:
        self.emit(words.driver_failure(self._now, error))
        self._apply(self._restarts.after_start_error(self._now, recoverable=recoverable))

    def _started(self) -> None:
        execution = self._execution()
        self._print("stdout", execution.stdout)
        self._print("stderr", execution.stderr)
        self.listening = execution.listening
        self.listening_from_ns = self._now + int(self.behaviour.ready_s * SECOND)
        ending = execution.ending
        if ending is not None:
            self._then(int(ending.after_s * SECOND), lambda: self._exited(ending))
        self.emit(words.started(self._now), state="running", started_ns=self._now)

    def _execution(self) -> Execution:
        env = task_environment(self._allocation, self.spec, self._machine.node, self.behaviour.env, self._asker())
        execution = execute(self.behaviour, self._group, self.spec, self._allocation, env)
        if execution.host_network and execution.listening:
            taken = self._machine.bind(execution.listening, self._owner)
            return execution if taken is None else collided(execution, taken)
        return execution

    def _print(self, stream: str, lines: tuple[str, ...]) -> None:
        self.output[stream] = self.output.get(stream, "") + "".join(f"{line}\n" for line in lines)

    def _exited(self, ending: Ending) -> None:
        self._let_go()
        message = "OOM Killed" if ending.oom else ""
        if self.spec.driver == "docker" and ending.code and not ending.oom:
            message = f"Docker container exited with non-zero exit code: {ending.code}"
        self.emit(words.terminated(self._now, ending.code, 0, message, oom=ending.oom))
        self._apply(self._restarts.after_exit(self._now, success=ending.code == 0))

    def _apply(self, verdict: Verdict) -> None:
        if verdict.kind == "restart":
            event = words.restarting(self._now, verdict.reason, verdict.delay_ns)
            restarts = self.state.restarts + 1
            self.emit(event, state="pending", restarts=restarts, last_restart_ns=self._now)
            self._then(max(verdict.delay_ns, MILLISECOND), self._prepare)
        elif verdict.kind == "fail":
            event = words.not_restarting(self._now, verdict.reason)
            self.emit(event, state="dead", failed=True, finished_ns=self._now)
        else:
            self._die(failed=False)

    def _stop_ns(self) -> int:
        return self.spec.kill_timeout_ns if self.behaviour.ignores_stop else STOP_NS

    def _stopped(self) -> None:
        self._let_go()
        code, signal, message = self._stop_result()
        self.emit(words.terminated(self._now, code, signal, message, oom=False))
        self.emit(words.killed(self._now))
        self._die(failed=False)

    def _stop_result(self) -> tuple[int, int, str]:
        if self.spec.driver == "docker":
            if self.behaviour.ignores_stop:
                return 137, 0, "Docker container exited with non-zero exit code: 137"
            return 0, 0, ""
        return (137, 9, "") if self.behaviour.ignores_stop else (130, 2, "")

    def _let_go(self) -> None:
        self._stopping = False
        self.listening = frozenset()
        self._machine.release(self._owner)

    def _die(self, *, failed: bool) -> None:
        self.state = replace(self.state, state="dead", failed=failed, finished_ns=self._now)
        self._on_change(self)
