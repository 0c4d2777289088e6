"""Charts and reports: into the thread, or to the person; where Slack does not take them, in words."""

from typing import Any

import pytest

from bot.errors import SlackPermanent, SlackTemporary
from bot.operations.answering import Answer, Asked
from bot.sandbox.slack import Channel, SimulatedSlack, Trouble
from bot.sandbox.slack import Message as Shown
from bot.slack.bolt import web_client
from bot.slack.files import ALT_TEXT, Files, instead_of, open_direct
from bot.views.blocks import Button, actions, message
from tests.fakes.manual_clock import ManualClock
from tests.slack_edge.small_talk import PICTURE, REPORT, Talk, small_talk
from tests.slack_edge.transcript import Stage, labels, read, stage

CARD = Answer(message("Stopped.", [*actions([Button("Chart", "chart"), Button("Report", "report")])]))


def files_in(on: Stage, channel: Channel) -> list[tuple[str, str | None]]:
    """Give the titles of the files in a channel, each with its thread."""
    return [
        (on.slack.files[file].title, one.thread_ts)
        for one in channel.everything
        for file in one.files
        if one.by_bot
    ]


def words_of(shown: list[Shown]) -> list[Shown]:
    return [one for one in shown if not one.files]


async def test_a_chart_asked_for_by_command_goes_to_the_person_with_a_button_to_share() -> None:
    async with stage() as on:
        (said,) = words_of(await on.shown_after(on.slack.command("anna", "general", "/logbackup", "chart")))
        assert "The picture is in your messages with the bot." in read(said)
        assert said.ephemeral_to == on.slack.person("anna").id
        assert files_in(on, on.slack.dm("anna")) == [("Delay of pay/orders", None)]
        assert on.channel("general").messages == ()
        (upload,) = on.slack.files.values()
        assert (upload.content, upload.alt_text) == (PICTURE.content, PICTURE.alt_text)
        shared = words_of(await on.shown_after(on.press(said, "Share")))
        assert [one.ephemeral_to for one in shared] == [None]
        assert "Shared by anna" in read(shared[0])
        assert files_in(on, on.channel("general")) == [("Delay of pay/orders", None)]
        assert "Share" not in labels(shared[0])


@pytest.mark.parametrize(("text", "title"), [("chart", "Delay of pay/orders"), ("report", "Incident 42")])
async def test_a_mention_in_a_thread_gets_the_file_there(text: str, title: str) -> None:
    async with stage() as on:
        parent = await on.slack.say("ben", "general", "Log backup has stopped.")
        await on.shown_after(on.slack.say("anna", "general", f"@logbackup {text}", parent.ts))
        assert files_in(on, on.channel("general")) == [(title, parent.ts)]


async def test_a_direct_message_gets_the_file_there() -> None:
    async with stage() as on:
        await on.shown_after(on.slack.say("anna", on.slack.dm("anna"), "chart"))
        assert files_in(on, on.slack.dm("anna")) == [("Delay of pay/orders", None)]


async def card(asked: Asked) -> Answer:
    return CARD if asked.text == "status" else await small_talk(asked)


@pytest.mark.parametrize(
    ("label", "title", "what"),
    [("Chart", "Delay of pay/orders", "The picture"), ("Report", "Incident 42", "The file")],
)
async def test_a_button_on_a_message_that_all_see_puts_the_file_into_its_thread(
    label: str, title: str, what: str
) -> None:
    async with stage(Talk(card)) as on:
        public = await on.says("@logbackup status")
        (said,) = words_of(await on.shown_after(on.press(public, label, by="ben")))
        assert f"{what} is in the thread." in read(said)
        assert said.ephemeral_to == on.slack.person("ben").id
        assert files_in(on, on.channel("general")) == [(title, public.thread_ts)]


async def test_where_another_organisation_reads_a_button_shows_the_file_to_the_person_alone() -> None:
    async with stage(Talk(card)) as on:
        on.slack.invite_bot(on.slack.add_channel("partners", shared=True))
        public = await on.says("@logbackup status", where="partners")
        (said,) = words_of(await on.shown_after(on.press(public, "Chart")))
        assert "in your messages with the bot" in read(said)
        assert files_in(on, on.channel("partners")) == []
        assert files_in(on, on.slack.dm("anna")) == [("Delay of pay/orders", None)]


