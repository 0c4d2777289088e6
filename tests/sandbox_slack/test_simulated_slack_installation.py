"""A Slack in which the app of a manifest was installed grants what it asks for and no more."""

from pathlib import Path

import yaml

from bot.sandbox.slack.installation import Shortcut, installation
from tests.sandbox_slack.simulated_slack_stage import refused, stage

MANIFEST = Path(__file__).parents[2] / "manifest.yml"


async def test_what_the_manifest_asks_for_is_granted_and_nothing_else() -> None:
    asked = yaml.safe_load(MANIFEST.read_text())
    async with stage(**installation(asked)) as on:
        assert on.slack.scopes == set(asked["oauth_config"]["scopes"]["bot"])
        assert on.slack.events == set(asked["settings"]["event_subscriptions"]["bot_events"])
        await on.slack.command("anna", "alerts", "/logbackup", "status")
        assert (await on.client.chat_postMessage(channel="alerts", text="x"))["ok"]


async def test_a_manifest_that_asks_for_nothing_gets_nothing() -> None:
    async with stage(**installation({})) as on:
        call = on.client.chat_postMessage(channel="alerts", text="x")
        answer = await refused(call)
        assert (answer["error"], answer["needed"], answer["provided"]) == ("missing_scope", "chat:write", "")


async def test_the_shortcuts_of_a_manifest_are_offered() -> None:
    asked = {
        "features": {
            "shortcuts": [
                {"name": "Explain this", "callback_id": "explain", "type": "message", "description": "x"},
                {"name": "Status", "callback_id": "status", "type": "global", "description": "x"},
            ]
        }
    }
    async with stage(**installation(asked)) as on:
        assert on.slack.shortcuts == (
            Shortcut("Explain this", "explain"),
            Shortcut("Status", "status", of_messages=False),
        )


async def test_a_command_is_escaped_where_its_manifest_says_so() -> None:
    commands = [{"command": "/a", "should_escape": True}, {"command": "/b", "should_escape": False}]
    asked = installation({"features": {"slash_commands": commands}})
    assert (asked["commands"], asked["escaping"]) == (frozenset({"/a", "/b"}), frozenset({"/a"}))
