"""Every message that is owed to a channel, held to a golden file and to Slack's limits."""

import json
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.domain.evidence import BehindLimit, CatchingUp, Grows, NotRead, NotWatched, PausedFor
from bot.domain.grouping import Cause
from bot.domain.handling import Assignment, Handling
from bot.domain.incident import Incident, IncidentNumber
from bot.domain.link import Link
from bot.domain.notification import (
    ActContent,
    Action,
    ChangeContent,
    ChangesContent,
    Channel,
    Content,
    Counts,
    GreetingContent,
    GroupChangeContent,
    GroupContent,
    IncidentContent,
    MeanwhileContent,
    MessageKey,
    Notification,
    Others,
    OutboxId,
    ReadyContent,
    Reason,
    ReminderContent,
    SilenceContent,
    Told,
)
from bot.domain.problem import Problem, Severity
from bot.domain.routing import Mention
from bot.domain.runbook import Runbook
from bot.views.announcement import announcement
from bot.views.links import Links
from tests.views.handled_samples import (
    ANA,
    BEN,
    LOGIN_REFUSED,
    MANY,
    SOURCE_DOWN,
    STALLED,
    a_group,
    card,
    group_content,
    of_problem,
)
from tests.views.view_goldens import assert_golden
from tests.views.view_samples import NOW, READ_AT, minutes

SHANGHAI = ZoneInfo("Asia/Shanghai")
GAP = handled.GAP


WAS = replace(samples.LEDGER_BEHIND, problem=Problem.GROWING, severity=Severity.WARNING, delay=minutes(12))
"""What got worse, as it was before."""


CATCHING_UP = replace(
    handled.MEMBERS[0],
    problem=Problem.LAGGING,
    severity=Severity.WARNING,
    because=CatchingUp(minutes(12), minutes(20)),
    delay=minutes(12),
)
"""A member of a group that runs again and is merely behind."""


def change(reason: Reason, after: Incident, before: Incident | None = WAS) -> ChangeContent:
    return ChangeContent(before, after, reason, READ_AT)


def greeting(*incidents: Incident, more: Counts | None = None) -> GreetingContent:
    return GreetingContent(samples.PROD, 3, 48, timedelta(seconds=30), incidents, READ_AT, more=more)


def reminder(about: object, reason: Reason, to: object = None) -> ReminderContent:
    return ReminderContent(about, reason, NOW, to)  # type: ignore[arg-type]  # facts of a test


def group_change(reason: Reason, **facts: object) -> GroupChangeContent:
    group = a_group(Cause.DESTINATION, "file:///obbackup", over=bool(facts.get("over")))
    counts = Counts(over=12) if facts.get("over") else handled.ALL_STOPPED
    before = Told(4, Problem.STALLED, Severity.WARNING) if reason is Reason.GOT_WORSE else None
    return GroupChangeContent(group, handled.MEMBERS, counts, reason, READ_AT, before=before)


def growing(behind: int, **facts: object) -> Incident:
    trend = (58, 61, 59, None, 70, 62, 58, 65, behind * 20, behind * 40, behind * 60)
    snapshot = replace(handled.SNAPSHOT, trend=trend)
    return replace(of_problem(Problem.GROWING), snapshot=snapshot, delay=minutes(behind), **facts)  # type: ignore[arg-type]  # facts of a test


REFUSED = NotRead(52, NOW - minutes(26), "refused", "OCP refused the login.")
MENTIONED = (Mention("S0STORAGE"), Mention("here"), Mention("U0ANA"), Mention("nobody <!here>"))
DROPPED = tuple(
    replace(samples.resolved(one), because=NotWatched(timedelta(days=1)), snapshot=handled.SNAPSHOT)
    for one in handled.MEMBERS[:10]
)
OVER = tuple(
    samples.resolved(one) for one in (samples.LEDGER_BEHIND, replace(samples.ORDERS_FAILED, gap=GAP))
)

