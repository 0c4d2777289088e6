"""Looks at every channel that the settings name, and posts the test alert."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from slack_sdk.web.async_client import AsyncWebClient

from bot.checking.people import Whom
from bot.domain.notification import OutboxId
from bot.domain.posts import Channel
from bot.domain.task import SourceName
from bot.errors import NoSuchChannel, SlackError, did_you_mean
from bot.operations.ports import Clock
from bot.settings import Settings
from bot.slack.inspection import Identity, Whereabouts, look_at
from bot.slack.messenger import SlackMessenger
from bot.terminal.checkup import Examined, failed, ok, warning
from bot.views.rehearsal import rehearsal_message, selected
from bot.views.wording import clean, count

INSTALL = "In the app's settings add what is missing under OAuth & Permissions, then install the app again."
ALERTS = "alerts"
_NAMED = 5
_SETTINGS = {ALERTS: "BOT_ALERT_CHANNEL"}


@dataclass(frozen=True, slots=True)
class Found:
    """A channel that Slack has: its id, what it is there for, and how the bot sees it."""

    id: Channel
    purpose: str
    about: Whereabouts


async def examine_channels(
    part: str, settings: Settings, client: AsyncWebClient, identity: Identity
) -> tuple[Mapping[Channel, Found], Sequence[Examined]]:
    """Look at every channel that the bot is to write to, and at those that permissions name.

    Returns those that Slack has, each once by the settings' word for it, and what there is to say.
    """
    messenger, there = SlackMessenger(client), dict[Channel, Found]()
    said: list[Examined] = []
    for wanted, purpose in _wanted(settings).items():
        try:
            channel = await messenger.resolve_channel(wanted)
            if any(one.id == channel for one in there.values()):
                continue
            there[wanted] = Found(channel, purpose, await look_at(client, channel))
        except SlackError as error:
            said.append(failed(part, _not_there(error, wanted, purpose, identity)))
            continue
        said += _seen(part, there[wanted], identity)
    well = [one for one in there.values() if _is_well(one) and one.purpose not in {ALERTS, _MAY}]
    names = list(dict.fromkeys(f"#{clean(one.about.name)}" for one in well))
    if names:
        purposes = " and ".join(dict.fromkeys(one.purpose for one in well))
        more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
        said.append(ok(part, f"The bot is in {', '.join(names[:_NAMED])}{more} too ({purposes})."))
    return there, said


_MAY = "permissions"


def _wanted(settings: Settings) -> Mapping[Channel, str]:
    return {**settings.channels, **dict.fromkeys(settings.who_may.channels - settings.channels.keys(), _MAY)}


def _setting(purpose: str) -> str:
    return _SETTINGS.get(purpose, f"{purpose} in the settings file")


def _not_there(error: SlackError, wanted: str, purpose: str, identity: Identity) -> str:
    invite = f"if it is private, write /invite @{clean(identity.user)} in it"
    if isinstance(error, NoSuchChannel):
        meant, name = did_you_mean([clean(one) for one in error.near]), clean(wanted.lstrip("#"))
        return (
            f"Slack has no channel #{name} that the bot can see.{meant} Correct {_setting(purpose)}, or"
            f" create #{name}; {invite}."
        )
    name = clean(wanted)
    if error.code == "channel_not_found":
        return f"Slack has no channel {name} that the bot can see. Correct {_setting(purpose)}; {invite}."
    if error.code == "missing_scope":
        return f"The channel {name} cannot be looked up: a scope is missing. {INSTALL}"
    return f"The channel {name} cannot be looked up: {error.sentence}"


def _is_well(found: Found) -> bool:
    return found.about.is_member and not found.about.is_archived


def _seen(part: str, found: Found, identity: Identity) -> list[Examined]:
    """Say what is wrong with a channel; of the one for alerts also that it is as it should be."""
    name, purpose = clean(found.about.name), found.purpose
    said: list[Examined] = []
    if purpose == _MAY:
        return said
    needed = "" if purpose == ALERTS else f", which is named for {purpose}"
    if found.about.is_archived:
        cure = f"name another in {_setting(purpose)}"
        said.append(failed(part, f"#{name} is archived: bring it back, or {cure}."))
    elif not found.about.is_member:
        invite = f"write /invite @{clean(identity.user)} there"
        said.append(failed(part, f"The bot is not in #{name}{needed}: {invite}."))
    elif purpose == ALERTS:
        said.append(ok(part, f"Alerts go to #{name}, and the bot is in it."))
    if found.about.is_shared:
        said.append(warning(part, f"People of other organisations read #{name}: is it meant for {purpose}?"))
    return said


async def send_test_alert(
    part: str, settings: Settings, client: AsyncWebClient, found: Found, clock: Clock, whom: Whom
) -> Sequence[Examined]:
    """Post the test alert where alerts go, and tell whom real ones would call, there and elsewhere."""
    source = SourceName(settings.sources[0].name)
    message = rehearsal_message(source, now=clock.now(), zone=settings.timezone)
    outbox_id = OutboxId(f"test/{uuid.uuid4().hex}")
    try:
        await SlackMessenger(client).post(found.id, message, outbox_id=outbox_id)
    except SlackError as error:
        if not _is_well(found):
            return [warning(part, "The test alert was not posted: what to do about that stands above.")]
        return [failed(part, f"The test alert was not posted: {error.sentence}")]
    name = clean(found.about.name)
    return [
        ok(part, f"A test alert stands in #{name}. {_woken(found.about, settings, whom)}"),
        *_routes(part, settings, whom),
    ]


def _woken(about: Whereabouts, settings: Settings, whom: Whom) -> str:
    people = about.people
    who = "those" if people is None else f"those of the {count(people, 'person', 'people')} there"
    called = whom.called(settings.routing().mentions)
    if called is None:
        return (
            f"An alert mentions nobody by name: it wakes {who} whose own settings notify them of every"
            " message."
        )
    return f"Of alerts there {called}; all wake {who} whose own settings notify them of every message."


def _routes(part: str, settings: Settings, whom: Whom) -> list[Examined]:
    """Tell where else alerts go, and whom they call there."""
    said = []
    for route in settings.routing().routes:
        called = whom.called(route.mentions)
        calls = f"of them {called}" if called else "they mention nobody by name"
        where = clean(route.channel.lstrip("#"))
        said.append(ok(part, f"Alerts of {selected(route.selector)} go to #{where}: {calls}."))
    return said
