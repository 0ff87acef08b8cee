"""What a worker does with a step, whose process and database behave as each test tells them."""

import asyncio
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import DBAPIError, InternalError, OperationalError, ProgrammingError
from taskiq import TaskiqState

from dagster_app.protection import ScaleInProtection

NO_CONNECTION = OperationalError("UPDATE", {}, Exception("no connection"))
STANDBY = InternalError("UPDATE", {}, Exception("read-only"))
NO_TABLE = ProgrammingError("UPDATE", {}, Exception("no table"))


class Step:
    """A process that ends by itself after so many looks at it, or as it is told."""

    pid = 1

    def __init__(self, looks: int = 1000, *, obeys: bool = True) -> None:
        self.looks = looks
        self.obeys = obeys
        self.code: int | None = None

    async def exit_code(self, seconds: float) -> int | None:
        assert seconds > 0
        self.looks -= 1
        if self.looks < 0 and self.code is None:
            self.code = 0
        await asyncio.sleep(0)
        return self.code

    def interrupt(self) -> None:
        if self.obeys:
            self.code = -15

    def kill(self) -> None:
        self.code = -9


class Claims:
    """A table that raises these errors first, one for each call, and then does its part."""

    def __init__(self, *errors: DBAPIError, cancelled_at: int = 1000) -> None:
        self.errors = list(errors)
        self.cancelled_at = cancelled_at
        self.claimants: list[str] = []
        self.exit_codes: list[int] = []
        self.beats = 0

    def claim(self, _: str, worker: str) -> bool:
        self.claimants.append(worker)
        self._answer()
        return True

    def beat(self, _: str) -> bool:
        self._answer()
        self.beats += 1
        return self.beats < self.cancelled_at

    def finish(self, _: str, exit_code: int) -> None:
        self._answer()
        self.exit_codes.append(exit_code)

    def _answer(self) -> None:
        if self.errors:
            raise self.errors.pop(0)


@pytest.fixture
def steps(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Step]]:
    """The processes that the worker will start, in order."""
    assert environment
    from dagster_app import worker  # noqa: PLC0415 - reads the environment

    waiting: list[Step] = []

    class Starts:
        @staticmethod
        async def start(_: list[str]) -> Step:
            return waiting.pop(0)

    monkeypatch.setattr(worker, "StepProcess", Starts)
    monkeypatch.setattr(worker, "RETRY_SECONDS", 0)
    yield waiting
    assert not waiting, "not all were started"


def execute(claims: Claims) -> None:
    """Executes a step as TaskIQ does."""
    from dagster_app import worker  # noqa: PLC0415 - see above

    state = SimpleNamespace(name="host:1", protection=ScaleInProtection(None), claims=claims)
    worker.broker.state = state  # type: ignore[assignment]
    asyncio.run(worker.execute_step.original_func("key", []))


@pytest.mark.parametrize("error", [NO_CONNECTION, STANDBY], ids=["no-connection", "standby"])
@pytest.mark.parametrize("before", [0, 1, 4], ids=["claim", "beat", "end"])
def test_an_outage_of_the_database_costs_no_step(
    steps: list[Step], monkeypatch: pytest.MonkeyPatch, error: DBAPIError, before: int
) -> None:
    claims = Claims()
    answered = 0

    def answer() -> None:
        nonlocal answered
        answered += 1
        if before < answered <= before + 3:
            raise error

    monkeypatch.setattr(claims, "_answer", answer)
    steps.append(Step(looks=3))

    execute(claims)

    assert claims.exit_codes == [0]
    assert len(set(claims.claimants)) == 1, "it asks again by the same name"


def test_each_delivery_asks_for_the_claim_by_a_name_of_its_own(steps: list[Step]) -> None:
    claims = Claims()
    steps += [Step(looks=0), Step(looks=0)]

    execute(claims)
    execute(claims)

    assert len(set(claims.claimants)) == 2
    assert all(name.startswith("host:1#") for name in claims.claimants)


@pytest.mark.parametrize(
    ("obeys", "code"), [pytest.param(True, -15, id="stops"), pytest.param(False, -9, id="does-not")]
)
def test_a_cancelled_step_is_stopped_with_force_where_need_be(
    steps: list[Step], *, obeys: bool, code: int
) -> None:
    claims = Claims(cancelled_at=2)
    steps.append(Step(obeys=obeys))

    execute(claims)

    assert claims.exit_codes == [code]


def test_no_step_goes_on_that_nobody_beats_for(steps: list[Step]) -> None:
    step = Step()
    steps.append(step)
    claims = Claims()

    def beat(_: str) -> bool:
        raise NO_TABLE

    claims.beat = beat  # type: ignore[method-assign]
    with pytest.raises(ProgrammingError):
        execute(claims)

    assert step.code == -9


def test_a_process_without_a_log_tells_which_step_it_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from dagster_app import worker  # noqa: PLC0415 - reads the environment

    monkeypatch.setattr(logging.root, "handlers", [])
    level = logging.root.level
    worker.set_up_log(TaskiqState())
    worker.log.info("step %s runs in process %s", "k", 1)
    logging.root.setLevel(level)
    assert capsys.readouterr().err.endswith("step k runs in process 1\n")
