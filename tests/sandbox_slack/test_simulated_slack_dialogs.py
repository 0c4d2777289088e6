"""Dialogs: triggers, submissions, errors, stacks."""

from typing import Any

import pytest

from bot.sandbox.slack import CannotDo
from tests.sandbox_slack.simulated_slack_listener import Heard, hearing
from tests.sandbox_slack.simulated_slack_parts import actions, home, options
from tests.sandbox_slack.simulated_slack_parts import select as menu
from tests.sandbox_slack.simulated_slack_stage import Stage, button, modal, refused, section, text_input


async def test_a_trigger_opens_one_dialog_within_3_seconds() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        trigger = (await heard.next())["trigger_id"]
        await on.clock.advance(3)
        await on.client.views_open(trigger_id=trigger, view=modal())
        assert [view.title for view in on.slack.modals("anna")] == ["Silence"]
        again = await refused(on.client.views_open(trigger_id=trigger, view=modal()))
        assert again["error"] == "exchanged_trigger_id"
        never = await refused(on.client.views_open(trigger_id="9.9.u", view=modal()))
        assert never["error"] == "invalid_trigger_id"


async def test_a_trigger_is_too_old_after_3_seconds() -> None:
    async with hearing() as (on, heard):
        await on.slack.command("anna", "alerts", "/logbackup")
        trigger = (await heard.next())["trigger_id"]
        await on.clock.advance(3.1)
        late = await refused(on.client.views_open(trigger_id=trigger, view=modal()))
        assert late["error"] == "expired_trigger_id"


async def opened(on: Stage, heard: Heard, view: dict[str, Any]) -> str:
    """Open a dialog for anna and return its id."""
    await on.slack.command("anna", "alerts", "/logbackup")
    trigger = (await heard.next())["trigger_id"]
    answer = await on.client.views_open(trigger_id=trigger, view=view)
    view_id: str = answer["view"]["id"]
    return view_id


async def test_a_dialog_is_submitted_with_what_was_filled_in() -> None:
    async with hearing() as (on, heard):
        option = {"text": {"type": "plain_text", "text": "One hour"}, "value": "1h"}
        chooser = {
            "type": "static_select",
            "action_id": "length",
            "options": [option],
            "initial_option": option,
        }
        length = text_input("length", element=chooser)
        view = modal(text_input(), length, callback_id="silence", private_metadata="7")
        view_id = await opened(on, heard, view)
        await on.slack.submit_view("anna", view_id, {"reason": "maintenance"})
        body = await heard.next()
        values = body["view"]["state"]["values"]
        assert body["type"] == "view_submission"
        assert values["block-reason"]["reason"] == {"type": "plain_text_input", "value": "maintenance"}
        assert values["block-length"]["length"]["selected_option"] == option
        assert body["view"]["private_metadata"] == "7"
        assert on.slack.modals("anna") == ()


async def test_slack_itself_refuses_a_dialog_with_an_empty_input() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input()))
        with pytest.raises(CannotDo, match="Reason must be filled in"):
            await on.slack.submit_view("anna", view_id)
        with pytest.raises(CannotDo, match="no input called other"):
            await on.slack.submit_view("anna", view_id, {"reason": "x", "other": "y"})


async def test_errors_keep_a_dialog_open() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input()))
        heard.answer = {"response_action": "errors", "errors": {"block-reason": "too short"}}
        reaction = await on.slack.submit_view("anna", view_id, {"reason": "x"})
        assert reaction.errors == {"block-reason": "too short"}
        assert on.slack.modals("anna")[0].errors == reaction.errors


