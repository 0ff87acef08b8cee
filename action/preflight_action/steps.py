"""The steps by their names, and what becomes of an error."""

from preflight_action import install, judge, publish
from preflight_action.runner import StepError, tell_error

STEPS = {"install": install.main, "judge": judge.main, "publish": publish.main}


def main(name: str) -> int:
    """Runs a step; gives its exit code, 2 where it failed."""
    try:
        return STEPS[name]()
    except StepError as error:
        tell_error(str(error))
        return 2
