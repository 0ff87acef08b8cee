"""`python -m auto_scaler`: scales until SIGTERM."""

import logging
import signal
import sys
import time
from threading import Event

from pydantic import ValidationError

from auto_scaler.fleet import ScalingPolicy, connect
from auto_scaler.scaler import Scaler, health_endpoint
from auto_scaler.settings import Settings, explain

STALE_AFTER_INTERVALS = 4
"""Readings that may fail one after the other before the health check fails too."""

log = logging.getLogger("auto_scaler")


def main() -> int:
    """Runs the loop.

    Returns:
        0 after SIGTERM or SIGINT, 2 where the environment is wrong.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    try:
        settings = Settings()
    except ValidationError as error:
        sys.stderr.write(explain(error))
        return 2
    scaler = create_scaler(settings)
    try:
        with health_endpoint(settings.autoscaler_health_port, scaler):
            run(scaler, settings)
    except OSError as error:
        port = settings.autoscaler_health_port
        sys.stderr.write(f"error: AUTOSCALER_HEALTH_PORT is {port}: {error.strerror}\n")
        return 2
    return 0


def create_scaler(settings: Settings) -> Scaler:
    """The scaler that the settings describe."""
    return Scaler(
        fleet=connect(settings),
        policy=ScalingPolicy(
            minimum=settings.autoscaler_min_workers,
            maximum=settings.autoscaler_max_workers,
            messages_per_worker=settings.autoscaler_messages_per_worker,
            scale_down_after=settings.autoscaler_scale_down_after_seconds,
        ),
        clock=time.monotonic,
        stale_after=STALE_AFTER_INTERVALS * settings.autoscaler_interval_seconds,
    )


def run(scaler: Scaler, settings: Settings) -> None:
    """Takes one step after the other until SIGTERM or SIGINT."""
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    log.info(
        "%s: %d to %d workers, one for %d messages of %s",
        settings.ecs_worker_service_name,
        settings.autoscaler_min_workers,
        settings.autoscaler_max_workers,
        settings.autoscaler_messages_per_worker,
        settings.queue_url,
    )
    while not stopped.is_set():
        scaler.step()
        stopped.wait(settings.autoscaler_interval_seconds)
    log.info("stopped; the number of workers stays as it is")


if __name__ == "__main__":
    sys.exit(main())