async def test_a_submission_may_update_push_or_clear() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input()))
        second = modal(text_input("more"), title={"type": "plain_text", "text": "Second"})
        heard.answer = {"response_action": "push", "view": second}
        await on.slack.submit_view("anna", view_id, {"reason": "x"})
        assert [view.title for view in on.slack.modals("anna")] == ["Silence", "Second"]
        heard.answer = {
            "response_action": "update",
            "view": modal(title={"type": "plain_text", "text": "Third"}),
        }
        await on.slack.submit_view("anna", on.slack.modals("anna")[1].id, {"more": "x"})
        assert [view.title for view in on.slack.modals("anna")] == ["Silence", "Third"]
        heard.answer = {"response_action": "clear"}
        await on.slack.submit_view("anna", on.slack.modals("anna")[1].id)
        assert on.slack.modals("anna") == ()


async def test_an_open_dialog_is_updated_unless_it_changed_meanwhile() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input(), external_id="mine"))
        before = on.slack.modals("anna")[0].hash
        await on.client.views_update(
            external_id="mine", hash=before, view=modal(section("new"), external_id="mine")
        )
        assert on.slack.modals("anna")[0].blocks[0]["text"]["text"] == "new"
        late = on.client.views_update(view_id=view_id, hash=before, view=modal())
        assert (await refused(late))["error"] == "hash_conflict"
        gone = on.client.views_update(view_id="V0000NONE0", view=modal())
        assert (await refused(gone))["error"] == "not_found"


async def test_three_dialogs_are_stacked_and_no_more() -> None:
    async with hearing() as (on, heard):
        await opened(on, heard, modal(section(accessory=button("deeper"))))
        for expected in (2, 3):
            await on.slack.click_view("anna", on.slack.modals("anna")[-1].id, "deeper")
            trigger = (await heard.next())["trigger_id"]
            await on.client.views_push(trigger_id=trigger, view=modal(section(accessory=button("deeper"))))
            assert len(on.slack.modals("anna")) == expected
        await on.slack.click_view("anna", on.slack.modals("anna")[-1].id, "deeper")
        trigger = (await heard.next())["trigger_id"]
        call = on.client.views_push(trigger_id=trigger, view=modal())
        assert (await refused(call))["error"] == "push_limit_reached"


async def test_closing_a_dialog_is_told_where_it_was_asked_for() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(notify_on_close=True))
        await on.slack.close_view("anna", view_id)
        assert (await heard.next())["type"] == "view_closed"
        view_id = await opened(on, heard, modal())
        assert await on.slack.close_view("anna", view_id) is None


async def test_somebody_chooses_people_dates_and_several_options() -> None:
    async with hearing() as (on, heard):
        options = [{"text": {"type": "plain_text", "text": name}, "value": name} for name in ("a", "b", "c")]
        several: dict[str, Any] = {"type": "multi_static_select", "action_id": "several", "options": options}
        who = {"type": "users_select", "action_id": "who", "initial_user": "U0000ANNA1"}
        day = {"type": "datepicker", "action_id": "day"}
        crowd = {"type": "multi_users_select", "action_id": "crowd"}
        view = modal(*[text_input(str(e["action_id"]), element=e) for e in (several, who, day, crowd)])
        view_id = await opened(on, heard, view)
        chosen = {"several": ["a", "c"], "day": "2026-03-05", "crowd": ["U0000BEN01"]}
        await on.slack.submit_view("anna", view_id, chosen)
        values = (await heard.next())["view"]["state"]["values"]
        assert values["block-several"]["several"]["selected_options"] == [options[0], options[2]]
        assert values["block-who"]["who"]["selected_user"] == "U0000ANNA1"
        assert values["block-day"]["day"]["selected_date"] == "2026-03-05"
        assert values["block-crowd"]["crowd"]["selected_users"] == ["U0000BEN01"]


def _length(**more: Any) -> dict[str, Any]:
    """Make an input whose choice is told at once, with three lengths to choose from."""
    chooser = {"type": "static_select", "action_id": "length", "options": options(3), **more}
    return text_input("length", element=chooser, dispatch_action=True)


async def test_a_press_in_a_dialog_tells_what_all_inputs_hold_by_then() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(_length(initial_option=options(3)[0]), text_input()))
        await on.slack.click_view("anna", view_id, "length", "v2", filled={"reason": "a disk"})
        body = await heard.next()
        assert body["actions"][0]["selected_option"]["value"] == "v2"
        values = body["view"]["state"]["values"]
        assert values["block-length"]["length"]["selected_option"]["value"] == "v2"
        assert values["block-reason"]["reason"]["value"] == "a disk"