HOSTILE = samples.hostile_fleet().incidents[::12]
"""One of each of the hostile names, as a tenant and as a cluster."""
LONG_ERROR = "<!channel> \u202eout of space, ret=-9082\n" + "E" * 50_000

CONTENTS: dict[str, Content] = {
    "card_hostile": card(HOSTILE[0], status="<!here>", error=LONG_ERROR),
    "group_hostile": GroupContent(
        a_group(Cause.DESTINATION, "file:///<!channel> \u202e" + "🦄" * 300, problem=Problem.FAILED),
        HOSTILE[:10],
        Counts(open=11, problems=((Problem.FAILED, 11),)),
        READ_AT,
    ),
    "group_hostile_by_error": GroupContent(
        a_group(Cause.ERROR, LONG_ERROR[:200], problem=Problem.FAILED),
        tuple(
            replace(one, snapshot=replace(handled.SNAPSHOT, status="FAILED", error=LONG_ERROR))
            for one in HOSTILE[:10]
        ),
        Counts(open=11, problems=((Problem.FAILED, 11),)),
        READ_AT,
    ),
    "greeting_hostile": replace(greeting(*HOSTILE), source=HOSTILE[0].subject.source),
    "reminder_hostile": reminder(
        card(
            replace(HOSTILE[0], handling=Handling(assigned=Assignment(handled.CAROL, BEN, NOW))),
            error=LONG_ERROR,
        ),
        Reason.STILL_YOURS,
        handled.CAROL,
    ),
    "group_of_ten_thousand": replace(
        group_content(
            a_group(Cause.SOURCE, "prod", total=10_000),
            Counts(
                open=9_300,
                over=700,
                silenced=40,
                unwatched=12,
                recovering=1_300,
                problems=((Problem.FAILED, 6_000), (Problem.STALLED, 2_000)),
            ),
            shipped_until=NOW - timedelta(hours=30),
        ),
        worst=tuple(
            replace(one, problem=Problem.FAILED, because=samples.ORDERS_FAILED.because)
            for one in handled.MEMBERS[:10]
        ),
    ),
    "card_failed": card(
        samples.ORDERS_FAILED, status="FAILED", error="archive device out of space, ret=-9082"
    ),
    "card_behind": card(samples.LEDGER_BEHIND, status="RUNNING"),
    "card_with_a_gap": card(
        replace(of_problem(Problem.FAILED), gap=GAP, reopened=2, delay=minutes(13)), status="INTERRUPTED"
    ),
    "card_recovering": card(
        replace(
            samples.LEDGER_BEHIND,
            good_polls=1,
            good_since=NOW - minutes(1),
            closing_hold=minutes(4),
            reopened=1,
            delay=minutes(1),
        ),
        status="RUNNING",
    ),
    "card_recovering_with_a_gap": card(
        replace(
            samples.ORDERS_FAILED,
            gap=GAP,
            good_polls=1,
            good_since=NOW - minutes(1),
            delay=minutes(1),
            handling=handled.SEEN,
        ),
        status="RUNNING",
    ),
    "card_no_longer_watched_with_a_gap": card(
        samples.resolved(replace(samples.ORDERS_FAILED, gap=GAP, because=NotWatched()))
    ),
    "card_catching_up_for_a_time_unknown": card(
        replace(of_problem(Problem.LAGGING), because=CatchingUp(minutes(12))), status="RUNNING"
    ),
    "card_paused_for_long": card(
        replace(
            of_problem(Problem.PAUSED),
            severity=Severity.CRITICAL,
            because=PausedFor("SUSPENDED", minutes(780), minutes(720)),
            since=NOW - minutes(780),
            delay=minutes(781),
        ),
        status="SUSPENDED",
    ),
    "card_stopped_after_it_was_slow": card(replace(STALLED, since=NOW - minutes(40)), status="RUNNING"),
    "card_cluster_without_answers": card(handled.unread_together().worst[0]),
    "card_cluster_with_answers_again": card(replace(handled.unread_together().worst[0], good_polls=1)),
    "card_of_a_source_recovering": card(
        replace(SOURCE_DOWN, good_polls=1, good_since=NOW - minutes(1)),
        others=Others(1, replace(samples.ORDERS_FAILED, gap=GAP)),
    ),
    "card_over": card(samples.resolved(replace(samples.ORDERS_FAILED, gap=GAP))),
    "card_over_that_was_taken": card(
        samples.resolved(replace(samples.LEDGER_BEHIND, handling=handled.TAKEN))
    ),
    "card_source_login_refused": card(LOGIN_REFUSED),
    "card_source_unreadable": card(SOURCE_DOWN, others=Others(2, samples.ORDERS_FAILED)),
    "card_source_readable_again": card(samples.resolved(SOURCE_DOWN), others=Others()),
    "card_cluster_without_task": card(samples.odd_clusters().incidents[0]),
    **{
        f"card_of_{problem}": card(of_problem(problem), status=samples.TROUBLES[problem][0])
        for problem in Problem
    },
    "card_stalled_with_trend": card(STALLED, status="RUNNING"),
    "card_growing_over_the_limit": card(
        growing(
            41,
            because=Grows(minutes(40), minutes(50), minutes(2), minutes(41), minutes(30), pace=0.2),
            severity=Severity.CRITICAL,
            since=NOW - minutes(50),
        ),
        status="RUNNING",
    ),
    "card_near_the_warning": card(
        growing(
            6, because=Grows(minutes(4), minutes(12), minutes(2), minutes(6), minutes(10), NOW + minutes(9))
        )
    ),
    "card_behind_and_still_growing": card(
        replace(samples.LEDGER_BEHIND, snapshot=replace(handled.SNAPSHOT, trend=(60, 62, 900, 1800, 2460))),
        status="RUNNING",
    ),
    "card_over_with_work_left": card(
        samples.resolved(replace(samples.ORDERS_FAILED, gap=GAP, handling=handled.TAKEN))
    ),
    "card_of_a_member_of_a_group_taken": card(
        STALLED, status="RUNNING", group=replace(handled.STORAGE, handling=handled.SEEN)
    ),
    "card_before_its_rhythm_is_known": card(
        replace(samples.LEDGER_BEHIND, because=BehindLimit(minutes(41), minutes(30), learned=False))
    ),
    "card_acknowledged": card(replace(STALLED, handling=handled.SEEN), status="RUNNING"),
    "card_assigned": card(replace(STALLED, handling=handled.TAKEN), status="RUNNING"),
    "card_silenced": card(replace(STALLED, handling=handled.GIVEN), status="RUNNING", silence=handled.QUIET),
    "card_no_longer_silenced": card(STALLED, status="RUNNING", was_silenced=True),
    "card_of_a_group_member": card(STALLED, status="RUNNING", group=handled.STORAGE),
    **{
        f"card_of_a_member_by_{cause.name.lower()}": card(
            STALLED, status="RUNNING", group=a_group(cause, label)
        )
        for cause, label in (
            (Cause.AGENT, "10.0.0.7"),
            (Cause.ERROR, "archive device out of space, ret=#"),
            (Cause.CLUSTER, "shop"),
            (Cause.SOURCE, "prod"),
        )
    },
    "card_instead_of_others": card(
        STALLED, instead_of=tuple((Channel(f"#team-{one}"), "the bot was not invited") for one in range(5))
    ),
    "reply_worse": change(Reason.GOT_WORSE, replace(samples.LEDGER_BEHIND, severity=Severity.CRITICAL)),
    "reply_worse_than_the_warning": change(
        Reason.GOT_WORSE,
        replace(samples.LEDGER_BEHIND, handling=handled.SEEN),
        replace(samples.LEDGER_BEHIND, severity=Severity.WARNING, delay=minutes(29)),
    ),
    "reply_better": change(
        Reason.EASED,
        replace(
            samples.LEDGER_BEHIND,
            because=CatchingUp(minutes(12), minutes(20)),
            severity=Severity.WARNING,
            delay=minutes(12),
        ),
    ),
    "reply_back": change(
        Reason.CAME_BACK, replace(samples.LEDGER_BEHIND, reopened=1, changed_at=NOW - minutes(2))
    ),
    "reply_worse_with_a_gap": change(
        Reason.GOT_WORSE, replace(of_problem(Problem.FAILED), gap=GAP, delay=minutes(13))
    ),
    "reply_over_with_work_left": change(Reason.RECOVERED, replace(OVER[1], handling=handled.TAKEN)),
    "reply_no_longer_watched": change(Reason.NOT_WATCHED, replace(OVER[1], because=NotWatched())),
    "reply_over": change(Reason.RECOVERED, samples.resolved(samples.LEDGER_BEHIND)),
    "reply_over_with_a_gap": change(Reason.RECOVERED, OVER[1]),
    "reply_first": change(Reason.FIRST_SEEN, samples.LEDGER_BEHIND),
    "reply_source_worse": change(
        Reason.GOT_WORSE, SOURCE_DOWN, replace(SOURCE_DOWN, severity=Severity.WARNING)
    ),
    "reply_source_over": replace(
        change(Reason.RECOVERED, samples.resolved(SOURCE_DOWN)), others=Others(2, samples.ORDERS_FAILED)
    ),
    "reply_called_over": change(Reason.RESOLVED_BY_HAND, samples.resolved(samples.LEDGER_BEHIND)),
    "reply_normal_now": change(Reason.NEW_NORMAL, samples.resolved(samples.LEDGER_BEHIND)),
    "greeting_all_well": greeting(),
    "greeting_with_trouble": greeting(
        replace(samples.LEDGER_BEHIND, handling=handled.SEEN), samples.ORDERS_FAILED
    ),
    "greeting_with_much_trouble": greeting(*MANY, samples.resolved(samples.LEDGER_BEHIND)),
    "greeting_with_more_than_it_holds": greeting(*MANY[:10], more=Counts(open=9000, over=30, unwatched=2)),
    "greeting_all_over": greeting(
        samples.resolved(samples.LEDGER_BEHIND), samples.resolved(samples.ORDERS_FAILED)
    ),
    "greeting_of_a_cluster": replace(greeting(samples.LEDGER_BEHIND), cluster="pay"),
    "group": group_content(),
    "group_of_many_kinds": replace(
        group_content(counts=handled.MIXED, was_silenced=True),
        worst=(
            samples.ORDERS_FAILED,
            replace(of_problem(Problem.FAILED), number=IncidentNumber(44), handling=handled.GIVEN),
            *handled.MEMBERS[:7],
        ),
    ),
    "group_silenced": group_content(silence=handled.QUIET_GROUP),
    "group_taken": group_content(a_group(Cause.DESTINATION, "file:///obbackup", handling=handled.TAKEN)),
    "group_of_a_server": group_content(a_group(Cause.AGENT, "10.0.0.7")),
    "group_of_an_error": replace(
        group_content(
            a_group(Cause.ERROR, "archive device out of space, ret=#", problem=Problem.FAILED),
            Counts(open=12, problems=((Problem.FAILED, 12),)),
        ),
        worst=tuple(
            replace(one, problem=Problem.FAILED, because=samples.ORDERS_FAILED.because)
            for one in handled.MEMBERS
        ),
    ),
    "group_of_a_cluster": handled.paused_together(),
    "group_of_a_source": group_content(a_group(Cause.SOURCE, "prod")),
    "group_of_clusters_unread": handled.unread_together(),
    "group_of_what_cannot_be_read": handled.unread_together(REFUSED, 12),
    "group_of_what_was_never_read": replace(
        group_content(
            a_group(Cause.DESTINATION, "file:///obbackup", problem=Problem.FAILED),
            Counts(open=12, problems=((Problem.FAILED, 12),)),
        ),
        worst=tuple(
            replace(
                one,
                problem=Problem.FAILED,
                because=samples.ORDERS_FAILED.because,
                delay=None,
                checkpoint=None,
            )
            for one in handled.MEMBERS[:10]
        ),
    ),
    "group_of_what_has_no_delay": replace(
        group_content(
            a_group(Cause.SOURCE, "prod", problem=Problem.STALLED, total=48),
            Counts(open=4, problems=((Problem.STALLED, 3), (Problem.LAGGING, 1))),
        ),
        worst=(
            *(replace(one, delay=None, checkpoint=None) for one in handled.MEMBERS[:3]),
            of_problem(Problem.LAGGING),
        ),
    ),
    "group_recovering_in_part": replace(
        group_content(
            a_group(Cause.DESTINATION, "file:///obbackup", problem=Problem.FAILED),
            Counts(open=8, over=1, problems=((Problem.STALLED, 5),), recovering=3),
        ),
        worst=(
            *handled.MEMBERS[:5],
            *(
                replace(one, problem=Problem.FAILED, good_polls=1, delay=minutes(1))
                for one in handled.MEMBERS[5:8]
            ),
            samples.resolved(handled.MEMBERS[8]),
        ),
    ),
    "group_recovering": replace(
        group_content(counts=Counts(open=12, recovering=12)),
        worst=tuple(replace(one, good_polls=1, delay=minutes(1)) for one in handled.MEMBERS[:10]),
    ),
    "group_by_chance": group_content(a_group(Cause.COINCIDENCE, "")),
    "group_of_one_left": replace(
        group_content(
            a_group(Cause.CLUSTER, "shop", total=12),
            Counts(open=1, over=11, problems=((Problem.STALLED, 1),)),
        ),
        worst=(handled.MEMBERS[0], *map(samples.resolved, handled.MEMBERS[1:3])),
    ),
    "group_of_one_left_that_catches_up": replace(
        group_content(
            a_group(Cause.CLUSTER, "shop", problem=Problem.LAGGING, total=12),
            Counts(open=1, over=11, problems=((Problem.LAGGING, 1),)),
        ),
        worst=(CATCHING_UP, *map(samples.resolved, handled.MEMBERS[1:3])),
    ),
    "group_of_a_single_task": replace(
        group_content(
            a_group(Cause.CLUSTER, "shop", total=1), Counts(open=1, problems=((Problem.STALLED, 1),))
        ),
        worst=handled.MEMBERS[:1],
    ),
    "group_over": replace(
        group_content(
            a_group(Cause.DESTINATION, "file:///obbackup", handling=handled.SEEN, over=True),
            Counts(over=12, unwatched=1),
        ),
        worst=tuple(samples.resolved(replace(one, gap=GAP)) for one in handled.MEMBERS[:7]),
    ),
    "group_with_a_gap": replace(
        group_content(), worst=(replace(handled.MEMBERS[0], gap=GAP), *handled.MEMBERS[1:])
    ),
    "group_no_longer_watched": replace(
        group_content(
            a_group(Cause.DESTINATION, "file:///obbackup", over=True), Counts(over=12, unwatched=12)
        ),
        worst=DROPPED,
    ),
    "group_with_members_over": replace(
        group_content(counts=Counts(open=2, over=10, silenced=1, problems=((Problem.STALLED, 2),))),
        worst=(*handled.MEMBERS[:2], samples.resolved(handled.MEMBERS[2])),
    ),
    "group_worse": group_change(Reason.GOT_WORSE),
    "group_came_back": group_change(Reason.CAME_BACK),
    "group_not_watched": replace(
        group_change(Reason.NOT_WATCHED, over=True), worst=DROPPED, counts=Counts(over=12, unwatched=12)
    ),
    "group_is_over": group_change(Reason.RECOVERED, over=True),
    "group_is_over_with_a_gap": replace(
        group_change(Reason.RECOVERED, over=True),
        worst=(samples.resolved(replace(handled.MEMBERS[0], gap=GAP)), samples.resolved(handled.MEMBERS[1])),
    ),
    "group_is_over_with_many_gaps": replace(
        group_change(Reason.RECOVERED, over=True),
        worst=tuple(samples.resolved(replace(one, gap=GAP)) for one in handled.MEMBERS[:10]),
    ),
    "group_of_some_missing": replace(
        group_content(
            a_group(Cause.CLUSTER, "shop", problem=Problem.MISSING),
            Counts(open=12, problems=((Problem.MISSING, 12),)),
        ),
        worst=tuple(
            replace(one, problem=Problem.MISSING, because=of_problem(Problem.MISSING).because)
            for one in handled.MEMBERS
        ),
    ),
    "group_of_a_cluster_that_stands": group_content(a_group(Cause.CLUSTER, "shop")),
    "group_by_chance_worse": replace(
        group_change(Reason.GOT_WORSE), group=a_group(Cause.COINCIDENCE, ""), counts=handled.MIXED
    ),
    "changes": ChangesContent(
        (change(Reason.GOT_WORSE, samples.LEDGER_BEHIND), change(Reason.RECOVERED, OVER[1])),
        ((Reason.GOT_WORSE, 4), (Reason.RECOVERED, 1), (Reason.NOT_WATCHED, 2)),
        NOW,
    ),
    "changes_all_told": ChangesContent((change(Reason.RECOVERED, OVER[0]),), ((Reason.RECOVERED, 1),), NOW),
    "changes_untold": ChangesContent((), ((Reason.RESOLVED_BY_HAND, 1),), NOW),
    "reminder": reminder(card(handled.STILL), Reason.STILL_FIRING),
    "reminder_that_nobody_has_it": reminder(card(handled.STILL), Reason.NOT_ACKNOWLEDGED),
    "reminder_for_whoever_has_it": reminder(
        card(replace(handled.STILL, handling=handled.TAKEN)), Reason.STILL_YOURS, BEN
    ),
    "reminder_of_a_group": reminder(group_content(), Reason.NOT_ACKNOWLEDGED),
    "reminder_of_a_group_taken_in_part": reminder(
        replace(
            group_content(), worst=(replace(handled.MEMBERS[0], handling=handled.GIVEN), *handled.MEMBERS[1:])
        ),
        Reason.NOT_ACKNOWLEDGED,
    ),
    "reminder_of_a_group_still": reminder(group_content(), Reason.STILL_FIRING),
    "reminder_after_a_silence": reminder(card(handled.STILL), Reason.SILENCE_OVER),
    "reminder_of_a_greeting": reminder(greeting(samples.LEDGER_BEHIND), Reason.STILL_FIRING),
    "reminder_that_nobody_has_all_of_a_greeting": reminder(
        greeting(samples.ORDERS_FAILED, replace(samples.LEDGER_BEHIND, handling=handled.SEEN)),
        Reason.NOT_ACKNOWLEDGED,
    ),
    "reminder_of_a_greeting_of_many": reminder(
        greeting(*MANY[:10], more=Counts(open=9000)), Reason.STILL_FIRING
    ),
    "reminder_of_a_greeting_untold": reminder(greeting(more=Counts(open=3)), Reason.STILL_FIRING),
    "act_acknowledged": ActContent(Reason.ACKNOWLEDGED, ANA, NOW),
    "act_taken_back": ActContent(Reason.UNACKNOWLEDGED, ANA, NOW),
    "act_assigned": ActContent(Reason.ASSIGNED, ANA, NOW, to=BEN, pings=True),
    "act_assigned_quietly": ActContent(Reason.ASSIGNED, ANA, NOW, to=BEN),
    "act_elsewhere": ActContent(Reason.ACKNOWLEDGED, ANA, NOW, about=STALLED),
    "act_taken": ActContent(Reason.ASSIGNED, ANA, NOW, to=ANA),
    "act_noted": ActContent(Reason.NOTED, handled.CAROL, NOW, "disk <!channel> replaced\n\nand *tested*"),
    "act_silenced": ActContent(Reason.SILENCED, ANA, NOW, "disk swap", silence=handled.QUIET),
    "act_silenced_a_group": ActContent(Reason.SILENCED, ANA, NOW, silence=handled.QUIET_GROUP),
    "act_silenced_untold": ActContent(Reason.SILENCED, ANA, NOW),
    "act_of_another_kind": ActContent(Reason.MOVED_ON, ANA, NOW),
    "silence_begins": SilenceContent(
        replace(handled.WINDOW, starts_at=NOW), Reason.SILENCE_STARTED, NOW, MANY[:3], 25
    ),
    "silence_begins_with_nothing": SilenceContent(handled.UNTIL_OVER, Reason.SILENCE_STARTED, NOW),
    "silence_over_and_still_burning": SilenceContent(
        handled.QUIET_SHOP, Reason.SILENCE_ENDED, NOW, MANY[:3], 25
    ),
    "silence_over_of_an_incident": SilenceContent(
        handled.UNTIL_OVER, Reason.SILENCE_ENDED, NOW, (samples.ORDERS_FAILED,), 1
    ),
    "silence_over_of_everything": SilenceContent(handled.WINDOW, Reason.SILENCE_ENDED, NOW, MANY[:2], 2),
    "silence_over_untold": SilenceContent(handled.WINDOW, Reason.SILENCE_ENDED, NOW, (), 2),
    "silence_begins_untold": SilenceContent(handled.WINDOW, Reason.SILENCE_STARTED, NOW, (), 1),
    "silence_over": SilenceContent(handled.ENDED, Reason.SILENCE_ENDED, NOW),
    "meanwhile": MeanwhileContent(OVER[::-1], 30, (handled.STORAGE,)),
    "meanwhile_one": MeanwhileContent(OVER[:1], 1),
}


