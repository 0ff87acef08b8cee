"""The task itself."""

import asyncio

from taskiq_demo.tasks import sleep


def test_it_gives_the_seconds_that_it_took() -> None:
    assert asyncio.run(sleep.original_func(0.01)) == 0.01
