"""Whom somebody means by an id or a name, and whether anything can be given to them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from bot.errors import SlackTemporary, UserMistake
from bot.sandbox.slack import SimulatedSlack, Trouble
from bot.sandbox.slack.people import Person
from bot.slack.bolt import web_client
from bot.slack.directory import KNOWN_FOR, Directory, _read_listed, why_not
from bot.slack.people import People, Profile, Standing
from tests.fakes.listed_journal import ListedJournal
from tests.fakes.manual_clock import ManualClock


@dataclass
class Office:
    """A workspace and its directory."""

    slack: SimulatedSlack
    clock: ManualClock
    directory: Directory

    async def refusal(self, name: str) -> str:
        """Give the sentence with which a name is refused."""
        with pytest.raises(UserMistake) as refused:
            await self.directory.named(name)
        return refused.value.sentence


@asynccontextmanager
async def office() -> AsyncIterator[Office]:
    clock = ManualClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        client = web_client(slack.bot_token, slack.api_url)
        yield Office(slack, clock, Directory(client, People(client, clock, ListedJournal()), clock))


NAMES = {
    "the name that is shown": "anna",
    "the full name": "Anna Berger",
    "another case": "ANNA",
    "an at sign": "@anna",
    "more spaces": "  anna   berger ",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
async def test_a_person_is_found_by_name(name: str) -> None:
    async with office() as on:
        found = await on.directory.named(name)
        assert (found.id, found.name) == (on.slack.person("anna").id, "anna")


async def test_a_person_is_found_by_a_first_name_that_nobody_else_has() -> None:
    async with office() as on:
        on.slack.add_person(Person("U0000CAT01", "c.meyer", "Catherine Meyer"))
        assert (await on.directory.named("catherine")).id == "U0000CAT01"


async def test_a_whole_name_goes_before_a_first_name() -> None:
    async with office() as on:
        on.slack.add_person(Person("U0000ANN02", "a.smith", "Anna Smith"))
        assert (await on.directory.named("anna")).id == on.slack.person("anna").id


async def test_a_name_of_several_is_refused_with_their_names() -> None:
    async with office() as on:
        for number in range(7):
            on.slack.add_person(Person(f"U0000JOE{number:02}", f"joe{number}", "Joe <!channel>"))
        said = await on.refusal("joe")
        assert said.startswith("7 people are called “joe” (joe0, joe1, joe2, joe3, joe4 and 2 more): write @")


async def test_a_name_of_nobody_is_refused() -> None:
    async with office() as on:
        assert (await on.refusal("zoe" + "x" * 500)).startswith("Nobody here is called “zoexxx")
        assert len(await on.refusal("zoe" + "x" * 500)) < 160


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("gus", "gus is a guest, and guests cannot use the bot: choose a full member."),
        ("@sam", "sam is no member of this workspace: choose somebody who is."),
        ("logbackup", "logbackup is a bot: choose a person."),
    ],
)
async def test_guests_strangers_and_bots_are_refused_with_the_reason(name: str, why: str) -> None:
    """A dialog's list, which is Slack's, shows them too."""
    async with office() as on:
        assert await on.refusal(name) == why


async def test_slacks_own_bot_is_called_by_no_name() -> None:
    async with office() as on:
        assert "Nobody here is called" in await on.refusal("slackbot")


async def test_whoever_left_is_refused_with_the_reason() -> None:
    async with office() as on:
        on.slack.add_person(replace(on.slack.person("ben"), deleted=True))
        assert await on.refusal("ben") == "ben has left the workspace: choose somebody else."


async def test_a_member_goes_before_a_guest_of_the_same_name() -> None:
    async with office() as on:
        on.slack.add_person(Person("U0000GUS02", "gus", "Gus Gray"))
        assert (await on.directory.named("gus")).id == "U0000GUS02"


async def test_the_list_is_read_once_in_ten_minutes_however_many_ask() -> None:
    async with office() as on:
        await asyncio.gather(*(on.directory.named("anna") for _ in range(5)))
        assert len(on.slack.calls_of("users.list")) == 1
        on.clock.advance(KNOWN_FOR + timedelta(seconds=1))
        await on.directory.named("anna")
        assert len(on.slack.calls_of("users.list")) == 2


async def test_a_large_workspace_is_read_so_far_and_no_further(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.slack.directory.PEOPLE_ON_A_PAGE", 2)
    monkeypatch.setattr("bot.slack.directory.MOST_PAGES", 2)
    async with office() as on:
        assert "Nobody among the first" in await on.refusal("sam")
        assert len(on.slack.calls_of("users.list")) == 2


async def test_while_slack_does_not_answer_nobody_is_found_and_nothing_is_remembered() -> None:
    async with office() as on:
        on.slack.trouble.add("users.list", Trouble.ERROR_BEFORE, times=1)
        with pytest.raises(SlackTemporary):
            await on.directory.named("anna")
        assert (await on.directory.named("anna")).name == "anna"


async def test_a_person_is_found_by_id() -> None:
    async with office() as on:
        ben = await on.directory.person(on.slack.person("ben").id)
        assert (ben.id, ben.name) == (on.slack.person("ben").id, "ben")


REFUSED = {
    "a bot": ("logbackup", "is a bot"),
    "a guest": ("gus", "is a guest"),
    "a stranger": ("sam", "is no member"),
}


@pytest.mark.parametrize(("who", "why"), REFUSED.values(), ids=REFUSED)
async def test_a_person_to_whom_nothing_can_be_given_is_refused_by_id(who: str, why: str) -> None:
    async with office() as on:
        with pytest.raises(UserMistake, match=why):
            await on.directory.person(on.slack.person(who).id)


def test_why_nothing_can_be_given_is_said_of_each() -> None:
    assert why_not(Profile(Standing.MEMBER, "ana")) is None
    assert why_not(Profile(Standing.STRANGER, "ana", has_left=True)) == (
        "ana has left the workspace: choose somebody else."
    )
    assert why_not(Profile(Standing.STRANGER)) == (
        "This person is no member of this workspace: choose somebody who is."
    )


@pytest.mark.parametrize(
    "line", [7, {}, {"id": 7}, {"id": "U1"}, {"id": "USLACKBOT", "team_id": "T1"}, {"id": "U1", "profile": 7}]
)
def test_an_odd_line_of_the_list_is_nobody(line: Any) -> None:
    assert _read_listed(line, "T1") is None
