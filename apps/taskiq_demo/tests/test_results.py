"""Results on their way to S3, whose client answers as each test tells it."""

import asyncio

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from taskiq import TaskiqResult

from taskiq_demo import tasks as results_module
from taskiq_demo.tasks import PatientS3Backend

RESULT = TaskiqResult(is_err=False, return_value=0.5, execution_time=0.5)


class Client:
    """S3 with these errors, one for each request, and then none."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.written: list[str] = []

    async def put_object(self, *, Key: str, **_: object) -> None:  # noqa: N803 - S3's word
        if self.errors:
            raise self.errors.pop(0)
        self.written.append(Key)


def test_a_result_is_written_once_s3_answers_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(results_module, "RETRY_SECONDS", 0)
    client = Client(
        EndpointConnectionError(endpoint_url="https://s3"),
        ClientError({"Error": {"Code": "SlowDown", "Message": "less"}}, "PutObject"),
    )
    backend = PatientS3Backend[float]("bucket", base_path="demo")
    backend._s3_client = client  # type: ignore[assignment]  # noqa: SLF001 - startup makes the real one

    asyncio.run(backend.set_result("task-1", RESULT))

    assert client.written == ["demo/task-1"]
    assert len(caplog.messages) == 2
    assert "the result of task task-1 could not be written" in caplog.text
