"""Who is served: full members of the bot's own workspace; the others get a sentence."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import SlackPermanent, SlackTemporary
from bot.sandbox.slack import SimulatedSlack, Trouble
from bot.slack.bolt import web_client
from bot.slack.people import KNOWN_FOR, MOST_KNOWN, REFUSALS, People, Standing, read_standing
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