async def test_what_was_filled_in_outlives_an_update_that_keeps_the_ids() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(_length(), text_input(), text_input("other")))
        filled = {"reason": "a disk", "other": "gone"}
        await on.slack.click_view("anna", view_id, "length", "v1", filled=filled)
        again = modal(section("Mutes 3 tasks."), _length(), text_input(), text_input("other", block_id="new"))
        answer = await on.client.views_update(view_id=view_id, view=again)
        assert answer["view"]["state"]["values"]["block-reason"]["reason"]["value"] == "a disk"
        await on.slack.submit_view("anna", view_id, {"other": "told anew"})
        await heard.next()
        values = (await heard.next())["view"]["state"]["values"]
        assert values["block-length"]["length"]["selected_option"]["value"] == "v1"
        assert values["block-reason"]["reason"]["value"] == "a disk"
        assert values["new"]["other"]["value"] == "told anew"


async def test_a_choice_that_an_update_no_longer_offers_is_not_kept() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(_length()))
        await on.slack.click_view("anna", view_id, "length", "v2")
        await on.client.views_update(view_id=view_id, view=modal(_length(options=options(2))))
        with pytest.raises(CannotDo, match="Length must be filled in"):
            await on.slack.submit_view("anna", view_id)


async def test_a_dialog_with_errors_keeps_what_was_filled_in() -> None:
    async with hearing() as (on, heard):
        view_id = await opened(on, heard, modal(text_input(), text_input("other")))
        heard.answer = {"response_action": "errors", "errors": {"block-reason": "too short"}}
        await on.slack.submit_view("anna", view_id, {"reason": "x", "other": "kept"})
        heard.answer = {}
        await on.slack.submit_view("anna", view_id, {"reason": "longer"})
        await heard.next()
        values = (await heard.next())["view"]["state"]["values"]
        assert values["block-other"]["other"]["value"] == "kept"


async def test_a_choice_in_the_home_tab_is_remembered() -> None:
    async with hearing() as (on, heard):
        row = actions(menu(options=options(3)), button("go"), block_id="row")
        await on.client.views_publish(user_id="U0000ANNA1", view=home(row))
        view = on.slack.home("anna")
        assert view is not None
        await on.slack.click_view("anna", view.id, "choose", "v1")
        await on.slack.click_view("anna", view.id, "go")
        await heard.next()
        body = await heard.next()
        assert body["container"] == {"type": "view", "view_id": view.id}
        assert body["view"]["state"]["values"]["row"]["choose"]["selected_option"]["value"] == "v1"


async def test_radio_buttons_checkboxes_and_a_time_come_back_as_they_were_chosen() -> None:
    async with hearing() as (on, heard):
        choices = options(3)
        radio = {
            "type": "radio_buttons",
            "action_id": "radio",
            "options": choices,
            "initial_option": choices[1],
        }
        ticks: dict[str, Any] = {"type": "checkboxes", "action_id": "ticks", "options": choices}
        at = {"type": "timepicker", "action_id": "at", "initial_time": "18:00"}
        when = {"type": "datetimepicker", "action_id": "when"}
        inputs = [text_input(str(one["action_id"]), element=one) for one in (radio, ticks, at, when)]
        view_id = await opened(on, heard, modal(*inputs))
        await on.slack.submit_view("anna", view_id, {"ticks": ["v", "v2"], "when": "1772640000"})
        values = (await heard.next())["view"]["state"]["values"]
        assert values["block-radio"]["radio"]["selected_option"] == choices[1]
        assert values["block-ticks"]["ticks"]["selected_options"] == [choices[0], choices[2]]
        assert values["block-at"]["at"]["selected_time"] == "18:00"
        assert values["block-when"]["when"]["selected_date_time"] == 1772640000
