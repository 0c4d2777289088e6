"""The answer to ``chart``: the picture's sentence, for it is what a screen reader and a notification say."""

from datetime import timedelta

from bot.commands import ShowChart, ShowHistory, to_text
from bot.views.blocks import Button, Message, actions, context, literal, message, section
from bot.views.chart_sentence import alternative_text
from bot.views.delay_chart import ChartSpec, NoChart

SPANS = (timedelta(hours=3), timedelta(hours=24), timedelta(days=7))
_LABELS = ("3 hours", "24 hours", "7 days")
_NOT_DRAWN = "The picture could not be drawn; this is what it would have shown."


def chart_message(
    command: ShowChart, spec: ChartSpec | NoChart, *, drawn: bool = True, shareable: bool = True
) -> Message:
    """Say what the chart shows, beside its picture or, where it was not ``drawn``, in place of it."""
    sentence = literal(spec.sentence if isinstance(spec, NoChart) else alternative_text(spec))
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
