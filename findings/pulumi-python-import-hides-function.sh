#!/usr/bin/env bash
# pulumi-aws 7.51.1 for Python: who imports a function from the module of its name, before anything
# else of the service, hides the function in the service for good.
#
# The package loads a service, such as `sqs`, when something of it is first touched. The import
# system touches the service while it looks for the module `sqs.get_queue`: the service's own
# `__init__` then takes over the function `get_queue`, and at the end of the import Python puts the
# module in the function's place. With the service touched first, the function stays.
#
# Seen: `aws.sqs.get_queue(name="jobs")` raises "TypeError: 'module' object is not callable" after
# `from pulumi_aws.sqs.get_queue import get_queue`, and not where `aws.sqs.Queue` was named before
# that line. Resources are not affected: the module `queue` and the class `Queue` differ in case.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet pulumi==3.272.0 pulumi-aws==7.51.1

seen=$("$folder/venv/bin/python" - <<'PYTHON'
import subprocess
import sys

IMPORT = "from pulumi_aws.sqs.get_queue import get_queue\n"
SHOW = "import pulumi_aws as aws\nprint(type(aws.sqs.get_queue).__name__)\n"
TOUCH = "import pulumi_aws as aws\naws.sqs.Queue\n"
for program in (IMPORT + SHOW, TOUCH + IMPORT + SHOW):
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    print(done.stdout, end="")
PYTHON
)
echo "$seen"
[ "$seen" = "module
function" ]
