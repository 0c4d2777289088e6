"""Who is served: full members of the bot's own workspace; the others get a sentence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.permission import UserGroup
from bot.errors import SlackPermanent, SlackTemporary
from bot.sandbox.slack import SimulatedSlack, Trouble
from bot.slack.bolt import web_client
from bot.slack.people import (
    GROUPS_KNOWN_FOR,
    KNOWN_FOR,
    MOST_KNOWN,
    MOST_NAMED,
    REFUSALS,
    People,
    Standing,
    read_profile,
    read_standing,
)
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.manual_clock import ManualClock
from tests.slack_edge.transcript import labels, read, stage


async def test_a_guest_is_refused_at_every_door() -> None:
    async with stage() as on:
        shown = [
            await on.types("status", by="gus"),
            await on.says("@logbackup status", by="gus"),
            await on.writes("status", by="gus"),
        ]
        public = await on.says("@logbackup status", by="anna")
        shown.append(await on.clicks(public, "All tasks", by="gus"))
        assert {message.text for message in shown} == {REFUSALS[Standing.GUEST]}
        assert all(not message.blocks for message in shown)


async def test_somebody_of_another_organisation_is_refused_at_every_door() -> None:
    async with stage() as on:
        on.slack.invite_bot(on.slack.add_channel("partners", shared=True))
        shown = [
            await on.types("status", by="sam", where="partners"),
            await on.says("@logbackup status", by="sam", where="partners"),
        ]
        assert {message.text for message in shown} == {REFUSALS[Standing.STRANGER]}


async def test_somebody_unknown_to_slack_is_refused() -> None:
    async with stage() as on:
        on.slack.trouble.refuse("users.info", "user_not_found")
        assert (await on.types("status")).text == REFUSALS[Standing.STRANGER]


@pytest.mark.parametrize("code", ["internal_error", "missing_scope"])
async def test_while_slack_does_not_say_who_somebody_is_nobody_is_served(code: str) -> None:
    async with stage() as on:
        on.slack.trouble.refuse("users.info", code, times=1)
        answer = await on.types("status")
        assert answer.text.startswith("Slack did not tell the bot who you are")
        assert "Share" not in labels(answer)
        assert ("warning", "person not known") in [event[:2] for event in on.journal.events]
        assert "1 of 34 tasks" in read(await on.types("status"))


async def test_somebody_is_looked_up_once_in_ten_minutes() -> None:
    clock = ManualClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        people = People(web_client(slack.bot_token, slack.api_url), clock, ListedJournal())
        anna = slack.person("anna")
        for _ in range(2):
            assert await people.standing(anna.id) is Standing.MEMBER
        assert len(slack.calls_of("users.info")) == 1
        slack.add_person(replace(anna, guest=True))
        clock.advance(KNOWN_FOR + timedelta(seconds=1))
        assert await people.standing(anna.id) is Standing.GUEST
        assert len(slack.calls_of("auth.test")) == 1


async def test_a_failure_is_raised_and_not_remembered() -> None:
    clock = ManualClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        people = People(web_client(slack.bot_token, slack.api_url), clock, ListedJournal())
        anna = slack.person("anna").id
        slack.trouble.add("auth.test", Trouble.ERROR_BEFORE, times=1)
        with pytest.raises(SlackTemporary):
            await people.standing(anna)
        slack.scopes.discard("users:read")
        with pytest.raises(SlackPermanent, match="users:read"):
            await people.standing(anna)
        slack.scopes.add("users:read")
        assert await people.standing(anna) is Standing.MEMBER


async def test_no_more_people_are_remembered_than_fit() -> None:
    clock = ManualClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        people = People(web_client(slack.bot_token, slack.api_url), clock, ListedJournal())
        anna, ben = slack.person("anna").id, slack.person("ben").id
        await people.standing(anna)
        people._known.update({f"U{number}": people._known[anna] for number in range(MOST_KNOWN - 1)})
        await people.standing(ben)
        assert len(people._known) == MOST_KNOWN
        assert anna not in people._known


HOME = "T1"
ABOUT: dict[str, tuple[dict[str, Any], Standing]] = {
    "a member": ({"team_id": HOME}, Standing.MEMBER),
    "a member of several workspaces of an organisation": (
        {"team_id": "E1", "enterprise_user": {"teams": ["T0", HOME]}},
        Standing.MEMBER,
    ),
    "a member of another workspace of the organisation": (
        {"team_id": "T0", "enterprise_user": {"teams": ["T0"]}},
        Standing.STRANGER,
    ),
    "a guest of several channels": ({"team_id": HOME, "is_restricted": True}, Standing.GUEST),
    "a guest of one channel": ({"team_id": HOME, "is_ultra_restricted": True}, Standing.GUEST),
    "somebody who left": ({"team_id": HOME, "deleted": True}, Standing.STRANGER),
    "a stranger": ({"team_id": HOME, "is_stranger": True}, Standing.STRANGER),
    "nobody": ({}, Standing.STRANGER),
}


@pytest.mark.parametrize(("user", "standing"), ABOUT.values(), ids=ABOUT)
def test_standing_is_read_from_what_slack_says(user: dict[str, Any], standing: Standing) -> None:
    assert read_standing(user, HOME) is standing


def test_nobody_is_a_member_of_a_workspace_without_an_id() -> None:
    assert read_standing({"team_id": ""}, "") is Standing.STRANGER


# ── names, zones, groups

PROFILES: dict[str, tuple[Any, str, str | None]] = {
    "the name that is shown": (
        {"name": "a", "profile": {"display_name": "Ana", "real_name": "Ana S"}, "tz": "Asia/Tokyo"},
        "Ana",
        "Asia/Tokyo",
    ),
    "a full name where none is shown": (
        {"name": "a", "real_name": "Ana S", "profile": {"display_name": " "}},
        "Ana S",
        None,
    ),
    "the handle where there is no other": ({"name": "ana", "profile": 7}, "ana", None),
    "a zone that there is not": ({"name": "ana", "tz": "Mars/Olympus"}, "ana", None),
    "a path for a zone": ({"name": "ana", "tz": "../../etc/passwd"}, "ana", None),
    "a folder for a zone": ({"name": "ana", "tz": "Europe"}, "ana", None),
    "a zone longer than any": ({"name": "ana", "tz": "x" * 5000}, "ana", None),
    "an odd zone": ({"name": "ana", "tz": 7}, "ana", None),
    "a name of several lines": ({"name": "ana\nana " + "x" * 100}, "ana ana " + "x" * 72, None),
    "nothing": ({}, "", None),
    "something odd": (7, "", None),
}


@pytest.mark.parametrize(("user", "name", "zone"), PROFILES.values(), ids=PROFILES)
def test_a_profile_is_read_from_what_slack_says(user: Any, name: str, zone: str | None) -> None:
    profile = read_profile(user, HOME)
    assert (profile.name, None if profile.zone is None else str(profile.zone)) == (name, zone)


@pytest.mark.parametrize("teams", [7, {"teams": 7}])
def test_an_odd_organisation_has_no_teams(teams: Any) -> None:
    assert read_standing({"team_id": HOME, "enterprise_user": teams}, HOME) is Standing.MEMBER


async def test_who_asks_comes_with_name_zone_and_the_names_of_those_mentioned() -> None:
    async with stage() as on:
        await on.says("@logbackup assign 42 @ben")
        asked = on.talk.asked[-1]
        assert (asked.name, str(asked.zone), asked.groups) == ("anna", "Europe/Berlin", frozenset())
        assert asked.names == {on.slack.person("ben").id: "ben"}


async def test_of_many_who_are_mentioned_only_some_are_looked_up() -> None:
    async with stage() as on:
        names = await on.people.names([f"U{number}" for number in range(100)])
        assert names == {}
        assert len(on.slack.calls_of("users.info")) == MOST_NAMED


async def test_whom_slack_does_not_name_is_left_out() -> None:
    async with stage() as on:
        anna, ben = on.slack.person("anna").id, on.slack.person("ben").id
        await on.people.profile(anna)
        on.slack.trouble.add("users.info", Trouble.ERROR_BEFORE)
        assert await on.people.names([anna, ben]) == {anna: "anna"}


async def test_groups_of_the_settings_are_known() -> None:
    async with stage(groups=[UserGroup("S00000001")]) as on:
        group = on.slack.add_group("dba", ["anna"])
        on.people._groups = (UserGroup(group.id),)
        await on.types("status")
        await on.types("status", by="ben")
        assert [one.groups for one in on.talk.asked] == [frozenset([group.id]), frozenset()]
        assert len(on.slack.calls_of("usergroups.users.list")) == 1


async def test_without_groups_in_the_settings_nobody_asks_for_any() -> None:
    async with stage() as on:
        on.slack.scopes.discard("usergroups:read")
        await on.types("status")
        assert on.slack.calls_of("usergroups.users.list") == ()
        assert on.journal.names("warning") == []


async def test_a_group_that_cannot_be_read_has_nobody_in_it_and_is_told_once() -> None:
    async with stage(groups=[UserGroup("S404")]) as on:
        await on.types("status")
        await on.types("status")
        assert [one.groups for one in on.talk.asked] == [frozenset(), frozenset()]
        assert on.journal.names("warning") == ["user group not read"]


async def test_a_group_is_read_anew_after_five_minutes_and_lasts_while_slack_is_away() -> None:
    clock, journal = ManualClock(), ListedJournal()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        group = UserGroup(slack.add_group("dba", ["anna"]).id)
        people = People(web_client(slack.bot_token, slack.api_url), clock, journal, [group])
        anna = slack.person("anna").id
        assert await people.groups_of(anna) == {group}
        clock.advance(GROUPS_KNOWN_FOR)
        slack.trouble.add("usergroups.users.list", Trouble.ERROR_BEFORE, times=1)
        assert await people.groups_of(anna) == {group}
        clock.advance(GROUPS_KNOWN_FOR)
        slack.scopes.discard("usergroups:read")
        assert await people.groups_of(anna) == frozenset()
        assert journal.names("warning") == ["user group not read"] * 2
