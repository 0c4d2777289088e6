"""From Slack's payloads to what was asked, without Slack."""

from typing import Any

import pytest

from bot.commands import Door
from bot.slack.payloads import after_mention, by_command, by_mention, by_message, by_press

BOT = "U0BOT"
AUTHORIZATIONS = [{"user_id": "U0ADMIN", "is_bot": False}, {"user_id": BOT, "is_bot": True}]

MENTIONS = {
    "in front": (f"<@{BOT}> status pay", "status pay"),
    "with its name": (f"<@{BOT}|logbackup> status pay", "status pay"),
    "with a colon": (f"<@{BOT}>: status", "status"),
    "with a comma and a wide space": (f"<@{BOT}>,\u00a0status", "status"),
    "in the middle": (f"hello <@{BOT}> status", "status"),
    "at the end": (f"status pay <@{BOT}>", "status pay"),
    "twice": (f"<@{BOT}> <@{BOT}> status", "status"),
    "after somebody else": (f"<@U0ANA> <@{BOT}> status", "status"),
    "before somebody else": (f"<@{BOT}> assign <@U0ANA>", "assign <@U0ANA>"),
    "over several lines": (f"<@{BOT}>\ntasks\nstatus:failed", "tasks\nstatus:failed"),
    "alone": (f"<@{BOT}>", ""),
    "not there": ("status pay", "status pay"),
}


@pytest.mark.parametrize(("text", "words"), MENTIONS.values(), ids=MENTIONS)
def test_the_words_are_those_after_the_mention(text: str, words: str) -> None:
    assert after_mention(text, BOT) == words


def test_where_slack_does_not_name_the_bot_the_first_mention_is_its() -> None:
    assert after_mention("<@U0OTHER> status", BOT, always=True) == "status"
    assert after_mention("<@U0OTHER> status", BOT) == "<@U0OTHER> status"
    assert after_mention("<@U0OTHER> status <@U0ANA>", "", always=True) == "status"


def event(body: dict[str, Any] | None = None, **event: Any) -> dict[str, Any]:
    inside = {
        "type": "app_mention",
        "user": "U0ANA",
        "text": f"<@{BOT}> status",
        "ts": "1.5",
        "channel": "C1",
    }
    about = {"event_id": "Ev1", "authorizations": AUTHORIZATIONS, "event": inside | event}
    return about | (body or {})


def test_a_mention_is_read_although_slack_does_not_say_for_whom_it_is() -> None:
    came = by_mention(event({"authorizations": None}, text="<@U0BOT> tasks"))
    assert came is not None
    assert came.asked.text == "tasks"


def test_a_mention_belongs_to_its_thread_or_begins_one() -> None:
    own, within = by_mention(event()), by_mention(event(thread_ts="1.0"))
    assert own is not None
    assert within is not None
    assert (own.place.thread, within.place.thread) == ("1.5", "1.0")
    assert (own.asked.thread, within.asked.thread) == (None, "1.0")
    assert (own.asked.text, own.asked.user, own.asked.channel) == ("status", "U0ANA", "C1")
    assert own.asked.door is Door.MENTION
    assert own.key == "Ev1"


def test_where_others_read_along_the_answer_is_private_and_begins_no_thread() -> None:
    """A private message in a thread that nobody has begun is shown to nobody."""
    shared = {"is_ext_shared_channel": True}
    own, within = by_mention(event(shared)), by_mention(event(shared, thread_ts="1.0"))
    assert own is not None
    assert within is not None
    assert (own.place.thread, within.place.thread) == (None, "1.0")
    assert (own.asked.thread, within.asked.thread) == (None, "1.0")
    assert own.asked.private
    assert within.asked.private


NOT_BY_A_PERSON: dict[str, dict[str, Any]] = {
    "another program": {"bot_id": "B1"},
    "the bot itself": {"user": BOT},
    "nobody": {"user": None},
    "an edit": {"edited": {"ts": "1.6"}},
    "somebody who joins": {"subtype": "channel_join"},
    "a changed message": {"subtype": "message_changed"},
}


@pytest.mark.parametrize("changed", NOT_BY_A_PERSON.values(), ids=NOT_BY_A_PERSON)
def test_only_what_a_person_says_is_heard(changed: dict[str, Any]) -> None:
    assert by_mention(event(**changed)) is None
    assert by_message(event(channel_type="im", **changed)) is None


@pytest.mark.parametrize("kind", ["channel", "group", "mpim", None])
def test_a_message_elsewhere_than_in_direct_messages_is_not_heard(kind: str | None) -> None:
    assert by_message(event(channel_type=kind)) is None


@pytest.mark.parametrize("subtype", ["file_share", "thread_broadcast"])
def test_words_beside_a_file_or_sent_to_the_channel_too_are_words(subtype: str) -> None:
    came = by_message(event(channel_type="im", subtype=subtype, text="tasks", thread_ts="1.0"))
    assert came is not None
    assert (came.asked.text, came.asked.thread, came.asked.door) == ("tasks", "1.0", Door.DIRECT)


def test_a_direct_message_without_words_asks_for_help_too() -> None:
    came = by_message(event(channel_type="im", text="", subtype="file_share"))
    assert came is not None
    assert came.with_help


def test_a_press_is_by_whom_the_payload_names() -> None:
    body = {
        "user": {"id": "U0ANA", "name": "ana"},
        "channel": {"id": "C1"},
        "container": {"message_ts": "1.0", "is_ephemeral": True, "thread_ts": "0.5"},
        "response_url": "https://hooks.example/1",
        "trigger_id": "7",
    }
    came = by_press(body, {"action_id": "command:1", "value": "status"})
    asked = came.asked
    assert (asked.user, asked.name, asked.channel, asked.text) == ("U0ANA", "ana", "C1", "status")
    assert (asked.thread, asked.private, asked.door) == ("0.5", True, Door.BUTTON)
    assert (came.key, came.act, came.shown_to) == ("7", "command", "1.0")
    share = by_press(
        {**body, "container": {"message_ts": "1.0"}}, {"action_id": "share:2", "value": "status"}
    )
    assert (share.act, share.shown_to, share.asked.private) == ("share", "", False)


@pytest.mark.parametrize("body", [{}, {"user": 7, "channel": [], "container": "x", "event": 3, "text": {}}])
def test_what_is_missing_or_odd_is_empty(body: dict[str, Any]) -> None:
    assert by_command(body).asked.text == ""
    assert by_press(body, {}).asked.user == ""
    assert by_mention(body) is None
    assert by_message(body) is None
