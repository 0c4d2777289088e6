"""Tokens, scopes, membership: what the bot may not, it is refused with Slack's code."""

from typing import Any

import aiohttp
import pytest

from bot.sandbox.slack import Person
from tests.sandbox_slack.simulated_slack_stage import client_of, modal, refused, stage


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("xoxb-somebody-else", "invalid_auth"),
        ("xapp-1-A0000LOGBK-1000000001-simulated-app", "not_allowed_token_type"),
    ],
)
async def test_a_token_that_does_not_hold_is_refused(token: str, code: str) -> None:
    async with stage() as on:
        call = client_of(on.slack, token).auth_test()
        assert (await refused(call))["error"] == code


async def test_no_token_is_not_authed() -> None:
    async with stage() as on, aiohttp.ClientSession() as session:
        async with session.post(
            f"{on.slack.api_url}chat.postMessage", json={"token": on.slack.bot_token}
        ) as answer:
            assert (await answer.json())["error"] == "not_authed"
        async with session.post(f"{on.slack.api_url}auth.test", data={"token": on.slack.bot_token}) as answer:
            assert (await answer.json())["ok"]


async def test_a_revoked_token_is_refused_until_it_is_restored() -> None:
    async with stage() as on:
        on.slack.revoke_bot_token()
        assert (await refused(on.client.auth_test()))["error"] == "token_revoked"
        on.slack.restore_bot_token()
        assert (await on.client.auth_test())["user_id"] == on.slack.bot_user


async def test_the_bot_s_token_opens_no_socket() -> None:
    async with stage() as on:
        call = on.client.apps_connections_open(app_token=on.slack.bot_token)
        assert (await refused(call))["error"] == "not_allowed_token_type"


async def test_an_unknown_method_is_unknown() -> None:
    async with stage() as on:
        answer = await refused(on.client.api_call("chat.postMesage"))
        assert answer["error"] == "unknown_method"
        assert answer["req_method"] == "chat.postMesage"


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "chat:write": ("chat.postMessage", {"channel": "alerts", "text": "x"}),
    "users:read": ("users.info", {"user": "U0000ANNA1"}),
    "usergroups:read": ("usergroups.users.list", {"usergroup": "S1"}),
    "im:write": ("conversations.open", {"users": "U0000ANNA1"}),
    "channels:join": ("conversations.join", {"channel": "C1"}),
    "files:write": ("files.getUploadURLExternal", {"filename": "a", "length": 1}),
    "reactions:write": ("reactions.add", {"channel": "C1", "timestamp": "1.1", "name": "eyes"}),
    "team:read": ("team.info", {}),
    "channels:read": ("conversations.list", {}),
    "groups:read": ("conversations.list", {"types": "private_channel"}),
}


@pytest.mark.parametrize("scope", CALLS)
async def test_a_missing_scope_is_named_with_what_was_granted(scope: str) -> None:
    async with stage() as on:
        on.slack.scopes.discard(scope)
        method, arguments = CALLS[scope]
        answer = await refused(on.client.api_call(method, data=arguments))
        assert answer["error"] == "missing_scope"
        assert answer["needed"] == scope
        assert answer["provided"] == ",".join(sorted(on.slack.scopes))


@pytest.mark.parametrize("kind", ["channels", "groups", "im"])
async def test_reading_needs_the_history_scope_of_the_kind_of_channel(kind: str) -> None:
    async with stage() as on:
        secret = on.slack.add_channel("secret", private=True)
        on.slack.invite_bot(secret)
        channel = {"channels": on.alerts, "groups": secret, "im": on.slack.dm("anna")}[kind]
        on.slack.scopes.discard(f"{kind}:history")
        answer = await refused(on.client.conversations_history(channel=channel.id))
        assert answer["error"] == "missing_scope"
        assert answer["needed"] == f"{kind}:history"


async def test_every_answer_names_the_granted_scopes_in_a_header() -> None:
    async with stage(scopes=("chat:write", "commands")) as on:
        answer = await on.client.auth_test()
        assert answer.headers["x-oauth-scopes"] == "chat:write,commands"


async def test_the_bot_posts_only_where_it_was_invited() -> None:
    async with stage() as on:
        other = on.slack.add_channel("other")
        call = on.client.chat_postMessage(channel=other.id, text="x")
        assert (await refused(call))["error"] == "not_in_channel"
        assert (await refused(on.client.conversations_history(channel=other.id)))["error"] == "not_in_channel"
        on.slack.invite_bot(other)
        assert (await on.client.chat_postMessage(channel=other.id, text="x"))["ok"]
        on.slack.kick_bot(other)
        call = on.client.chat_postMessage(channel=other.id, text="x")
        assert (await refused(call))["error"] == "not_in_channel"


