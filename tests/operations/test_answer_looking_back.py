"""What happened, looked back on: a picture, the days, a timeline, the draft of a report, a digest."""

import json
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.domain.delay_history import DelayHistory, DelayPoint
from bot.domain.digest_schedule import DigestTime
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.domain.notification import ReadyContent
from bot.domain.posts import Channel
from bot.domain.problem import Severity
from bot.domain.routing import Selector
from bot.domain.task import Cluster
from bot.errors import SourceTimeout
from bot.operations.digest_channel import post_digest
from bot.views.wording import slack_time
from tests.fakes.listed_source import PAY, PROD, SHOP
from tests.operations.answering_stage import Talk, buttons, group_broken, one_broken, said
from tests.operations.operations_stage import ALERTS, POLL, Stage, broken, shown, well

HOUR = timedelta(hours=1)


async def test_a_chart_comes_with_the_same_in_words() -> None:
    talk, alert = await one_broken()
    await talk.stage.poll(10)
    answer = await talk.mention("chart", alert)
    (picture,) = answer.attachments
    assert (picture.name, picture.content) == ("delay-pay-orders.png", b"PNG")
    assert picture.alt_text.startswith("Delay of pay/orders from ")
    assert "the incident: opened at" in picture.alt_text
    assert picture.alt_text in answer.message.text


async def test_a_chart_shows_the_whole_incident_and_some_time_before() -> None:
    talk, _ = await one_broken()
    await talk.stage.poll(4, every=HOUR)
    since = (await talk.incident()).since
    await talk.say("chart 1")
    _, start, end = talk.history.asked[-1]
    assert (start, end) == (since - HOUR, talk.stage.clock.now())
    talk.stage.source.rows[PAY] = well("orders", "ledger", "stock")
    await talk.stage.poll(8)
    over = (await talk.incident()).resolved_at
    assert over is not None
    talk.stage.clock.advance(5 * HOUR)
    await talk.say("chart 1")
    assert talk.history.asked[-1][2] == over + HOUR


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        pytest.param("chart pay/ledger", timedelta(hours=24), timedelta(0), id="a day where nothing is said"),
        pytest.param("chart pay/ledger 7d", timedelta(days=7), timedelta(0), id="a length"),
        pytest.param("chart pay/ledger since:2h", timedelta(hours=2), timedelta(0), id="since then"),
        pytest.param(
            "chart pay/ledger from:3h to:1h", timedelta(hours=3), timedelta(hours=1), id="from and to"
        ),
        pytest.param("chart pay/ledger to:1h", timedelta(hours=25), timedelta(hours=1), id="only an end"),
        pytest.param("chart pay/ledger 366d", timedelta(days=90), timedelta(0), id="no longer than is kept"),
    ],
)
async def test_what_is_drawn_is_what_was_asked_for(text: str, start: timedelta, end: timedelta) -> None:
    talk, _ = await one_broken()
    await talk.say(text)
    key, since, until = talk.history.asked[-1]
    now = talk.stage.clock.now()
    assert (key.tenant, since, until) == ("ledger", now - start, now - end)


async def test_a_time_to_come_is_not_drawn() -> None:
    talk, _ = await one_broken()
    answer = await talk.say("chart pay/ledger from:2026-03-05")
    assert "yet to come" in answer.message.text


async def test_silences_are_shaded_and_limits_are_those_of_the_incident() -> None:
    talk, _ = await one_broken()
    await talk.say("silence 1 1h")
    await talk.say("silence shop* 1h")
    await talk.stage.poll(4)
    await talk.say("unsilence 1")
    await talk.stage.poll(2)
    await talk.say("chart 1")
    (spec,) = talk.artist.drawn
    (silent,) = spec.silenced
    assert silent.length == 4 * POLL
    assert [level.kind.value for level in (*spec.levels, *spec.beyond)]


async def test_what_cannot_be_drawn_is_said() -> None:
    talk, _ = await one_broken()
    talk.artist.broken = True
    answer = await talk.say("chart 1")
    assert answer.attachments == ()
    assert "could not be drawn" in said(answer)
    talk.history.made = DelayHistory.of([], since=talk.stage.clock.now(), until=talk.stage.clock.now() + HOUR)
    nothing = await talk.say("chart 1")
    assert "There is nothing to draw" in nothing.message.text
    talk.history.broken = True
    assert "The disk is full." in (await talk.say("chart 1")).message.text


async def test_a_name_that_means_several_tasks_is_asked_about() -> None:
    talk, _ = await one_broken()
    answer = await talk.say("chart pay")
    assert "means 3 tasks" in answer.message.text
    assert buttons(answer)[0] == "chart pay/orders"
    assert "chart pay/orders" in buttons(await talk.say("chart pay/order"))


