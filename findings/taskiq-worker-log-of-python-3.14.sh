#!/usr/bin/env bash
# taskiq 0.13.0: a worker's log is lost where Python starts processes by `forkserver`.
#
# `taskiq worker` sets its log up in the process that it is started as. In the processes that
# execute the tasks it does so again for the way `spawn` alone. Python 3.14 starts processes by
# `forkserver` on Linux, so there nothing tells which task was executed, whatever `--log-level` says.
# This program chooses the way itself, so that any Python shows it.
#
# Source: https://github.com/taskiq-python/taskiq/blob/0.13.0/taskiq/cli/worker/run.py, start_listen;
# https://docs.python.org/3.14/whatsnew/3.14.html#concurrent-futures-and-multiprocessing
# Seen with taskiq 0.13.0 on Python 3.11 and 3.14: see `expected` below.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "taskiq==0.13.0"

cat > "$folder/one_task.py" <<'PROGRAM'
import asyncio

from taskiq import AsyncBroker, TaskiqMessage


class OneTask(AsyncBroker):
    async def kick(self, message):
        pass

    async def listen(self):
        message = TaskiqMessage(task_id="1", task_name="greet", labels={}, args=[], kwargs={})
        yield self.formatter.dumps(message).message
        await asyncio.Event().wait()


broker = OneTask()


@broker.task(task_name="greet")
async def greet():
    print("the task ran", flush=True)
PROGRAM
cat > "$folder/worker.py" <<'PROGRAM'
import multiprocessing
import sys

if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv.pop(1))
    from taskiq.__main__ import main

    main()
PROGRAM

cd "$folder"
for way in fork forkserver; do
    PYTHONPATH="$folder" setsid "$folder/venv/bin/python" worker.py "$way" worker -w 1 \
        --log-level INFO one_task:broker > "$folder/log" 2>&1 &
    worker=$!
    for _ in $(seq 60); do
        if grep -q "the task ran" "$folder/log"; then break; fi
        sleep 1
    done
    sleep 1
    kill -KILL -- "-$worker"
    wait "$worker" 2> /dev/null || true
    ran=$(grep -c "the task ran" "$folder/log" || true)
    told=$(grep -c "Executing task greet with ID: 1" "$folder/log" || true)
    echo "$way: the task ran $ran time, the log tells of it $told time"
done | tee "$folder/seen"

cat > "$folder/expected" <<'EXPECTED'
fork: the task ran 1 time, the log tells of it 1 time
forkserver: the task ran 1 time, the log tells of it 0 time
EXPECTED
diff "$folder/expected" "$folder/seen" && echo "taskiq still does so"
