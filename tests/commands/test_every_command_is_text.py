"""Every command can be written as text that means it: buttons, menus and dialogs carry commands so."""

from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.commands import Command, parse, to_text
from bot.commands.forms import Doing, Reading
from bot.commands.verbs import BY_FORM, BY_NAME
from bot.errors import UserMistake
from tests.commands.every_command import COMMANDS, NOW, WORDS

BERLIN = ZoneInfo("Europe/Berlin")


def read(text: str, *, in_thread: bool = False, known: bool = False) -> Command:
    return parse(text, now=NOW, zone=BERLIN, is_name=lambda _: known, in_thread=in_thread)


@given(COMMANDS, st.booleans(), st.booleans())
@settings(max_examples=600, deadline=None)
def test_any_command_is_read_back_as_it_was_written(command: Command, in_thread: bool, known: bool) -> None:  # noqa: FBT001 - hypothesis fills it in
    """Wherever a button stands, and whatever is known by which name, its value means the same."""
    text = to_text(command)
    assert read(text, in_thread=in_thread, known=known) == command
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert read(escaped, in_thread=in_thread, known=known) == command


def test_every_form_has_a_verb_that_says_it() -> None:
    assert set(BY_FORM) == {*Reading.__args__, *Doing.__args__}


PIECES = st.one_of(
    st.sampled_from([*BY_NAME, *WORDS]),
    st.sampled_from(
        [
            "source:",
            "cluster:",
            "delay>",
            "delay&gt;10m",
            "since:",
            "from:",
            "to:",
            "until:",
            "reason:",
            "text:",
            "severity:critical",
            "problem:stalled",
            "tomorrow",
            "9",
            "at",
            "and",
            "2h30m",
            "2026-01-31",
            "14:00",
            "end of day",
            '"',
            "\\",
            "<",
            ">",
            ":",
        ]
    ),
    st.text(max_size=12),
)
TEXTS = st.one_of(
    st.lists(PIECES, max_size=12).map(" ".join),
    st.lists(PIECES, max_size=12).map("".join),
    st.tuples(st.sampled_from([*BY_NAME]), st.lists(PIECES, max_size=10)).map(
        lambda parts: " ".join([parts[0], *parts[1]])
    ),
    st.text(),
)


@given(TEXTS, st.booleans(), st.booleans())
@settings(max_examples=600, deadline=None)
def test_any_text_is_a_command_that_reads_the_same_again_or_a_mistake(
    text: str,
    in_thread: bool,  # noqa: FBT001 - hypothesis fills it in
    known: bool,  # noqa: FBT001 - hypothesis fills it in
) -> None:
    """Parsing raises nothing but UserMistake; what it gives is read back, and what it suggests works."""
    try:
        command = read(text, in_thread=in_thread, known=known)
    except UserMistake as mistake:
        for suggestion in mistake.suggestions:
            assert len(suggestion) <= 2000
            read(suggestion, in_thread=in_thread, known=known)
        return
    assert read(to_text(command), in_thread=in_thread, known=known) == command
