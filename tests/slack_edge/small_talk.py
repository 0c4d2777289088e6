"""Somebody who answers in place of the bot's own operation: what the edge asks is listed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.commands import Door
from bot.errors import UserMistake
from bot.operations.answering import Answer, Asked, Attachment, Dialog, Filled, Mistaken
from bot.views.blocks import Block, Button, actions, message, section
from bot.views.mistake import mistake_message

Answers = Callable[[Asked], Awaitable[Answer]]
PAGES = {"tasks": ("1", "Next", "tasks page:2"), "tasks page:2": ("2", "Previous", "tasks")}
DONE = {"ack": "You have acknowledged incident 42.", "unsilence 3": "Silence 3 is over."}
PICTURE = Attachment("delay.png", "Delay of pay/orders", b"\x89PNG picture", "The delay has grown to 20 min.")
REPORT = Attachment("incident-42.md", "Incident 42", b"# Incident 42\n")
FILES = {"chart": ("20 min behind.", PICTURE), "report": ("Incident 42 in full.", REPORT)}


def note_dialog(about: str = "note 42") -> Dialog:
    """Make the dialog that asks for a note."""
    typed: Block = {"type": "plain_text_input", "action_id": "note", "multiline": True}
    label = {"type": "plain_text", "text": "What do you know?"}
    block: Block = {"type": "input", "block_id": "note", "label": label, "element": typed}
    return Dialog("note", "Add a note", "Keep it", (block,), about)


async def small_talk(asked: Asked) -> Answer:
    """Answer the few texts that the tests say."""
    share = [Button("Share", asked.text, shared=True)] if asked.private else []
    text = asked.text
    if text in ("", "status") or text.startswith("status "):
        row = actions([Button("All tasks", "tasks"), *share])
        return Answer(message("1 of 34 tasks is not well.", [section("pay: orders, ledger"), *row]))
    if text in PAGES:
        page, label, command = PAGES[text]
        row = actions([Button(label, command), *share])
        return Answer(message("34 tasks", [section(f"page {page} of 2"), *row]))
    if text in DONE:
        return Answer(message(DONE[text], [section(DONE[text])]), done=True)
    if text in ("note ask", "note 42 ask"):
        how = "Type `note 42` and your words."
        return Answer(message(how, [section(how)]), dialog=note_dialog(), may_be_shared=False)
    if text in FILES:
        said, file = FILES[text]
        return Answer(message(said, [section(said), *actions(share)]), attachments=(file,))
    return Answer(mistake_message(UserMistake(f"{text} is not understood.")), may_be_shared=False)


async def kept(_: Asked, filled: Filled) -> Answer | Mistaken:
    """Keep a note, where it says something."""
    note = filled.values.get("note", "")
    if note == "?":
        return Mistaken({"note": "That says nothing."})
    said = f"Noted on {filled.about}: {note}"
    return Answer(message(said, [section(said)]), done=True)


async def home_page(asked: Asked) -> tuple[Block, ...]:
    """Draw a Home tab."""
    row = actions([Button("End silence", "unsilence 3"), Button("All tasks", "tasks")])
    made = message("x", [section(f"Good morning, {asked.name}."), *row])
    return made.blocks


@dataclass
class Talk:
    """The operation that the edge talks to; every question is listed."""

    answers: Answers = small_talk
    submits: Callable[[Asked, Filled], Awaitable[Answer | Mistaken]] = kept
    homes: Callable[[Asked], Awaitable[tuple[Block, ...]]] = home_page
    asked: list[Asked] = field(default_factory=list)
    filled: list[Filled] = field(default_factory=list)

    async def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        return await self.answers(asked)

    async def submit(self, asked: Asked, filled: Filled) -> Answer | Mistaken:
        self.asked.append(asked)
        self.filled.append(filled)
        return await self.submits(asked, filled)

    async def home(self, asked: Asked) -> tuple[Block, ...]:
        self.asked.append(asked)
        return await self.homes(asked)

    def said(self, door: Door) -> list[str]:
        """Give what was asked through one door."""
        return [one.text for one in self.asked if one.door is door]
