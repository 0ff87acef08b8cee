"""The API: `uvicorn taskiq_demo.api:app`."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Literal
from uuid import UUID

from botocore.exceptions import BotoCoreError
from fastapi import APIRouter, FastAPI, Request, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from taskiq.exceptions import SendTaskError
from taskiq_aio_sqs.exceptions import S3ResultBackendError

from taskiq_demo.tasks import broker, enqueue_sleep, results


class NewTask(BaseModel):
    """What to do."""

    duration_seconds: Annotated[float, Field(gt=0, le=300)]


class Accepted(BaseModel):
    """The id under which the result can be asked for."""

    task_id: UUID


class TaskState(BaseModel):
    """How far a task is. An id that was never given out is pending for ever."""

    task_id: UUID
    status: Literal["pending", "done", "failed"]
    result: float | None = None
    """Seconds that the task took."""
    error: str | None = None


@asynccontextmanager
async def connected(_: FastAPI) -> AsyncIterator[None]:
    """Holds the connections to queue and results."""
    await broker.startup()
    yield
    await broker.shutdown()


app = FastAPI(title="taskiq-demo", lifespan=connected)
tasks = APIRouter(prefix="/api/tasks")


@app.get("/health")
async def health() -> dict[str, str]:
    """Says that the API answers; outside `/api`, for the load balancer alone."""
    return {"status": "ok"}


@tasks.post("", status_code=status.HTTP_202_ACCEPTED)
async def create_task(new: NewTask, response: Response) -> Accepted:
    """Enqueues a task."""
    task_id = await enqueue_sleep(new.duration_seconds)
    response.headers["Location"] = f"{tasks.prefix}/{task_id}"
    return Accepted(task_id=task_id)


@tasks.get("/{task_id}", response_model_exclude_none=True)
async def read_task(task_id: UUID) -> TaskState:
    """Tells how far a task is, and its result."""
    if not await results.is_result_ready(str(task_id)):
        return TaskState(task_id=task_id, status="pending")
    found = await results.get_result(str(task_id))
    if found.is_err:
        return TaskState(task_id=task_id, status="failed", error=str(found.error))
    return TaskState(task_id=task_id, status="done", result=found.return_value)


app.include_router(tasks)


@app.exception_handler(SendTaskError)
@app.exception_handler(S3ResultBackendError)
@app.exception_handler(BotoCoreError)
async def unavailable(request: Request, error: Exception) -> JSONResponse:
    """Says that AWS did not do its part, without its details."""
    what = "the queue takes no task" if request.method == "POST" else "no result can be read"
    return JSONResponse({"detail": f"{what} now: {type(error).__name__}"}, status_code=503)
