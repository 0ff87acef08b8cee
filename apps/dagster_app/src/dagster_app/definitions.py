"""What Dagster loads: jobs, assets, a schedule, and where steps run and keep their data."""

from dagster import (
    AssetSelection,
    DefaultScheduleStatus,
    Definitions,
    ScheduleDefinition,
    define_asset_job,
)
from dagster_aws.s3 import S3PickleIOManager, S3Resource

from dagster_app.executor import taskiq_executor
from dagster_app.jobs import measurements, primes, retrying, summary, waiting
from dagster_app.settings import StepSettings, load

DATA_PREFIX = "dagster"
"""Key prefix of what steps hand to each other, the only one that the workers' role may use."""

_settings = load(StepSettings)
_summaries = define_asset_job("summaries", AssetSelection.assets(measurements, summary))

definitions = Definitions(
    assets=[measurements, summary],
    jobs=[primes, retrying, waiting, _summaries],
    schedules=[
        ScheduleDefinition(
            job=_summaries,
            cron_schedule="0 3 * * *",
            # Somebody starts it in the web server, when it is wanted.
            default_status=DefaultScheduleStatus.STOPPED,
        )
    ],
    executor=taskiq_executor,
    resources={
        "io_manager": S3PickleIOManager(
            s3_resource=S3Resource(region_name=_settings.aws_default_region),
            s3_bucket=_settings.s3_bucket,
            s3_prefix=DATA_PREFIX,
        )
    },
)