async def test_a_private_channel_it_is_not_in_does_not_exist_for_the_bot() -> None:
    async with stage() as on:
        secret = on.slack.add_channel("secret", private=True)
        for call in (
            on.client.chat_postMessage(channel=secret.id, text="x"),
            on.client.conversations_info(channel=secret.id),
            on.client.conversations_history(channel=secret.id),
        ):
            assert (await refused(call))["error"] == "channel_not_found"
        listed = await on.client.conversations_list(types="public_channel,private_channel")
        assert [channel["name"] for channel in listed["channels"]] == ["alerts"]


async def test_an_archived_channel_takes_nothing() -> None:
    async with stage() as on:
        posted = await on.client.chat_postMessage(channel=on.alerts.id, text="x")
        on.slack.archive("alerts")
        for call in (
            on.client.chat_postMessage(channel=on.alerts.id, text="x"),
            on.client.chat_update(channel=on.alerts.id, ts=posted["ts"], text="y"),
        ):
            assert (await refused(call))["error"] == "is_archived"
        on.slack.unarchive("alerts")
        assert (await on.client.chat_postMessage(channel=on.alerts.id, text="x"))["ok"]


async def test_joining_is_for_public_channels() -> None:
    async with stage() as on:
        other = on.slack.add_channel("other")
        secret = on.slack.add_channel("secret", private=True)
        await on.client.conversations_join(channel=other.id)
        assert other.has_bot
        call = on.client.conversations_join(channel=secret.id)
        assert (await refused(call))["error"] == "channel_not_found"
        on.slack.invite_bot(secret)
        call = on.client.conversations_join(channel=secret.id)
        assert (await refused(call))["error"] == "method_not_supported_for_channel_type"


async def test_who_somebody_is_tells_guests_strangers_and_zones() -> None:
    async with stage() as on:
        on.slack.add_person(Person("U0000ZOE01", "zoe", "Zoe", "America/Sao_Paulo"))
        people = {member["name"]: member for member in (await on.client.users_list())["members"]}
        assert people["gus"]["is_restricted"]
        assert people["sam"]["is_stranger"]
        assert people["sam"]["team_id"] != people["anna"]["team_id"]
        assert people["mei"]["tz"] == "Asia/Shanghai"
        assert people["zoe"]["tz_offset"] == -3 * 3600
        assert "email" not in people["anna"]["profile"]
        assert (await on.client.users_info(user="U0000ANNA1"))["user"]["real_name"] == "Anna Berger"
        assert (await refused(on.client.users_info(user="U0000NOONE")))["error"] == "user_not_found"


async def test_user_groups_have_members() -> None:
    async with stage() as on:
        group = on.slack.add_group("dba", ["anna", "mei"])
        assert (await on.client.usergroups_list())["usergroups"][0]["handle"] == "dba"
        answer = await on.client.usergroups_users_list(usergroup=group.id)
        assert answer["users"] == ["U0000ANNA1", "U0000MEI01"]
        call = on.client.usergroups_users_list(usergroup="S0000NONE0")
        assert (await refused(call))["error"] == "no_such_subteam"


async def test_the_bot_and_its_team_can_be_asked_for() -> None:
    async with stage() as on:
        me = await on.client.auth_test()
        assert (await on.client.bots_info(bot=me["bot_id"]))["bot"]["user_id"] == on.slack.bot_user
        assert (await on.client.team_info())["team"]["id"] == me["team_id"] == on.slack.team


async def test_a_shared_channel_says_so() -> None:
    async with stage() as on:
        shared = on.slack.add_channel("with-vendor", shared=True)
        on.slack.invite_bot(shared)
        assert (await on.client.conversations_info(channel=shared.id))["channel"]["is_ext_shared"]
        assert not (await on.client.conversations_info(channel=on.alerts.id))["channel"]["is_ext_shared"]
        assert "U0000SAM01" in (await on.client.conversations_members(channel=shared.id))["members"]


async def test_a_renamed_channel_keeps_its_id() -> None:
    async with stage() as on:
        before = on.alerts.id
        on.slack.rename("alerts", "pages")
        assert (await on.client.conversations_info(channel=before))["channel"]["name"] == "pages"
        call = on.client.chat_postMessage(channel="#alerts", text="x")
        assert (await refused(call))["error"] == "channel_not_found"


async def test_a_view_over_the_limits_is_refused_as_invalid_arguments() -> None:
    async with stage() as on:
        view = modal(title={"type": "plain_text", "text": "x" * 25})
        answer = await refused(on.client.views_open(trigger_id="1", view=view))
        assert answer["error"] == "invalid_arguments"
        assert "less than 25" in answer["response_metadata"]["messages"][0]