async def test_where_the_thread_takes_no_file_the_person_gets_it() -> None:
    async with stage(Talk(card)) as on:
        public = await on.says("@logbackup status")
        on.slack.trouble.refuse("files.completeUploadExternal", "not_in_channel", times=1)
        (said,) = words_of(await on.shown_after(on.press(public, "Chart")))
        assert "in your messages with the bot" in read(said)
        assert files_in(on, on.slack.dm("anna")) == [("Delay of pay/orders", None)]
        assert on.journal.names("warning") == ["file not shown"]


async def test_without_the_permission_the_chart_is_told_in_words() -> None:
    async with stage() as on:
        on.slack.scopes.discard("files:write")
        said = await on.types("chart")
        assert "could not be shown: the bot lacks the permission files:write" in read(said)
        assert "It shows: The delay has grown to 20 min." in read(said)
        shown = await on.shown_after(on.slack.say("anna", "general", "@logbackup chart"))
        assert [one.text.startswith("The picture could not be shown") for one in shown] == [False, True]
        assert shown[0].thread_ts == shown[1].thread_ts


async def test_without_the_permission_to_write_directly_the_chart_is_told_in_words() -> None:
    async with stage() as on:
        on.slack.scopes.discard("im:write")
        assert "It shows: The delay has grown to 20 min." in read(await on.types("chart"))


async def test_a_file_that_cannot_be_shared_is_told() -> None:
    async with stage() as on:
        (said,) = words_of(await on.shown_after(on.slack.command("anna", "general", "/logbackup", "chart")))
        on.slack.trouble.refuse("files.completeUploadExternal", "not_in_channel")
        shown = await on.shown_after(on.press(said, "Share"))
        told = [one.text for one in shown if one.ephemeral_to is not None]
        assert ["This could not be shared. The bot is not in the channel" in text for text in told] == [True]


# ── the three steps


async def uploading(slack: SimulatedSlack) -> None:
    await Files(web_client(slack.bot_token, slack.api_url)).show_to((PICTURE,), slack.person("anna").id)


@pytest.mark.parametrize(
    "method", ["files.getUploadURLExternal", "files.completeUploadExternal", "conversations.open"]
)
async def test_a_step_that_slack_fails_raises(method: str) -> None:
    clock = ManualClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        slack.trouble.add(method, Trouble.ERROR_BEFORE)
        with pytest.raises(SlackTemporary):
            await uploading(slack)


async def test_somebodys_messages_are_opened_once() -> None:
    clock = ManualClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        files = Files(web_client(slack.bot_token, slack.api_url))
        for _ in range(2):
            await files.show_to((PICTURE, REPORT), slack.person("anna").id)
        assert len(slack.calls_of("conversations.open")) == 1
        assert len(slack.files) == 4


ADDRESSES: dict[str, dict[str, Any]] = {
    "no address": {},
    "another scheme": {"upload_url": "file:///etc/passwd"},
    "nobody there": {"upload_url": "http://127.0.0.1:1/upload"},
    "no address at all": {"upload_url": "http://"},
}


@pytest.mark.parametrize("given", ADDRESSES.values(), ids=ADDRESSES)
async def test_an_address_that_leads_nowhere_raises(given: dict[str, Any]) -> None:
    files = Files(web_client("xoxb-1", None))
    with pytest.raises(SlackTemporary):
        await files._send(str(given.get("upload_url", "")), b"x")


async def test_a_content_that_slack_does_not_take_raises() -> None:
    clock = ManualClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        files = Files(web_client(slack.bot_token, slack.api_url))
        with pytest.raises(SlackTemporary, match="did not take"):
            await files._send(f"{slack.root_url}/upload/v1/F404", b"x")


async def test_a_person_whom_the_bot_cannot_write_to_raises() -> None:
    clock = ManualClock()
    async with SimulatedSlack(clock=clock, pacing_clock=clock) as slack:
        with pytest.raises(SlackPermanent):
            await open_direct(web_client(slack.bot_token, slack.api_url), "U404")


def test_what_a_file_would_have_shown_is_escaped_and_cut() -> None:
    error = SlackTemporary("Slack <failed>.", code="http_500")
    long = PICTURE.__class__("x.png", "x", b"", "<!channel>" + "x" * 5000)
    said = instead_of((long,), error)
    assert said.startswith("The picture could not be shown: Slack &lt;failed&gt;. It shows: &lt;!channel&gt;")
    assert len(said) < ALT_TEXT + 100
    assert instead_of((REPORT,), error) == "The file could not be shown: Slack &lt;failed&gt;."
