"""The executor: each step of a run is a TaskIQ task, which some worker executes.

Dagster's own `StepDelegatingExecutor` decides which step is next and reads from the event log how
each went; what it needs to start, watch and stop a step is here. Dagster's executors for
containers extend the same classes.
"""

import asyncio
import ctypes
import multiprocessing
import os
import signal
import time
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.forkserver import ensure_running
from threading import Thread
from typing import Any, Self
from uuid import NAMESPACE_URL, uuid5

from dagster import (
    DagsterEvent,
    Field,
    InitExecutorContext,
    IntSource,
    executor,
    multiple_process_executor_requirements,
)
from dagster._core.events import EngineEventData
from dagster._core.execution.context.system import PlanOrchestrationContext
from dagster._core.execution.plan.plan import ExecutionPlan
from dagster._core.execution.retries import RetryMode
from dagster._core.executor.step_delegating import (
    CheckStepHealthResult,
    StepDelegatingExecutor,
    StepHandler,
    StepHandlerContext,
)
from dagster_shared.record import copy
from taskiq import AsyncBroker
from taskiq.kicker import AsyncKicker

from dagster_app.broker import DirectSQSBroker
from dagster_app.claims import Claim, Claims
from dagster_app.launcher import beating
from dagster_app.settings import DatabaseSettings, StepSettings, load

PRELOADED = ("dagster._cli.api", "dagster_app.definitions", "dagster_app.storage")
PR_SET_PDEATHSIG = 1
"""From <linux/prctl.h>."""
PARENT_SECONDS = 0.5
"""How often a step looks for its parent where the kernel does not watch."""

_context = multiprocessing.get_context("forkserver")


def preload() -> None:
    """Starts the process that steps are forked from; it loads in the background."""
    _context.set_forkserver_preload(list(PRELOADED))
    ensure_running()


class StepProcess:
    """A running step. It does not outlive the worker, however that ends."""

    def __init__(self, arguments: Sequence[str]) -> None:
        self._process = _context.Process(
            target=_execute, args=(list(arguments),), name="step", daemon=True
        )
        self._ended = asyncio.Event()

    @classmethod
    async def start(cls, arguments: Sequence[str]) -> Self:
        """Executes `dagster api execute_step` with these arguments."""
        step = cls(arguments)
        # The first one waits until everything is loaded.
        await asyncio.to_thread(step._process.start)
        asyncio.get_running_loop().add_reader(step._process.sentinel, step._note_end)
        return step

    @property
    def pid(self) -> int | None:
        """Its process id."""
        return self._process.pid

    async def exit_code(self, seconds: float) -> int | None:
        """What it ended with, negative for a signal; `None` where it still runs after so long."""
        try:
            await asyncio.wait_for(self._ended.wait(), seconds)
        except TimeoutError:
            return None
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        return code

    def _note_end(self) -> None:
        # Its end can be read from now on, again and again.
        asyncio.get_running_loop().remove_reader(self._process.sentinel)
        self._ended.set()

    def interrupt(self) -> None:
        """Asks it to stop, which Dagster notes in the run's events."""
        self._process.terminate()

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()


def _execute(arguments: list[str]) -> None:
    """Runs in the new process."""
    _die_with_forkserver()
    Thread(target=_die_with_worker, name="worker-watch", daemon=True).start()
    # Dagster interrupts a step on SIGTERM only where SIGINT has Python's own handler.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    from dagster._cli.api import execute_step_command  # noqa: PLC0415 - not in the worker itself

    execute_step_command(arguments)


def _die_with_forkserver() -> None:
    """Has the kernel end this process with the one it is forked from, which tells how it ended."""
    forked_from = os.getppid()
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "prctl"):  # macOS
        watch = Thread(target=die_with, args=(forked_from,), name="parent-watch", daemon=True)
        watch.start()
    elif libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL):
        raise OSError(ctypes.get_errno(), "prctl")
    if os.getppid() != forked_from:
        os.kill(os.getpid(), signal.SIGKILL)


def die_with(parent: int) -> None:
    """Waits until this process has another parent, and ends it: what the kernel does on Linux."""
    while os.getppid() == parent:
        time.sleep(PARENT_SECONDS)
    os.kill(os.getpid(), signal.SIGKILL)


def _die_with_worker() -> None:
    """Ends this process once the worker is gone; the one it is forked from outlives it for us."""
    if worker := multiprocessing.parent_process():
        worker.join()
        os.kill(os.getpid(), signal.SIGKILL)


EXECUTE_STEP = "dagster.execute_step"
"""Name of the task that executes a step."""
TICK_SECONDS = 0.5
"""Between two looks at the event log."""
EVENTS_ARRIVE_SECONDS = 5
"""After its process has ended, the last events of a step may still be on their way to us."""
SEND_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt at a step of a run."""

    run_id: str
    step: str
    number: int

    @property
    def label(self) -> str:
        """The attempt for people."""
        return f"{self.run_id}:{self.step}:{self.number}"

    @property
    def key(self) -> str:
        """Id of task, claim and message, whose group it is too: no step waits for another."""
        return uuid5(NAMESPACE_URL, self.label).hex

    @classmethod
    def of(cls, context: StepHandlerContext) -> "Attempt":
        """The attempt that Dagster speaks of."""
        arguments = context.execute_step_args
        (step,) = arguments.step_keys_to_execute or ()
        state = arguments.known_state
        number = state.get_retry_state().get_attempt_count(step) if state else 0
        return cls(arguments.run_id, step, number)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for what may never come, in seconds."""

    queue_timeout: float
    lease: float


