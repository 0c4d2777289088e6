"""What goes in and out of an answer: what somebody asked and where, and everything an answer may bring."""

from dataclasses import dataclass, field
from datetime import tzinfo

from bot.commands.verb import Door
from bot.domain.permission import UserGroup
from bot.views.blocks import Block, Message


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asked, and where. ``user`` and ``channel`` are Slack's ids, from the payload.

    ``thread`` is the ``ts`` of the thread's parent, or of the message whose button was pressed: what stands
    there says which incident is meant. ``name`` is the person's own, ``zone`` that of their profile (None:
    not known), ``groups`` the user groups they are in. An answer that is ``private`` may carry the button
    that shares it. ``names`` has the names of people mentioned in the text, by id. ``key`` is Slack's own id
    of the payload: what it asks for is done once, however often it comes.
    """

    text: str
    user: str
    channel: str
    door: Door
    thread: str | None = None
    name: str = ""
    private: bool = False
    zone: tzinfo | None = None
    groups: frozenset[UserGroup] = frozenset()
    names: dict[str, str] = field(default_factory=dict)
    key: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with an answer: a chart (PNG) or a report (Markdown).

    ``alt_text`` says in a sentence what a picture shows.
    """

    name: str
    title: str
    content: bytes
    alt_text: str = ""


@dataclass(frozen=True, slots=True)
class Dialog:
    """A dialog to open. ``callback`` says which form it is; ``about`` is a command's text, kept in it.

    ``blocks`` hold inputs; what was filled in comes back as ``Filled``.
    """

    callback: str
    title: str
    submit: str
    blocks: tuple[Block, ...]
    about: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A dialog that was filled in: ``values`` by the ``action_id`` of each input, as text."""

    callback: str
    about: str
    values: dict[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer; ``may_be_shared`` is False for what only whoever asked is to see.

    ``dialog`` is opened instead of the message, where the door can open one. ``attachments`` go with it.
    ``done`` is whether something was changed: the thread tells of it, so a mention needs no second word.
    """

    message: Message
    may_be_shared: bool = True
    dialog: Dialog | None = None
    attachments: tuple[Attachment, ...] = ()
    done: bool = False


@dataclass(frozen=True, slots=True)
class Mistaken:
    """What is wrong with a dialog that was filled in: a sentence for each input, by its ``block_id``."""

    errors: dict[str, str]
