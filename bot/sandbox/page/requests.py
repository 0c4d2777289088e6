"""What a page may ask for, held to its form."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

Word = Annotated[str, StringConstraints(max_length=300)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=12_000)]
Value = Annotated[str, StringConstraints(max_length=4000)]
Values = Annotated[list[Value], Field(max_length=200)]


class _Request(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    id: int


class Write(_Request):
    """Write a message, or a slash command where the text begins with a slash."""

    act: Literal["write"]
    channel: Word
    text: Text
    thread: Word | None = None


class Press(_Request):
    """Press a button or choose something in a message."""

    act: Literal["press"]
    channel: Word
    ts: Word
    action: Word
    block: Word | None = None
    value: Value | Values | None = None


class PressInView(_Request):
    """Press a button or choose something in a dialog or the Home tab; ``values`` is what is filled in."""

    act: Literal["press_in_view"]
    view: Word
    action: Word
    block: Word | None = None
    value: Value | Values | None = None
    values: Annotated[dict[Word, Value | Values | None], Field(max_length=100)] = Field(default_factory=dict)


class Submit(_Request):
    """Submit a dialog, filled in by action id."""

    act: Literal["submit"]
    view: Word
    values: Annotated[dict[Word, Value | Values | None], Field(max_length=100)]


class Close(_Request):
    """Close a dialog, or all of them."""

    act: Literal["close"]
    view: Word
    every: bool = False


class OpenHome(_Request):
    """Open the bot's Home tab, or its messages."""

    act: Literal["open_home"]
    tab: Literal["home", "messages"] = "home"


class SwitchPerson(_Request):
    """Look through somebody else's eyes."""

    act: Literal["switch"]
    person: Word


class Earlier(_Request):
    """Show messages before a moment."""

    act: Literal["earlier"]
    channel: Word
    before: Word


class ShowThread(_Request):
    """Show a whole thread."""

    act: Literal["thread"]
    channel: Word
    ts: Word


class AskWorld(_Request):
    """Show the simulated world as it is now."""

    act: Literal["world"]


class Pull(_Request):
    """Pull a lever of the simulated world, for one task where it is named."""

    act: Literal["pull"]
    lever: Word
    task: Value | None = None


class ShowStep(_Request):
    """Show the message that a step of the story speaks of."""

    act: Literal["step"]
    step: Annotated[int, Field(ge=0, lt=1000)]


class UseShortcut(_Request):
    """Choose a shortcut of the app from a message's menu."""

    act: Literal["shortcut"]
    channel: Word
    ts: Word
    shortcut: Word


class Delete(_Request):
    """Delete a message."""

    act: Literal["delete"]
    channel: Word
    ts: Word


Request = (
    Write
    | Press
    | PressInView
    | Submit
    | Close
    | OpenHome
    | SwitchPerson
    | Earlier
    | ShowThread
    | AskWorld
    | Pull
    | ShowStep
    | UseShortcut
    | Delete
)
_REQUESTS: TypeAdapter[Request] = TypeAdapter(Annotated[Request, Field(discriminator="act")])


def read_request(text: str) -> Request:
    """Read what a page asks for. Raises ValueError where it is not understood."""
    return _REQUESTS.validate_json(text)
