"""Bolt and the SDK take nothing from the environment but the proxy."""

import os

import pytest
from slack_bolt.app.async_app import AsyncApp

from bot.sandbox.slack import Outcome
from bot.slack.bolt import READ_BY_BOLT, bolt_app, web_client
from tests.slack_edge.transcript import read, stage

NOWHERE = "http://127.0.0.1:9"


def pretend(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


async def test_a_client_id_in_the_environment_turns_on_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, **dict.fromkeys(READ_BY_BOLT, "from the environment"))
    app = bolt_app(None)
    assert app.oauth_flow is None
    assert app.installation_store is None
    assert app._token is None
    assert app._signing_secret == ""
    assert app._verification_token is None


async def test_the_environment_is_as_it_was_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in READ_BY_BOLT:
        monkeypatch.delenv(name, raising=False)
    pretend(monkeypatch, SLACK_CLIENT_ID="1", SLACK_SIGNING_SECRET="2")
    before = dict(os.environ)
    bolt_app(None)
    assert dict(os.environ) == before


async def test_with_such_an_environment_commands_are_answered_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pretend(monkeypatch, **dict.fromkeys(READ_BY_BOLT, "from the environment"))
    async with stage() as on:
        assert "1 of 34 tasks" in read(await on.types("status"))


async def test_making_the_app_says_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    pretend(monkeypatch, **dict.fromkeys(READ_BY_BOLT, "from the environment"))
    with caplog.at_level("INFO"):
        bolt_app("https://slack.example/api/")
    assert caplog.messages == []


async def test_the_app_holds_no_token_and_slack_is_asked_nothing_before_the_acknowledgement() -> None:
    async with stage() as on:
        on.slack.revoke_bot_token()
        await on.quiet()
        reaction = await on.slack.command("anna", "general", "/logbackup", "status")
        assert reaction.outcome is Outcome.ACKNOWLEDGED
        await on.quiet()
        answer = on.slack.ephemerals("anna")[-1]
        assert "The bot's token was revoked" in answer.text


@pytest.mark.parametrize("name", ["HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"])
async def test_a_slack_on_this_machine_is_spoken_to_without_the_proxy(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo and the tests run behind a company's proxy too: socket, Web API and response_url."""
    for other in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(other, raising=False)
    monkeypatch.setenv(name, NOWHERE)
    async with stage() as on:
        assert "1 of 34 tasks" in read(await on.types("status"))
        assert "1 of 34 tasks" in read(await on.says("@logbackup status"))
        assert on.journal.names("warning") == []


async def test_slack_itself_is_spoken_to_by_the_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", NOWHERE)
    assert web_client("xoxb-1", None).proxy == NOWHERE
    assert web_client("xoxb-1", "https://slack.example/api/").proxy == NOWHERE


@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:1/api/", "http://localhost:1/api/", "http://[::1]:1/api/"]
)
async def test_this_machine_has_several_names(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", NOWHERE)
    assert web_client(None, address).proxy is None


async def test_the_client_never_tries_by_itself() -> None:
    assert web_client("xoxb-1", None).retry_handlers == []


def test_the_app_verifies_no_signature_a_second_time() -> None:
    """Bolt's own check comes after it has parsed; ours came before."""
    ours = [type(one).__name__ for one in bolt_app(None)._async_middleware_list]
    assert "AsyncRequestVerification" not in ours
    assert "AsyncRequestVerification" in [
        type(one).__name__ for one in AsyncApp(token="xoxb-1", signing_secret="s")._async_middleware_list
    ]
