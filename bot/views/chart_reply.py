"""The answer to ``chart``: the picture's sentence, for it is what a screen reader and a notification say."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo

from bot.commands import ShowChart, ShowHistory, Target, to_text
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.views.blocks import Button, Message, actions, context, literal, message, section
from bot.views.chart_sentence import alternative_text
from bot.views.delay_chart import ChartSpec, NoChart
from bot.views.typed import typed
from bot.views.wording import clean, slack_time

SPANS = (timedelta(hours=3), timedelta(hours=24), timedelta(days=7))
_LABELS = ("3 hours", "24 hours", "7 days")
_NOT_DRAWN = "The picture could not be drawn; this is what it would have shown."


@dataclass(frozen=True, slots=True)
class Among:
    """The task that was chosen, the worst of the ``number`` of a group when it was read.

    ``other`` means another of them.
    """

    title: str
    shown: IncidentNumber
    number: int
    group: IncidentNumber
    other: Scope
    read_at: datetime


def among_line(among: Among, another: ShowChart | ShowHistory, zone: tzinfo) -> str:
    """Say which of several tasks is shown, as of when, and what shows ``another`` one; in markup."""
    whose = f"the worst of {among.number:,} tasks in group {among.group}"
    read = f"as read {slack_time(among.read_at, zone)}"
    return f"*{literal(clean(among.title))}*, {whose}, {read}. Another one: {typed(another)}"


def chart_message(
    command: ShowChart,
    spec: ChartSpec | NoChart,
    *,
    among: Among | None = None,
    zone: tzinfo = UTC,
    drawn: bool = True,
    shareable: bool = True,
) -> Message:
    """Say what the chart shows, beside its picture or, where it was not ``drawn``, in place of it.

    ``among`` is set where the task was chosen of several: that is said first.
    """
    sentence = literal(spec.sentence if isinstance(spec, NoChart) else alternative_text(spec))
    if among is not None:
        sentence = f"{among_line(among, ShowChart(Target(scope=among.other)), zone)}\n{sentence}"
    blocks = [section(sentence)]
    if not drawn and isinstance(spec, ChartSpec):
        blocks.append(context(_NOT_DRAWN))
    row = [
        Button(label, to_text(ShowChart(command.target, span)))
        for label, span in zip(_LABELS, SPANS, strict=True)
        if span != command.span
    ]
    row.append(Button("Day by day", to_text(ShowHistory(command.target))))
    if shareable and isinstance(spec, ChartSpec):
        row.append(Button("Share", to_text(command), shared=True))
    return message(sentence, blocks + actions(row))
