"""Answers about engines and classes of RDS."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pulumi_preflight.outputs.answers.calls import Answer, AnswerCall, Call
from pulumi_preflight.outputs.answers.places import zone_names
from pulumi_preflight.outputs.engines import engine_version
from pulumi_preflight.wire import Properties

# How many numbers of the version name a family, where it is not two. PostgreSQL before 10 has two.
# Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithParamGroups.html
_ONE_NUMBER = frozenset({"postgres", "aurora-postgresql"})
_WITH_DASH = re.compile(r"(custom-)?(oracle|sqlserver|db2)-")
_LATEST: Mapping[str, str] = {
    "db2-ae": "11.5.9.0.sb00054200.r1",
    "db2-se": "11.5.9.0.sb00054200.r1",
    "oracle-ee": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "oracle-ee-cdb": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "oracle-se2": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "oracle-se2-cdb": "19.0.0.0.ru-2025-01.rur-2025-01.r1",
    "sqlserver-ee": "16.00.4185.3.v1",
    "sqlserver-ex": "16.00.4185.3.v1",
    "sqlserver-se": "16.00.4185.3.v1",
    "sqlserver-web": "16.00.4185.3.v1",
}
"""The newest versions of engines that Amazon does not make; a version of the form will do."""
_LICENSES = (
    ("postgres", "postgresql-license"),
    ("aurora-postgresql", "postgresql-license"),
    ("oracle", "bring-your-own-license"),
    ("db2", "bring-your-own-license"),
    ("sqlserver", "license-included"),
)
_OTHER_LICENSE = "general-public-license"
_USUAL_CLASS = "db.t4g.medium"


def family_of(engine: str, version: str) -> str:
    """The family of parameter groups: `postgres16`, `mysql8.0`, `oracle-ee-19`."""
    numbers = version.split(".")
    if engine in _ONE_NUMBER:
        is_old = numbers[0].isdigit() and int(numbers[0]) < 10  # noqa: PLR2004 - see above
        return engine + ".".join(numbers[: 2 if is_old else 1])
    if engine.startswith(("oracle", "custom-oracle")):
        return f"{engine}-{numbers[0]}"
    if _WITH_DASH.match(engine):
        # SQL Server's 16.00 is the family 16.0.
        minor = numbers[1].lstrip("0") or "0" if len(numbers) > 1 else "0"
        return f"{engine}-{numbers[0]}.{minor}"
    return engine + ".".join(numbers[:2])


def _version(call: Call, given: str) -> str:
    """A whole version of the engine that begins as the given one does."""
    engine = call.text("engine")
    latest = _LATEST.get(engine, "")
    if latest and (not given or latest.startswith(f"{given}.")):
        return latest
    inputs: Properties = {"engine": engine}
    if given:
        inputs["engineVersion"] = given
    return engine_version(replace(call.subject, inputs=inputs), "version")


def _of_family(family: str, engine: str) -> str:
    """What a family says of the version."""
    return family.removeprefix(engine).removeprefix("-") if family.startswith(engine) else ""


def _engine_version(call: Call) -> Answer:
    engine, family = call.text("engine"), call.text("parameterGroupFamily")
    preferred = [str(each) for each in call.arguments.get("preferredVersions") or ()]
    given = call.text("version")
    version = preferred[0] if preferred else _version(call, given or _of_family(family, engine))
    own = {"parameterGroupFamily": family or family_of(engine, version)}
    is_given = bool(given or family)
    is_aurora = engine.startswith("aurora")
    made_up: dict[str, Any] = {
        "id": version,
        "version": version,
        "versionActual": version,
        "engineDescription": engine,
        "versionDescription": f"{engine} {version}",
        "status": "available",
        "supportsGlobalDatabases": is_aurora,
        "supportsReadReplica": not is_aurora,
        "supportsLogExportsToCloudwatch": True,
        "supportedModes": ["provisioned"],
    }
    return Answer(follows=own, made_up=made_up) if is_given else Answer(made_up=own | made_up)


def _orderable(call: Call) -> Answer:
    engine = call.text("engine")
    versions = call.arguments.get("preferredEngineVersions") or ()
    classes = call.arguments.get("preferredInstanceClasses") or ()
    license_ = next((name for start, name in _LICENSES if engine.startswith(start)), "")
    is_aurora = engine.startswith("aurora")
    class_ = str(classes[0]) if classes else _USUAL_CLASS
    return Answer(
        follows={"licenseModel": call.text("licenseModel") or license_ or _OTHER_LICENSE},
        made_up={
            "id": call.text("instanceClass") or class_,
            "availabilityZones": zone_names(call),
            "engineVersion": str(versions[0]) if versions else _version(call, ""),
            "instanceClass": class_,
            "maxStorageSize": 65536.0,
            "minStorageSize": 1.0 if is_aurora else 20.0,
            "multiAzCapable": True,
            "readReplicaCapable": True,
            "storageType": "aurora" if is_aurora else "gp3",
            "supportedEngineModes": ["provisioned"] if is_aurora else [],
            "supportedNetworkTypes": ["IPV4"],
            "supportsClusters": is_aurora,
            "supportsEnhancedMonitoring": True,
            "supportsGlobalDatabases": is_aurora,
            "supportsIamDatabaseAuthentication": True,
            "supportsMultiAz": True,
            "supportsPerformanceInsights": True,
            "supportsStorageAutoscaling": not is_aurora,
            "supportsStorageEncryption": True,
            "vpc": True,
        },
    )


ANSWERS: dict[str, AnswerCall] = {
    "aws:rds:getEngineVersion": _engine_version,
    "aws:rds:getOrderableDbInstance": _orderable,
}
