"""What is added to answers on their way out: who shared one, whether one may be shared, a line of help."""

from bot.slack.payloads import SHARE_ANYWAY
from bot.views.blocks import MESSAGE_BLOCKS, PAYLOAD, Block, Message, context, escape, section, size

HELP_LINE = "`/logbackup help` lists what you can say; the same words work after a mention."
_NAME = 80


def ask_before_sharing(text: str) -> Message:
    """Ask before something is shared where people of another organisation may read it."""
    question = "People outside your organisation may read this channel. Share it all the same?"
    button: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": "Share anyway"},
        "action_id": f"{SHARE_ANYWAY}:0",
        "value": text,
        "style": "danger",
    }
    return Message(question, (section(question), {"type": "actions", "elements": [button]}))


def shared_by(message: Message, name: str) -> Message:
    """Name who shared an answer, without pinging them."""
    return with_line(message, f"Shared by {escape(name[:_NAME])}") if name else message


def with_help(message: Message) -> Message:
    """Add the line that says how to ask for more."""
    return with_line(message, HELP_LINE)


def with_line(message: Message, markup: str) -> Message:
    """Add a small line, in the place of another one where Slack would not take both."""
    text = f"{message.text}\n{markup}"
    if not message.blocks:
        return Message(text)
    line, kept = context(markup), list(message.blocks)
    while len(kept) >= MESSAGE_BLOCKS or size([*kept, line]) > PAYLOAD:
        small = [block for block in kept if block["type"] == "context"]
        kept.remove(small[-1] if small else kept[0])
    return Message(text, (*kept, line))
