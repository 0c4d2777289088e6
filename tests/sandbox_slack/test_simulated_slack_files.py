"""Uploading a picture in the SDK's three steps."""

import aiohttp
import pytest
from slack_sdk.errors import SlackRequestError

from tests.sandbox_slack.simulated_slack_stage import refused, stage

PICTURE = b"\x89PNG" + bytes(range(256))


async def test_a_picture_is_posted_into_a_thread() -> None:
    async with stage() as on:
        parent = (await on.client.chat_postMessage(channel="alerts", text="parent"))["ts"]
        answer = await on.client.files_upload_v2(
            channel=on.alerts.id,
            content=PICTURE,
            filename="delay.png",
            title="Delay",
            initial_comment="The last day",
            thread_ts=parent,
        )
        _, posted = on.alerts.thread(parent)
        assert posted.text == "The last day"
        [file_id] = posted.files
        assert on.slack.files[file_id].content == PICTURE
        assert on.slack.files[file_id].title == answer["file"]["title"] == "Delay"


async def test_where_a_file_was_shared_is_known_only_after_the_upload_was_answered() -> None:
    async with stage() as on:
        answer = await on.client.files_upload_v2(channel=on.alerts.id, content=PICTURE, filename="a.png")
        assert {"channels", "shares"}.isdisjoint(answer["file"])
        told = await on.client.files_info(file=answer["file"]["id"])
        (message,) = on.alerts.messages
        assert told["file"]["shares"] == {"public": {on.alerts.id: [{"ts": message.ts}]}}


async def test_an_upload_wants_the_channel_s_id_not_its_name() -> None:
    async with stage() as on:
        call = on.client.files_upload_v2(channel="#alerts", content=PICTURE, filename="delay.png")
        assert (await refused(call))["error"] == "channel_not_found"


async def test_an_upload_wants_membership() -> None:
    async with stage() as on:
        other = on.slack.add_channel("other")
        call = on.client.files_upload_v2(channel=other.id, content=PICTURE, filename="delay.png")
        assert (await refused(call))["error"] == "not_in_channel"


async def test_an_upload_of_another_length_than_announced_fails() -> None:
    async with stage() as on:
        asked = await on.client.files_getUploadURLExternal(filename="a.png", length=10)
        async with (
            aiohttp.ClientSession() as session,
            session.post(asked["upload_url"], data=b"short") as answer,
        ):
            assert answer.status == 400
        call = on.client.files_completeUploadExternal(
            files=[{"id": asked["file_id"]}], channel_id=on.alerts.id
        )
        assert (await refused(call))["error"] == "file_not_found"


async def test_a_file_is_downloaded_with_the_bot_s_token_only() -> None:
    async with stage() as on:
        answer = await on.client.files_upload_v2(channel=on.alerts.id, content=PICTURE, filename="a.png")
        url = answer["file"]["url_private"]
        async with aiohttp.ClientSession() as session:
            async with session.get(url) as stranger:
                assert stranger.status == 403
            headers = {"Authorization": f"Bearer {on.slack.bot_token}"}
            async with session.get(url, headers=headers) as friend:
                assert await friend.read() == PICTURE


async def test_a_file_that_was_deleted_is_gone_from_its_message() -> None:
    async with stage() as on:
        answer = await on.client.files_upload_v2(channel=on.alerts.id, content=PICTURE, filename="a.png")
        await on.client.files_delete(file=answer["file"]["id"])
        assert on.alerts.messages[0].files == ()
        assert (await refused(on.client.files_info(file=answer["file"]["id"])))["error"] == "file_not_found"


async def test_no_name_is_no_upload() -> None:
    async with stage() as on:
        with pytest.raises(SlackRequestError):
            await on.client.files_upload_v2(channel=on.alerts.id)
        call = on.client.files_getUploadURLExternal(filename="", length=3)
        assert (await refused(call))["error"] == "invalid_arguments"
