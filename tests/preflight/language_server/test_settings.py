"""What an editor may set, and what it hears of a mistake."""

import pytest
from lsprotocol import types

from pulumi_preflight.language_server.settings import (
    Settings,
    SettingsError,
    changed_settings,
    read_settings,
)
from tests.preflight.language_server.editing import Editor, until

MAIN = "shop/__main__.py"


@pytest.mark.parametrize(
    ("given", "told"),
    [
        pytest.param({"stak": "dev"}, "there is no setting `stak`; there are trusted", id="key"),
        pytest.param({"stack": 3}, "`stack` is 3: input should be a valid string", id="kind"),
        pytest.param({"stack": ""}, "`stack` is '': string should have", id="empty"),
        pytest.param({"policyPack": {"path": 3}}, "`policyPack.0.path` is 3: ", id="pack"),
        pytest.param({"policyPack": [{}]}, "`policyPack.0.path` is missing", id="no-path"),
        pytest.param({"timeout": 0}, "`timeout` is 0: input should be greater than 0", id="time"),
        pytest.param({"config": {"a": 12}}, "`config.a` is wrong: ", id="config-is-not-shown"),
        pytest.param("dev", "the settings are 'dev': input should be an object", id="text"),
    ],
)
def test_a_mistake_names_setting_value_and_what_is_wanted(given: object, told: str) -> None:
    with pytest.raises(SettingsError) as raised:
        read_settings(given)
    assert str(raised.value).startswith(f"preflight's settings: {told}")
    assert raised.value.hint == "see the settings in docs/editor.md"


@pytest.mark.parametrize(
    ("given", "paths"),
    [
        pytest.param("a", ["a"], id="text"),
        pytest.param(["a", {"path": "b"}], ["a", "b"], id="list"),
        pytest.param({"path": "a"}, ["a"], id="object"),
    ],
)
def test_packs_are_taken_in_a_short_form(given: object, paths: list[str]) -> None:
    packs = read_settings({"policyPack": given}).policy_pack
    assert packs is not None
    assert [each.path for each in packs] == paths


@pytest.mark.parametrize("given", [None, [], {}, {"preflight": {}}, {"preflight": None}])
def test_nothing_set_trusts_nothing(given: object) -> None:
    assert read_settings(given).trusted is False


@pytest.mark.parametrize("trusted", [True, False])
def test_trust_stays_as_it_was_at_the_start(*, trusted: bool) -> None:
    before = Settings(trusted=trusted)
    changed = changed_settings({"preflight": {"trusted": not trusted, "stack": "dev"}}, before)
    assert changed is not None
    assert (changed.trusted, changed.stack) == (trusted, "dev")


@pytest.mark.parametrize("given", [None, {}, [], {"preflight": {}}])
def test_settings_that_say_nothing_change_nothing(given: object) -> None:
    assert changed_settings(given, Settings()) is None


@pytest.mark.asyncio
async def test_wrong_settings_are_one_message_and_nothing_runs(editor: Editor) -> None:
    await editor.begin(timeout="long")
    editor.open(MAIN)
    await until(lambda: editor.messages, "the message")
    assert await editor.hover(MAIN, 1) == ""
    told = "preflight's settings: `timeout` is 'long': input should be a valid number"
    assert editor.messages == [f"{told} (see the settings in docs/editor.md)"]
    assert editor.client.published == []


@pytest.mark.asyncio
async def test_settings_that_change_judge_anew(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    assert len(await editor.judged(lambda: editor.open(MAIN), MAIN)) == 1
    params = types.DidChangeConfigurationParams({"preflight": {"stack": "dev", "policyPack": []}})
    found = await editor.judged(
        lambda: editor.client.workspace_did_change_configuration(params), MAIN
    )
    assert found == []


@pytest.mark.asyncio
async def test_wrong_settings_later_are_told_and_those_before_hold(editor: Editor) -> None:
    await editor.begin(policyPack="pack")
    params = types.DidChangeConfigurationParams({"preflight": {"stack": []}})
    editor.client.workspace_did_change_configuration(params)
    assert len(await editor.judged(lambda: editor.open(MAIN), MAIN)) == 1
    assert editor.messages[0].startswith("preflight's settings: `stack` is []: ")