async def test_of_a_group_the_worst_member_is_drawn() -> None:
    talk, alert = await group_broken(4)
    answer = await talk.mention("chart", alert)
    assert answer.attachments[0].name == "delay-pay-t0.png"
    (group,) = await talk.stage.store.groups(still_open=True)
    worst = await talk.stage.store.incident(IncidentNumber(1))
    assert worst is not None
    read = slack_time(worst.read_at, UTC)
    whose = (
        f"*pay/t0*, the worst of 4 tasks in group {group.number}, as read {read}. Another one: `/logbackup"
    )
    assert answer.message.text.startswith(f"{whose} chart pay/t1`\n")
    assert buttons(answer)[-1] == "history 1", "it stays with that task, whichever is the worst by then"
    days = await talk.mention("history", alert)
    assert f"{whose} history pay/t1`" in days.message.text
    assert buttons(await talk.mention("chart", alert))[0].startswith("chart 1 ")
    alone = await talk.say("chart 1")
    assert "the worst of" not in alone.message.text


async def test_of_a_group_without_a_reading_the_history_says_whose_it_would_be() -> None:
    talk, alert = await group_broken(4)
    now = talk.stage.clock.now()
    talk.history.made = DelayHistory.of([], since=now, until=now + HOUR)
    said_ = (await talk.mention("history", alert)).message.text
    assert said_.startswith("Nothing is known of the delay of pay/t0 in this time.\n*pay/t0*, the worst of 4")


async def test_what_is_about_more_than_a_task_has_no_delay_to_draw() -> None:
    talk = await unread_cluster()
    for text in ("chart 1", "history 1"):
        assert "not about one task" in (await talk.say(text)).message.text
    report = await talk.say("report 1")
    assert [one.name for one in report.attachments] == ["incident-1.md"]


async def unread_cluster() -> Talk:
    """Set a stage on which a cluster cannot be read."""
    talk = Talk()
    talk.stage.source.rows[PAY] = well("orders")
    talk.stage.source.rows[SHOP] = well("stock", cluster=SHOP)
    await talk.stage.poll()
    talk.stage.source.rows[PAY] = SourceTimeout("OCP took too long.")
    await talk.stage.poll(8)
    return talk


async def test_history_is_cut_at_the_midnights_of_whoever_asks() -> None:
    talk, _ = await one_broken()
    shanghai = ZoneInfo("Asia/Shanghai")
    answer = await talk.say("history pay/orders 3", zone=shanghai)
    _, since, _ = talk.history.asked[-1]
    assert since.astimezone(shanghai).hour == 0
    assert since.tzinfo is UTC
    assert (talk.stage.clock.now() - since).days == 2
    assert "Delay of pay/orders, day by day" in answer.message.text
    assert "day by day" in (await talk.say("history 1")).message.text


async def test_a_timeline_tells_all_of_it() -> None:
    talk, alert = await one_broken()
    await talk.mention("ack", alert)
    answer = await talk.mention("timeline", alert)
    assert "Ana: acknowledged it" in answer.message.text
    assert "There is no incident 9" in (await talk.say("timeline 9")).message.text


async def test_a_group_has_a_timeline_and_a_report_of_its_own() -> None:
    talk, alert = await group_broken(4)
    await talk.mention("ack", alert)
    assert "Ana: acknowledged it" in (await talk.mention("timeline", alert)).message.text
    report = await talk.mention("report", alert)
    assert [one.name for one in report.attachments] == ["group-5.md", "delay-pay-t0.png"]
    assert "pay/t3" in report.attachments[0].content.decode()


async def test_a_report_is_a_draft_with_its_chart() -> None:
    talk, alert = await one_broken()
    await talk.mention("note the switch was full", alert)
    report = await talk.mention("report", alert)
    draft, picture = report.attachments
    text = draft.content.decode()
    assert text.startswith("# Incident 1")
    assert "the switch was full" in text
    assert "delay" in picture.name
    assert "orders" in text
    talk.artist.broken = True
    assert len((await talk.mention("report", alert)).attachments) == 1


async def test_a_digest_tells_what_is_open_and_what_happened() -> None:
    talk, _ = await one_broken()
    await talk.say("silence 1 1h")
    talk.health = talk.health.__class__("1", talk.stage.clock.now(), troubles=("The clock is off.",))
    answer = await talk.say("digest")
    assert "1 incident is open; 1 began and 0 ended since" in answer.message.text
    assert "The clock is off." in said(answer)
    assert "silence 1" in said(answer)
    assert "1 incident is open" in (await talk.say("digest pay since:2h")).message.text
    unknown = await talk.say("digest pai")
    assert "Nothing that is watched is called" in unknown.message.text
    assert "digest pay" in buttons(unknown)
    talk.stage.source.rows[PAY] = well("orders", "ledger", "stock")
    await talk.stage.poll(8)
    assert "1 began and 1 ended" in (await talk.say("digest")).message.text


