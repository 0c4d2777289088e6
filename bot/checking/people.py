"""Looks whether the people and user groups that the settings name are there, and how they are called."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.problem import Severity
from bot.domain.routing import Mention
from bot.errors import SlackError
from bot.operations.ports import Clock, Journal
from bot.settings import Settings
from bot.slack.failures import call
from bot.slack.people import People, Standing
from bot.terminal.checkup import Examined, failed, ok, warning
from bot.views.wording import clean, count

_ALL = {"here": "everybody there who is active (@here)", "channel": "everybody there (@channel)"}
_NAMED = 5


@dataclass(slots=True)
class Whom:
    """How those whom alerts call are named, by their ids."""

    names: dict[str, str] = field(default_factory=dict)

    def called(self, mentions: Mapping[Severity, Sequence[Mention]]) -> str | None:
        """Say whom an alert calls, by its severity, as the middle of a sentence; None: nobody."""
        told = [
            f"{word} calls {self._listed(mentions[severity])}"
            for severity, word in ((Severity.CRITICAL, "a critical one"), (Severity.WARNING, "a warning"))
            if mentions.get(severity)
        ]
        return ", ".join(told) or None

    def _listed(self, mentions: Sequence[Mention]) -> str:
        names = [_ALL.get(one) or self.names.get(one, one) for one in mentions]
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        return f"{', '.join(names[:_NAMED])}{more}"


async def examine_people(
    part: str, settings: Settings, client: AsyncWebClient, clock: Clock, journal: Journal
) -> tuple[Whom, Sequence[Examined]]:
    """Look for everybody whom mentions and permissions name; a wrong id would never be called."""
    people, whom, said = People(client, clock, journal), Whom(), list[Examined]()
    named = dict(_named(settings))
    for one, where in named.items():
        try:
            if one.startswith("S"):
                whom.names[one] = await _group(client, one)
            else:
                whom.names[one], wrong = await _person(people, one)
                said += [] if wrong is None else [failed(part, f"{wrong} Correct {where}.")]
        except SlackError as error:
            said.append(_unknown(part, one, where, error))
    if named and not said:
        number = count(len(named), "person or user group", "people and user groups")
        said.append(ok(part, f"Slack knows whom the settings name: {number}."))
    return whom, said


def _named(settings: Settings) -> Iterator[tuple[str, str]]:
    """Give every id of a person or a user group, with the part of the settings that names it."""
    routing = settings.routing()
    for grant in settings.who_may.grants.values():
        yield from ((one, "permissions") for one in (*grant.users, *grant.groups))
    for ways, where in ((routing.routes, "routes"), ((routing,), "mentions")):
        for way in ways:
            mentioned = (*way.reminders.escalate_to, *(one for many in way.mentions.values() for one in many))
            yield from ((one, where) for one in mentioned if one not in _ALL)


async def _person(people: People, user: str) -> tuple[str, str | None]:
    """Give a person's name, and what is wrong with calling them. Raises SlackError."""
    profile = await people.profile(user)
    name = clean(profile.name) or user
    if profile.has_left:
        return name, f"The account of {name} ({user}) is deactivated."
    if profile.standing is Standing.STRANGER:
        return user, f"{user} is nobody of this workspace."
    return name, None


async def _group(client: AsyncWebClient, group: str) -> str:
    """Say how many are in a user group. Raises SlackError."""
    answer = await call(client.usergroups_users_list, usergroup=group)
    members = answer.get("users")
    number = len(members) if isinstance(members, list) else 0
    return f"the user group {group} ({count(number, 'person', 'people')})"


def _unknown(part: str, one: str, where: str, error: SlackError) -> Examined:
    if error.code in {"no_such_subteam", "subteam_not_found"}:
        return failed(part, f"There is no user group {one} in this workspace. Correct {where}.")
    return warning(part, f"Whether {one} of {where} is there cannot be told: {error.sentence}")
