"""One step of the action in action.yml: `python3 -I action STEP`, on the runner's own Python."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - a runner may have any Python
    sys.exit("::error::preflight needs Python 3.11 or newer; use actions/setup-python before it")

from preflight_action.steps import main

sys.exit(main(sys.argv[1]))