async def test_a_digest_names_what_gets_slowly_worse() -> None:
    talk, _ = await one_broken()
    now = talk.stage.clock.now()

    def drifting(before: float, lately: float) -> DelayHistory:
        points = [
            DelayPoint(now - 10 * HOUR * number, timedelta(seconds=lately if number < 3 else before))
            for number in reversed(range(1, 18))
        ]
        return DelayHistory.of(points, since=now - timedelta(days=8), until=now)

    talk.history.made = drifting(60, 200)
    assert "gets slower: usually 3 min" in said(await talk.say("digest"))
    talk.history.made = drifting(60, 70)
    assert "gets slower" not in said(await talk.say("digest"))
    talk.history.made = drifting(1, 10)
    assert "gets slower" not in said(await talk.say("digest"))
    talk.history.made = None
    talk.history.broken = True
    assert "incident is open" in (await talk.say("digest")).message.text


def morning(channel: Channel = ALERTS, scope: Scope = Scope()) -> DigestTime:  # noqa: B008 - a frozen value
    return DigestTime(channel, 12, 0, selector=Selector(scope, severities=(Severity.CRITICAL,)))


async def test_a_channel_gets_its_digest_once_a_day() -> None:
    talk, _ = await one_broken()
    before = len(talk.stage.parents())
    assert await post_digest(talk.answering, morning())
    assert not await post_digest(talk.answering, morning())
    await talk.stage.deliver()
    assert len(talk.stage.parents()) == before + 1
    told = talk.stage.parents()[-1]
    assert "1 incident is open" in shown(told)
    assert told.message.blocks
    (row,) = [
        one.notification.content
        for one in talk.stage.memory.tables.outbox.values()
        if isinstance(one.notification.content, ReadyContent)
    ]
    assert json.loads(row.blocks) == list(told.message.blocks)
    talk.stage.clock.advance(timedelta(days=1))
    assert await post_digest(talk.answering, morning())


async def test_a_digest_begins_where_the_last_one_ended() -> None:
    talk, _ = await one_broken()
    await post_digest(talk.answering, morning())
    first = talk.stage.clock.now()
    talk.stage.clock.advance(timedelta(days=3))
    await post_digest(talk.answering, morning())
    await talk.stage.deliver()
    assert f"{int(first.timestamp())}" in str(talk.stage.parents()[-1].message.blocks)


async def test_a_digest_of_what_is_not_there_tells_that_all_is_well() -> None:
    talk, _ = await one_broken()
    await post_digest(talk.answering, morning(scope=Scope(name="nobody")))
    await talk.stage.deliver()
    assert "No log backup task is known" in shown(talk.stage.parents()[-1])


async def test_the_home_tab_shows_what_is_theirs_first() -> None:
    talk, _ = await one_broken()
    await talk.say("assign 1 @Bo")
    await talk.say("silence shop* 1h")
    own = str(await talk.answering.home(talk.asked("", by="U00BO")))
    assert "Yours" in own
    other = str(await talk.answering.home(talk.asked("")))
    assert "Yours" not in other
    assert "unsilence 1" in other
    assert "Yours" not in str(await talk.answering.home(talk.asked("", by="U00CLEO")))


async def test_the_home_tab_shows_a_group_as_one() -> None:
    talk = Talk(Stage())
    many = ("orders", "ledger", "stock", "bills")
    talk.stage.source.rows[PAY] = well(*many)
    await talk.stage.poll()
    talk.stage.source.rows[PAY] = broken(*many, since=talk.stage.clock.now())
    await talk.stage.poll()
    shown_at_home = str(await talk.answering.home(talk.asked("")))
    assert "4 of 4 tasks that write to file:///obbackup have failed" in shown_at_home
    assert "incident 1" not in shown_at_home


async def test_past_incidents_are_listed_after_the_open_ones() -> None:
    talk, _ = await one_broken()
    talk.stage.source.rows[PAY] = well("orders", "ledger", "stock")
    await talk.stage.poll(8)
    answer = await talk.say("incidents")
    assert "No open incident, 1 over" in answer.message.text
    ended = (await talk.incident()).resolved_at
    assert isinstance(ended, datetime)
    talk.stage.clock.advance(3 * HOUR)
    assert "over" not in (await talk.say("incidents since:1h")).message.text


async def test_two_tasks_of_one_name_are_told_apart() -> None:
    stage = Stage()
    talk = Talk(stage)
    twin = Cluster(PROD, SHOP.id, "pay")
    stage.source.rows[PAY] = broken("orders", since=stage.clock.now())
    stage.source.rows[twin] = well("orders", cluster=twin)
    await stage.poll(2)
    assert "means 2 tasks" in (await talk.say("chart pay/orders")).message.text
    assert "means 2 things" in (await talk.say("digest pay/orders")).message.text
    acted = await talk.say("ack pay/orders")
    assert "Acknowledged: incident 1" in acted.message.text
