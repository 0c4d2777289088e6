"""The Slack app's manifest asks for what the code uses, and for nothing else."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from bot.commands import VERBS, Door, parse
from bot.slack.inspection import OPTIONAL, SCOPES
from bot.slack.listeners import COMMAND
from bot.slack.payloads import SHORTCUTS

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
METHODS = {
    "apps_connections_open": (),
    "auth_test": (),
    "bots_info": ("users:read",),
    "chat_postEphemeral": ("chat:write",),
    "chat_postMessage": ("chat:write",),
    "chat_update": ("chat:write",),
    "conversations_history": ("channels:history", "groups:history"),
    "conversations_info": ("channels:read", "groups:read"),
    "conversations_list": ("channels:read", "groups:read"),
    "conversations_open": ("im:write",),
    "conversations_replies": ("channels:history", "groups:history"),
    "files_completeUploadExternal": ("files:write",),
    "files_getUploadURLExternal": ("files:write",),
    "usergroups_users_list": ("usergroups:read",),
    "users_conversations": ("channels:read", "groups:read"),
    "users_info": ("users:read",),
    "users_list": ("users:read",),
    "views_open": (),
    "views_publish": (),
    "views_update": (),
}
"""The Web API's methods that the code may call, with the scopes that Slack asks for in channels."""
EVENTS = {
    "app_home_opened": ("app_home_opened", ()),
    "app_mention": ("app_mention", ("app_mentions:read",)),
    "message": ("message.im", ("im:history",)),
}
"""The events that the code listens to, as the manifest names them, with their scopes."""
FAMILIES = re.compile(
    r"(admin|apps|auth|bookmarks|bots|canvases|chat|conversations|emoji|files|pins|reactions|reminders|search|team"
    r"|usergroups|users|views|workflows)_[a-zA-Z_]+"
)


def manifest() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "manifest.yml").read_text())
    return found


def trees() -> Iterator[ast.AST]:
    for path in (*(ROOT / "bot" / "slack").rglob("*.py"), ROOT / "bot" / "app.py"):
        yield from ast.walk(ast.parse(path.read_text()))


def methods() -> set[str]:
    """Find the Web API's methods in the code: attributes of a client."""
    return {
        node.attr
        for node in trees()
        if isinstance(node, ast.Attribute)
        and FAMILIES.fullmatch(node.attr)
        and "client" in ast.unparse(node.value)
    }


def events() -> set[str]:
    return {
        argument.value
        for node in trees()
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("app.event")
        for argument in node.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def test_every_method_that_the_code_calls_is_known_here() -> None:
    assert methods() == METHODS.keys()


def test_the_scopes_are_those_that_the_code_needs() -> None:
    needed = {scope for method in methods() for scope in METHODS[method]}
    needed |= {scope for event in events() for scope in EVENTS[event][1]}
    scopes = manifest()["oauth_config"]["scopes"]["bot"]
    assert set(scopes) == needed | {"commands"}
    assert scopes == sorted(scopes)
    assert set(scopes) == SCOPES.keys(), "the doctor knows what each is for"
    assert SCOPES.keys() > OPTIONAL


def test_the_events_are_those_that_the_code_listens_to() -> None:
    subscribed = manifest()["settings"]["event_subscriptions"]["bot_events"]
    assert set(subscribed) == {EVENTS[event][0] for event in events()}


def test_the_command_is_the_codes_and_its_hint_names_real_verbs() -> None:
    (command,) = manifest()["features"]["slash_commands"]
    assert command["command"] == COMMAND
    hinted = {hint.split()[0] for hint in command["usage_hint"].split("|")}
    assert hinted <= {verb.name for verb in VERBS}


def test_slack_tells_who_is_meant_by_an_at_sign_in_a_command() -> None:
    """Without it ``assign 42 @ana`` arrives as letters, and somebody has to guess who that is."""
    (command,) = manifest()["features"]["slash_commands"]
    assert command["should_escape"] is True


def test_the_shortcuts_are_those_that_the_code_knows_and_real_verbs() -> None:
    shortcuts = manifest()["features"]["shortcuts"]
    assert [one["callback_id"] for one in shortcuts] == list(SHORTCUTS)
    assert {one["type"] for one in shortcuts} == {"message"}
    verbs = {verb.name: verb for verb in VERBS}
    for text in SHORTCUTS.values():
        assert Door.SHORTCUT in verbs[text.split()[0]].doors
        parse(text, now=NOON, zone=UTC)
    offered = {verb.name for verb in VERBS if Door.SHORTCUT in verb.doors}
    assert offered == {text.split()[0] for text in SHORTCUTS.values()}


def test_the_shortcuts_fit_slacks_limits() -> None:
    for shortcut in manifest()["features"]["shortcuts"]:
        assert len(shortcut["name"]) <= 24
        assert len(shortcut["description"]) <= 150


def test_every_scope_says_what_it_is_for() -> None:
    lines = (ROOT / "manifest.yml").read_text().splitlines()
    scopes = [
        line
        for line in lines
        if re.match(r"\s+- \w+(:\w+)+|\s+- commands", line) and "." not in line.split("#")[0]
    ]
    asked = manifest()["oauth_config"]["scopes"]["bot"]
    assert len(scopes) == len(asked)
    assert [line for line in scopes if " # " not in line] == []


def test_it_fits_slacks_own_limits_and_works_out_of_the_box() -> None:
    about = manifest()
    assert len(about["display_information"]["name"]) <= 35
    assert len(about["display_information"]["description"]) <= 140
    assert about["settings"]["socket_mode_enabled"] is True
    assert about["settings"]["interactivity"]["is_enabled"] is True
    home = about["features"]["app_home"]
    assert home["home_tab_enabled"] is True
    assert home["messages_tab_read_only_enabled"] is False
