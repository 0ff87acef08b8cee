"""A step's process, where the kernel does not end it with the one it is forked from."""

import subprocess
import sys

ORPHAN = """
import os, threading, time
from dagster_app.executor import die_with

parent = os.getpid()
if os.fork():
    time.sleep(600)
watch = threading.Thread(target=die_with, args=(parent,))
watch.start()
print("watches", flush=True)
time.sleep(600)
"""


def test_a_step_that_watches_its_parent_ends_with_it() -> None:
    command = [sys.executable, "-c", ORPHAN]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "watches\n"
        parent.kill()
        # The step holds the pipe, which ends when the step does.
        parent.communicate(timeout=60)
