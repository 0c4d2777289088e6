"""Dialogs: opened within three seconds, and read when they were filled in; they remember where that was."""

import json
import re
from collections.abc import Mapping
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.commands import Door
from bot.errors import SlackError
from bot.operations.answering import Asked, Dialog, Filled, Mistaken
from bot.operations.ports import Journal
from bot.slack.failures import call
from bot.slack.payloads import Came, Json, Place, part_of, text_of

PREFIX = "dialog:"
OURS = re.compile(rf"^{PREFIX}")
"""The dialogs that are ours, by their ``callback_id``."""
TITLE = 24
METADATA = 3000
BLOCKS = 100
SENTENCE = 500

Dict = dict[str, Any]


def view_of(dialog: Dialog, place: Place, thread: str | None, *, in_home: bool) -> Dict | None:
    """Make the view that Slack opens; None where a limit of Slack's leaves no room for it.

    ``thread`` is where the dialog's subject stands, which need not be where its answer goes.
    """
    kept = {
        "about": dialog.about,
        "channel": place.channel,
        "thread": thread,
        "place": place.thread,
        "home": in_home,
    }
    metadata = json.dumps(kept, separators=(",", ":"), ensure_ascii=False)
    if len(metadata) > METADATA or not 0 < len(dialog.blocks) <= BLOCKS:
        return None
    return {
        "type": "modal",
        "callback_id": PREFIX + dialog.callback,
        "title": _plain(dialog.title),
        "submit": _plain(dialog.submit),
        "close": _plain("Cancel"),
        "blocks": list(dialog.blocks),
        "private_metadata": metadata,
    }


class Dialogs:
    """Opens dialogs, and puts another in the place of one."""

    def __init__(self, client: AsyncWebClient, journal: Journal) -> None:
        self._client = client
        self._journal = journal

    async def show(self, came: Came, dialog: Dialog) -> bool:
        """Open a dialog where something was pressed or typed; False where that cannot be."""
        view = view_of(dialog, came.place, came.asked.thread, in_home=came.in_home)
        if view is None:
            self._journal.error("dialog too long", callback=dialog.callback)
            return False
        try:
            if came.view and not came.in_home:
                await call(self._client.views_update, view_id=came.view, view=view)
            elif came.trigger:
                await call(self._client.views_open, trigger_id=came.trigger, view=view)
            else:
                return False
        except SlackError as error:
            self._journal.warning("dialog not opened", callback=dialog.callback, code=error.code)
            return False
        return True


def by_submission(body: Json) -> tuple[Came, Filled]:
    """Read a dialog that was filled in. Its key is the view's: pressed twice, it acts once."""
    view, user = part_of(body, "view"), part_of(body, "user")
    kept = _kept(view)
    person = text_of(user, "id")
    asked = Asked(
        text=text_of(kept, "about"),
        user=person,
        channel=text_of(kept, "channel"),
        door=Door.BUTTON,
        thread=text_of(kept, "thread") or None,
        name=text_of(user, "username") or text_of(user, "name"),
        private=True,
        key=text_of(view, "id"),
    )
    place = Place(asked.channel, person, text_of(kept, "place") or None)
    came = Came(asked, place, view=text_of(view, "id"), in_home=kept.get("home") is True)
    callback = text_of(view, "callback_id").removeprefix(PREFIX)
    return came, Filled(callback, asked.text, _values(view))


def place_of(view: Json, user: str) -> tuple[Place, str | None]:
    """Tell where a dialog was opened, and in which thread its subject stands."""
    kept = _kept(view)
    place = Place(text_of(kept, "channel"), user, text_of(kept, "place") or None)
    return place, text_of(kept, "thread") or None


def errors_for(view: Json, mistaken: Mistaken) -> dict[str, str]:
    """Give the sentences by the inputs that there are: Slack takes no others.

    What is about none of them stands at the first; empty where there is no input at all.
    """
    inputs = _inputs(view)
    if not inputs:
        return {}
    errors: dict[str, str] = {}
    for block, sentence in mistaken.errors.items():
        at = block if block in inputs else inputs[0]
        errors[at] = f"{errors[at]} {sentence}"[:SENTENCE] if at in errors else sentence[:SENTENCE]
    return errors or {inputs[0]: "This cannot be done as it is filled in."}


def at_the_first(view: Json, sentence: str) -> dict[str, str]:
    """Put a sentence at a dialog's first input; empty where there is none."""
    return errors_for(view, Mistaken({"": sentence}))


def _inputs(view: Json) -> list[str]:
    blocks = view.get("blocks")
    found = [one for one in blocks if isinstance(one, Mapping)] if isinstance(blocks, list) else []
    return [
        text_of(one, "block_id") for one in found if one.get("type") == "input" and text_of(one, "block_id")
    ]


def _kept(view: Json) -> Json:
    try:
        kept = json.loads(text_of(view, "private_metadata"))
    except (ValueError, RecursionError):
        return {}
    return kept if isinstance(kept, dict) else {}


def _values(view: Json) -> dict[str, str]:
    """Read every input as text, by its ``action_id``; several choices stand side by side."""
    values: dict[str, str] = {}
    for inputs in part_of(part_of(view, "state"), "values").values():
        for action, held in inputs.items() if isinstance(inputs, Mapping) else ():
            text = _text(held) if isinstance(held, Mapping) else ""
            if text:
                values[str(action)] = text
    return values


_SINGLE = (
    "value",
    "selected_user",
    "selected_conversation",
    "selected_channel",
    "selected_date",
    "selected_time",
    "selected_date_time",
)


def _text(held: Json) -> str:
    for name in _SINGLE:
        value = held.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool):
            return str(value)
    option = text_of(part_of(held, "selected_option"), "value")
    options = held.get("selected_options")
    several = (
        [text_of(one, "value") for one in options if isinstance(one, Mapping)]
        if isinstance(options, list)
        else []
    )
    return option or " ".join(one for one in several if one)


def _plain(text: str) -> Dict:
    kept = text if len(text) <= TITLE else text[: TITLE - 1].rstrip() + "…"
    return {"type": "plain_text", "text": kept}
