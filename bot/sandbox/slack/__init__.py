"""A simulated Slack: the Web API, Socket Mode, signed HTTP and the people, over real sockets on loopback.

It is strict: a payload over a limit, a missing scope, a channel the bot was not invited to, a dead ticket or
a call too many is refused with Slack's own code. The real slack-bolt and slack-sdk talk to it.

Running it::

    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        slack.add_channel("alerts")
        slack.invite_bot("alerts")
        app = AsyncApp(client=AsyncWebClient(token=slack.bot_token, base_url=slack.api_url))
        handler = AsyncSocketModeHandler(app, slack.app_token)

``clock`` dates messages (a demo's clock may run faster than life). ``pacing_clock`` is Slack's own: rate
limits, the 3 seconds of an acknowledgement, trigger ids, response urls, signatures.
Other arguments: ``port`` (0), ``scopes``, ``events`` (subscriptions), ``commands``, ``escaping`` (those of
the commands whose text comes with mentions and links marked up), ``shortcuts`` (what the app offers in a
message's menu), ``routes`` (aiohttp routes of a page to serve beside), ``refresh_after`` (the age at which a
socket is asked to reconnect).
``**installation(manifest)`` gives the scopes, events, commands and shortcuts of a parsed manifest.yml, and no
others.

Addresses and secrets: ``api_url``, ``root_url``, ``port``, ``bot_token``, ``app_token``,
``signing_secret``, ``bot_user``, ``team``.

The set-up: ``add_person``, ``add_channel(name, private=, shared=, members=)``, ``add_group``,
``invite_bot``, ``kick_bot``, ``invite``, ``kick``, ``archive``, ``unarchive``, ``rename``, ``dm(person)``.
People are named by handle (``anna``, ``ben``, ``mei``, ``gus`` the guest, ``sam`` of another organisation) or
id, channels by name or id.

What people do (each returns when Slack would have shown the result):

- ``await say(person, channel, text, thread_ts=None)`` -> Message; ``@logbackup`` mentions the bot
- ``await edit_message(person, channel, ts, text)``, ``await delete_message(channel, ts)``
- ``await command(person, channel, "/logbackup", "status")`` -> Reaction
- ``await click(person, channel, ts, action_id, value=None)`` -> Reaction, in messages and ephemerals
- ``await click_view(person, view_id, action_id, value=None, filled={action_id: value})`` -> Reaction, in
  dialogs and the Home tab; the app is told what all inputs hold, and the view remembers it
- ``await shortcut(person, callback_id)``, ``await message_shortcut(person, channel, ts, callback_id)``
- ``await submit_view(person, view_id, {action_id: value})`` -> Reaction with ``errors`` by block id
- ``await close_view(person, view_id)``, ``await open_home(person)``

A Reaction has ``outcome`` (``acknowledged``, ``dispatch_failed``, ``operation_timeout``), ``response``,
``errors`` and ``delivery``.

What there is to see: ``channel(name)`` -> Channel (``messages`` as the channel shows them, ``everything``,
``thread(ts)``, ``message(ts)``, ``deleted``), Message (``text``, ``blocks``, ``edits`` the earlier versions,
``metadata``, ``pages`` whom it notifies ...), ``ephemerals(person, channel=None)``, ``modals(person)`` the
stack with the top last, ``home(person)``, ``groups``, ``files``, ``calls`` and ``calls_of(method)`` (every
Web API call with its arguments, without token, and its outcome), ``deliveries``, ``sockets`` (how many are
open).

Waiting: ``await until(lambda slack: slack.channel("alerts").messages, timeout=5)`` returns the first truthy
value; ``async for change in slack.changes()`` yields every Change (``kind``, ``channel``, ``person``,
``ts``); ``await settled()`` waits until no delivery is under way.

Trouble: ``trouble.add(method or "*", Trouble..., times=n or None)`` and ``trouble.clear()``, with Trouble one
of ``RESET_BEFORE``, ``RESET_AFTER`` (accepted, then the connection breaks), ``ERROR_BEFORE``,
``ERROR_AFTER`` (HTTP 500), ``HANG_BEFORE``, ``HANG_AFTER`` (no answer until cleared) and ``RATE_LIMITED``;
``trouble.refuse(method, code)`` and ``trouble.slow(method, span)``; the method may be ``response_url``.
Also ``dead_tickets``, ``silent_sockets``, ``drop_sockets()``, ``refresh_sockets()``, ``refused_tickets``,
``revoke_bot_token()``, ``archive()``, ``delete_message()``.

Signed HTTP: set ``request_url``, or call ``await verify_request_url(url)``, and everything goes there.
"""

from bot.sandbox.slack.acts import Reaction
from bot.sandbox.slack.change import Change
from bot.sandbox.slack.channel import Channel, Message
from bot.sandbox.slack.deliveries import Delivery, Outcome
from bot.sandbox.slack.installation import Shortcut, installation
from bot.sandbox.slack.method_log import Call
from bot.sandbox.slack.payload_check import faults
from bot.sandbox.slack.people import Person, UserGroup
from bot.sandbox.slack.refusal import CannotDo
from bot.sandbox.slack.simulated import SimulatedSlack
from bot.sandbox.slack.trouble import Trouble
from bot.sandbox.slack.view import View

__all__ = [
    "Call",
    "CannotDo",
    "Change",
    "Channel",
    "Delivery",
    "Message",
    "Outcome",
    "Person",
    "Reaction",
    "Shortcut",
    "SimulatedSlack",
    "Trouble",
    "UserGroup",
    "View",
    "faults",
    "installation",
]
