"""The worker: `taskiq worker dagster_app.worker:broker`."""

import asyncio
import logging
import os
import socket
from collections.abc import Callable
from itertools import count
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, InternalError, OperationalError
from taskiq import TaskiqEvents, TaskiqState
from taskiq.cli.worker.args import WorkerArgs

from dagster_app.claims import Claims
from dagster_app.executor import EXECUTE_STEP, StepProcess, create_broker, preload
from dagster_app.health import Health, serve_health
from dagster_app.protection import ScaleInProtection
from dagster_app.settings import DatabaseSettings, WorkerSettings, load

BEAT_SECONDS = 2
STOP_SECONDS = 5
"""From the request to stop until a cancelled step is killed."""
RETRY_SECONDS = 2
OUTAGE = (OperationalError, InterfaceError, InternalError)
"""The last is said by a database that has become the standby: it can only be read."""

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)
_deliveries = count(1)
# A wrong environment is told before anything is connected.
_settings = load(WorkerSettings)
_database = load(DatabaseSettings).url()
broker = create_broker()


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
def set_up_log(_state: TaskiqState) -> None:
    """Sets up the log of a process that executes tasks, where TaskIQ has not.

    TaskIQ 0.13 does so in the manager of these processes, from which they inherit it up to Python
    3.13 alone.
    """
    logging.basicConfig(level=logging.INFO, format=WorkerArgs.log_format)


@broker.on_event(TaskiqEvents.WORKER_STARTUP)
async def start(state: TaskiqState) -> None:
    """Connects to the database, opens the health endpoint, and loads what steps need."""
    preload()
    state.name = f"{socket.gethostname()}:{os.getpid()}"
    state.protection = ScaleInProtection(_settings.ecs_agent_uri)
    state.claims = Claims(_database)
    state.health = await serve_health(
        _settings.taskiq_worker_health_port, Health(broker.silence, _database)
    )
    await survive(state.claims.create)


@broker.on_event(TaskiqEvents.WORKER_SHUTDOWN)
async def stop(state: TaskiqState) -> None:
    """Closes all when the steps have ended."""
    state.health.close()
    state.claims.close()


@broker.task(task_name=EXECUTE_STEP)
async def execute_step(key: str, arguments: list[str]) -> None:
    """Executes a step, unless another delivery of its message did, or it was cancelled.

    Args:
        key: Of the claim.
        arguments: Of `dagster api execute_step`.
    """
    claims: Claims = broker.state.claims
    # Another delivery to this worker asks by another name.
    name = f"{broker.state.name}#{next(_deliveries)}"
    if not await survive(lambda: claims.claim(key, name)):
        log.info("step %s is dropped: it was delivered before, or cancelled", key)
        return
    async with broker.state.protection.held():
        step = await StepProcess.start(arguments)
        log.info("step %s runs in process %s", key, step.pid)
        try:
            code = await attend(step, key)
        except BaseException:
            step.kill()  # Nobody would beat for it: Dagster starts it anew.
            raise
    log.info("step %s ended with %s", key, code)
    await survive(lambda: claims.finish(key, code))


async def attend(step: StepProcess, key: str) -> int:
    """Beats until the step has ended, and stops it where it is cancelled; gives its exit code."""
    while (code := await step.exit_code(BEAT_SECONDS)) is None:
        await broker.state.protection.renew()
        try:
            wanted = await asyncio.to_thread(broker.state.claims.beat, key)
        except OUTAGE as error:
            log.warning("no beat of step %s: %s", key, error.orig)
            continue
        if not wanted:
            return await end(step, key)
    return code


async def end(step: StepProcess, key: str) -> int:
    """Stops a step, with force where it does not stop by itself; gives its exit code."""
    log.info("step %s is stopped: it was cancelled", key)
    step.interrupt()
    while (code := await step.exit_code(STOP_SECONDS)) is None:
        log.warning("step %s did not stop, and is killed", key)
        step.kill()
    return code


async def survive(call: Callable[[], Answer]) -> Answer:
    """Calls again until the database answers.

    TaskIQ deletes the message of a task that raises, so that an outage would lose the step.
    """
    while True:
        try:
            return await asyncio.to_thread(call)
        except OUTAGE as error:
            log.warning("the database does not answer, trying again: %s", error.orig)
            await asyncio.sleep(RETRY_SECONDS)