class TaskiqStepHandler(StepHandler):
    """Enqueues steps, and watches and stops them over their claims."""

    def __init__(self, claims: Claims, broker: AsyncBroker, patience: Patience) -> None:
        self._claims = claims
        self._broker = broker
        self._patience = patience
        # Dagster calls from a thread without an event loop; the broker needs one for all its life.
        self._loop = asyncio.new_event_loop()
        Thread(target=self._loop.run_forever, name="taskiq", daemon=True).start()
        self._claims.create()
        self._await(broker.startup())

    @property
    def name(self) -> str:
        """The handler in Dagster's messages."""
        return "TaskiqStepHandler"

    def launch_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        """Announces the attempt, then enqueues it."""
        attempt = Attempt.of(step_handler_context)
        yield DagsterEvent.step_worker_starting(
            step_handler_context.get_step_context(attempt.step),
            message=f"Enqueued step {attempt.step}.",
            metadata={"taskiq_task_id": attempt.key},
        )
        # A worker has a dagster.yaml of its own.
        arguments = copy(step_handler_context.execute_step_args, instance_ref=None)
        command = list(arguments.get_command_args())
        kicker = AsyncKicker[..., None](
            EXECUTE_STEP, self._broker, labels={"group_id": attempt.key}
        )
        self._claims.enqueue(attempt.key, attempt.label)
        self._await(
            kicker.with_task_id(attempt.key).kiq(
                attempt.key, command[command.index("execute_step") + 1 :]
            )
        )

    def check_step_health(self, step_handler_context: StepHandlerContext) -> CheckStepHealthResult:
        """Tells whose message, worker or process is lost; Dagster then fails or retries it."""
        key = Attempt.of(step_handler_context).key
        problem = give_up(self._claims, key, self._patience)
        if problem is None:
            return CheckStepHealthResult.healthy()
        return CheckStepHealthResult.unhealthy(problem)

    def terminate_step(self, step_handler_context: StepHandlerContext) -> Iterator[DagsterEvent]:
        """Cancels the claim; the worker stops the step at its next beat."""
        attempt = Attempt.of(step_handler_context)
        self._claims.cancel(attempt.key)
        yield DagsterEvent.engine_event(
            step_handler_context.get_step_context(attempt.step),
            f"Asked the worker to stop step {attempt.step}.",
            EngineEventData(),
        )

    def _await(self, call: Coroutine[Any, Any, object]) -> None:
        asyncio.run_coroutine_threadsafe(call, self._loop).result(SEND_SECONDS)


class TaskiqExecutor(StepDelegatingExecutor):
    """Dagster's executor, in a process that says that it lives."""

    def __init__(self, claims: Claims, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - Dagster's
        super().__init__(*args, **kwargs)
        self._claims = claims

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[DagsterEvent]:
        """Executes a run."""
        with beating(self._claims, plan_context.run_id):
            yield from super().execute(plan_context, execution_plan)


def give_up(claims: Claims, key: str, patience: Patience) -> str | None:
    """Why an attempt is given up, or `None` where it goes on.

    Nobody starts it then behind the back of Dagster, which fails or retries it.
    """
    claim = claims.read(key)
    if claim.worker is None and claim.waited > patience.queue_timeout:
        if not claims.withdraw(key):
            return None  # A worker took it just now.
        return (
            f"no worker took it within {patience.queue_timeout:.0f} s; "
            "see the dead-letter queue and the number of workers"
        )
    problem = what_is_wrong(claim, patience.lease)
    if problem is not None:
        claims.cancel(key)
    return problem


def what_is_wrong(claim: Claim, lease: float) -> str | None:
    """Why a step will not end by itself, or `None`."""
    if claim.silence > lease:
        return f"worker {claim.worker} has been silent for {claim.silence:.0f} s"
    if claim.exit_code and claim.silence > EVENTS_ARRIVE_SECONDS:
        return f"its process on worker {claim.worker} ended with {claim.exit_code}"
    return None


def create_broker() -> DirectSQSBroker:
    """The broker that the environment describes; nothing is connected yet."""
    settings = load(StepSettings)
    return DirectSQSBroker(
        settings.taskiq_queue_name,
        region=settings.aws_default_region,
        visibility_timeout=settings.taskiq_visibility_timeout,
    )


@executor(
    name="taskiq",
    requirements=multiple_process_executor_requirements(),
    config_schema={
        "max_concurrent": Field(
            IntSource, is_required=False, description="Steps of one run at a time; no limit."
        ),
        "health_interval_seconds": Field(
            IntSource, default_value=10, description="Between two looks at the claims."
        ),
        "lease_seconds": Field(
            IntSource, default_value=60, description="Silence after which a worker is lost."
        ),
        "queue_timeout_seconds": Field(
            IntSource, default_value=14_400, description="How long a step may wait for a worker."
        ),
    },
)
def taskiq_executor(context: InitExecutorContext) -> StepDelegatingExecutor:
    """Executes steps on TaskIQ workers."""
    config: dict[str, Any] = dict(context.executor_config)
    claims = Claims(load(DatabaseSettings).url())
    return TaskiqExecutor(
        claims,
        TaskiqStepHandler(
            claims,
            create_broker(),
            Patience(config["queue_timeout_seconds"], config["lease_seconds"]),
        ),
        retries=RetryMode.ENABLED,
        max_concurrent=config.get("max_concurrent"),
        should_verify_step=True,
        check_step_health_interval_seconds=config["health_interval_seconds"],
        sleep_seconds=TICK_SECONDS,
    )