def owed(content: Content, mentions: tuple[Mention, ...] = ()) -> Notification:
    return Notification(
        id=OutboxId("1"),
        message=MessageKey("incident/42"),
        channel=Channel("C1"),
        action=Action.POST,
        reason=Reason.FIRST_SEEN,
        content=content,
        created_at=NOW,
        mentions=mentions,
    )


@pytest.mark.parametrize("name", CONTENTS)
def test_an_announcement_looks_as_it_did(name: str) -> None:
    """An alert is rendered from its own content alone."""
    assert_golden(name, announcement(owed(CONTENTS[name]), SHANGHAI))


LINKS = Links(
    ocp={samples.PROD: Link("https://ocp.example.com/cluster/{id}?tab=backup&t={tenant}")},
    runbooks=(
        Runbook("Log backup | runbook", Link("https://wiki.example.com/{problem}/{cluster}?a=1&b=2")),
        Runbook("Not a web page", Link("javascript:{cluster}")),
    ),
)


@pytest.mark.parametrize("name", ["card_failed", "group", "card_over"])
def test_a_card_leads_to_ocp_and_to_the_runbooks_and_calls_people(name: str) -> None:
    """Only addresses of the web are links; whoever is mentioned stands in the first line."""
    message = announcement(owed(CONTENTS[name], MENTIONED), SHANGHAI, links=LINKS)
    assert_golden(f"{name}_with_links_and_mentions", message)


def test_an_address_in_ocp_that_is_none_is_left_out() -> None:
    links = Links(ocp={samples.PROD: Link("ftp://{cluster}")})
    message = announcement(owed(IncidentContent(STALLED, READ_AT)), links=links)
    assert "Open in OCP" not in str(message.blocks)


def test_what_was_written_when_it_was_born_stays_as_it_is() -> None:
    written = announcement(owed(CONTENTS["reminder"]))
    ready = ReadyContent(written.text, json.dumps(written.blocks))
    assert announcement(owed(ready)) == written


@pytest.mark.parametrize("reason", list(Reason))
def test_every_reason_has_its_words(reason: Reason) -> None:
    """No reason of a change, of a group or of an act is without a sentence."""
    for content in (
        change(reason, samples.LEDGER_BEHIND),
        group_change(reason),
        ActContent(reason, ANA, NOW, "words"),
        reminder(card(STALLED), reason),
    ):
        assert announcement(owed(content)).text.strip()
