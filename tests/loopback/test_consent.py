"""What is asked before something is deleted."""

import io

import pytest

from pulumi_loopback.errors import CommandError, Consent


def consent(stack: str, *, yes: bool = False, confirmed: str = "") -> Consent:
    return Consent(stack=stack, local=stack == "local", yes=yes, confirmed=confirmed)


@pytest.mark.parametrize("confirmed", ["", "prod"])
def test_another_stack_than_local_must_be_named_twice(confirmed: str) -> None:
    with pytest.raises(CommandError) as raised:
        consent("dev", yes=True, confirmed=confirmed).to_delete(["all"])
    assert raised.value.hint == "name it twice if you mean it: --stack dev --confirm dev"


def test_a_stack_that_is_named_twice_is_deleted_from() -> None:
    consent("dev", yes=True, confirmed="dev").to_delete(["all"])


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "yess\n"])
def test_only_yes_is_yes(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    with pytest.raises(CommandError, match="nothing was done"):
        consent("local").to_delete(["all"])


def test_an_answer_that_never_comes_ends_the_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    with pytest.raises(CommandError, match="nothing was done"):
        consent("local").to_delete(["all"])
    assert capsys.readouterr().out.endswith("Go on? [y/N] \n")


@pytest.mark.parametrize("answer", ["y\n", "Yes\n"])
def test_yes_goes_on(answer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(answer))
    consent("local").to_delete(["all"])


def test_a_deployment_to_local_is_not_asked_about() -> None:
    consent("local").to_deploy()
