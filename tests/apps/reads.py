"""Prints what an app's models of settings read; run with the interpreter of the app.

Arguments: models as `<module>:<class>`. Printed: JSON, the variables of each model and those that
the AWS SDK reads by itself.
"""

import importlib
import json
import sys
from typing import Any

from botocore.configprovider import BOTOCORE_DEFAUT_SESSION_VARIABLES as OF_THE_SDK


def variables(model: str) -> list[str]:
    """The names of the environment variables of a model's fields."""
    module, _, name = model.partition(":")
    fields: dict[str, Any] = getattr(importlib.import_module(module), name).model_fields
    return [str(field.validation_alias or key).upper() for key, field in fields.items()]


if __name__ == "__main__":
    sdk = {variable for _, variable, *_ in OF_THE_SDK.values() if isinstance(variable, str)}
    models = {model: variables(model) for model in sys.argv[1:]}
    # The endpoint is looked up outside the table, by botocore's ConfiguredEndpointProvider.
    json.dump({"models": models, "sdk": sorted(sdk | {"AWS_ENDPOINT_URL"})}, sys.stdout)
