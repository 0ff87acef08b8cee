"""The variables that the program runs with: its config, its virtualenv, and no way to real AWS.

A program may call AWS itself while it is previewed, with boto3. Preflight is offline, so such a
call must fail at once, never reach an account, never hang. An AWS configuration file of our own
sends every call to a port on the loopback where nothing listens; the user's credentials do not
reach the program. Where the user sets `AWS_ENDPOINT_URL` (LocalStack, moto), calls go there and
nothing is changed. Variables that a program may read itself, such as `AWS_ENDPOINT_URL` and
`AWS_REGION`, are never invented.
"""

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

from pulumi_preflight.project import Project

# TCP port 9 is "discard": no machine of today listens there, and a program may not take it.
NO_ENDPOINT = "http://127.0.0.1:9"
_ENDPOINT = "AWS_ENDPOINT_URL"
_CREDENTIALS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
_PLACEHOLDER = "preflight"


def program_environment(
    project: Project, outer: Mapping[str, str], new_folder: Callable[[], Path]
) -> dict[str, str]:
    """Makes the program's variables out of preflight's own.

    Args:
        project: The project that runs.
        outer: The variables to start from.
        new_folder: Makes a folder for the files that variables name, where there are any.
    """
    environment = {
        **outer,
        **project.environment,
        "PULUMI_CONFIG": json.dumps({key: value.text for key, value in project.config.items()}),
        "PULUMI_CONFIG_SECRET_KEYS": json.dumps(
            [key for key, value in project.config.items() if value.secret]
        ),
        **_activation(project.interpreter, outer),
    }
    # An interpreter of another virtualenv must not read this one's home.
    environment.pop("PYTHONHOME", None)
    if region := project.region:
        environment.setdefault("AWS_DEFAULT_REGION", region)
    environment["AWS_EC2_METADATA_DISABLED"] = "true"
    # gRPC would look for preflight's own services behind the user's proxy.
    environment["no_grpc_proxy"] = "127.0.0.1"
    if _ENDPOINT not in outer:
        environment.update(_unreachable_aws(new_folder(), outer))
    return environment


def _activation(interpreter: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """What a virtualenv's `activate` sets, as the language host does."""
    folder = interpreter.parent.parent
    if not (folder / "pyvenv.cfg").is_file():
        return {}
    path = os.pathsep.join([str(interpreter.parent), outer.get("PATH", os.defpath)])
    return {"VIRTUAL_ENV": str(folder), "PATH": path}


def _unreachable_aws(folder: Path, outer: Mapping[str, str]) -> dict[str, str]:
    """Writes the AWS configuration file, with the profile that the user chose, if any."""
    profile = outer.get("AWS_PROFILE")
    sections = ["default", *([f"profile {profile}"] if profile else [])]
    settings = (
        f"endpoint_url = {NO_ENDPOINT}\n"
        "max_attempts = 1\n"
        "retry_mode = standard\n"
        f"aws_access_key_id = {_PLACEHOLDER}\n"
        f"aws_secret_access_key = {_PLACEHOLDER}\n"
    )
    config, credentials = folder / "config", folder / "credentials"
    config.write_text("".join(f"[{section}]\n{settings}\n" for section in sections))
    credentials.write_text("")
    return {
        "AWS_CONFIG_FILE": str(config),
        "AWS_SHARED_CREDENTIALS_FILE": str(credentials),
        **{name: _PLACEHOLDER for name in _CREDENTIALS if name in outer},
    }
