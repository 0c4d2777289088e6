"""The notice that the bot cannot keep anything: no alert is sent until it can."""

from datetime import datetime, tzinfo

from bot.commands import ShowHealth, ShowStatus, to_text
from bot.domain.standing import Standing
from bot.views.blocks import Button, Message, actions, literal, message, sections
from bot.views.trouble import MARKS
from bot.views.wording import clean, plain_time, slack_time

_SENTENCE = 300


def outage_message(because: str, since: datetime, zone: tzinfo, replicas: int, place: str) -> Message:
    """Say since when the database at ``place`` refuses, why and what to do, and what works all the same."""
    mark = MARKS[Standing.CRITICAL]
    cause = literal(f"{clean(because, _SENTENCE)} The database: {clean(place, _SENTENCE)}.")
    if replicas > 1:
        headline = f"One of the bot's {replicas} replicas cannot use its database"
        effect = (
            "Alerts still go out if another replica can use it. If none can, log backup goes on unwatched."
        )
    else:
        headline = "The bot sends no alerts at present: it cannot write to its database"
        effect = "Log backup goes on unwatched; what is wrong is told once the database can be written."
    still = "Commands still answer, with what was read before."
    blocks = sections(
        [f"{mark} *{headline}*", f"Since {slack_time(since, zone)}. {cause}", f"{effect} {still}"]
    )
    blocks += actions([Button("Status", to_text(ShowStatus())), Button("Health", to_text(ShowHealth()))])
    text = f"{mark} {headline}, since {plain_time(since, zone)}. {cause}"
    return message(text, blocks)
