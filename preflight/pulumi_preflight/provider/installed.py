"""The SDKs of this interpreter's environment, asked for the shapes of their classes."""

import importlib
import importlib.util
import threading
import warnings
from typing import Any

from pulumi.runtime.rpc import get_resource_module

from pulumi_preflight.program.inside.classes import QUESTIONS

_LOADING = threading.Lock()


def ask(question: str, of: str) -> Any:  # noqa: ANN401 - JSON, as of a program's process
    """Answers what a program's own process would: all but `class` take tokens."""
    with _LOADING:
        if question != "class":
            with warnings.catch_warnings():
                # The SDKs warn of what is deprecated in them when they are loaded, used or not.
                warnings.simplefilter("ignore", DeprecationWarning)
                _load(of)
        return QUESTIONS[question](of)


def _load(token: str) -> None:
    """Imports the module of a token such as `aws:sqs/queue:Queue`, if its SDK is installed."""
    package, module, _ = token.split(":")
    name = f"pulumi_{package.replace('-', '_')}"
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return
    part = module.partition("/")[0]
    registered = get_resource_module(package, module, "")
    names = [f"{name}.{part}", f"{name}.{part}_"]
    if registered is not None:
        names = [vars(registered)["mod_info"]["fqn"]]
    for each in names:
        if importlib.util.find_spec(each):
            # The SDKs load a module when something in it is looked at.
            getattr(importlib.import_module(each), "__all__", None)
