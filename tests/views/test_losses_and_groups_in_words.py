"""What an alert says of a loss, of a group taken in part, and of what is no longer known: rule by rule."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.commands import ListIncidents
from bot.domain.evidence import BehindLimit, Grows, NotWatched, PausedFor, StatusBroken, StoodStill, StuckIn
from bot.domain.grouping import Cause
from bot.domain.handling import Assignment, Handling
from bot.domain.incident import Incident, IncidentNumber, cluster_subject, source_subject
from bot.domain.notification import (
    ChangeContent,
    ChangesContent,
    Counts,
    GreetingContent,
    GroupContent,
    MeanwhileContent,
    Reason,
)
from bot.domain.problem import Problem, Severity
from bot.views.change_reply import change_message
from bot.views.digest import DigestFacts, digest_message
from bot.views.greeting import greeting_message
from bot.views.group_card import group_lines, group_message
from bot.views.group_reply import changes_message
from bot.views.group_words import all_over, broken, kinds_words, look_at, look_first
from bot.views.happened import course
from bot.views.hints import Seen, hint
from bot.views.incident_card import incident_message, state_lines
from bot.views.incident_list import incident_list_message
from bot.views.meanwhile import meanwhile_message
from bot.views.no_longer_watched import last_seen
from bot.views.outcome import becomes
from bot.views.restorable import (
    BACKUPS_NOW,
    gap_lines,
    gap_lines_of,
    left_lost,
    restorable_lines,
    still_lost,
    title,
)
from bot.views.trouble import headline
from bot.views.wording import slack_time
from tests.views.handled_samples import ANA, BEN, GAP, MEMBERS, STALLED, a_group, card, group_content
from tests.views.view_samples import NOW, READ_AT, minutes

END = slack_time(GAP.end)
FAILED = replace(samples.ORDERS_FAILED, gap=GAP)
TITLE_OF_DROPPED = "pay/orders has lost log for good, take a full backup; it is no longer watched"
DROPPED = replace(samples.resolved(FAILED), because=NotWatched(timedelta(days=1)))
TAKEN = Handling(assigned=Assignment(BEN, BEN, NOW - minutes(5)))
OF_ANA = Handling(assigned=Assignment(ANA, ANA, NOW - minutes(5)))


def with_gaps(number: int, members: Sequence[Incident] = MEMBERS) -> tuple[Incident, ...]:
    """Give members of which the first so many have lost something."""
    return tuple(replace(one, gap=GAP) if place < number else one for place, one in enumerate(members))


def of_members(*members: Incident, problem: Problem = Problem.STALLED, hidden: int = 0) -> GroupContent:
    """Give a group of these members, and of so many that are not told."""
    number = len(members) + hidden
    group = a_group(Cause.DESTINATION, "file:///obbackup", problem=problem, total=number)
    return replace(group_content(group, Counts(number, problems=((problem, number),))), worst=members)


def text(content: GroupContent) -> str:
    return "\n".join(group_lines(content, UTC))


@pytest.mark.parametrize(
    ("incident", "said"),
    [
        pytest.param(FAILED, "pay/orders: log backup has failed, and log is lost for good", id="open"),
        pytest.param(
            samples.resolved(FAILED), "pay/orders has lost log for good, take a full backup", id="over"
        ),
        pytest.param(
            replace(FAILED, good_polls=1), "pay/orders has lost log for good, take a full backup", id="well"
        ),
        pytest.param(DROPPED, TITLE_OF_DROPPED, id="unwatched"),
        pytest.param(
            replace(handled.SOURCE_DOWN, gap=GAP), "OCP prod gives no answer", id="what cannot be read"
        ),
    ],
)
def test_a_title_with_a_loss_begins_with_whose_it_is(incident: Incident, said: str) -> None:
    """The times are in the next line: they would push the loss out of a phone's notification."""
    assert title(incident) == said


def test_a_loss_says_to_which_moments_no_restore_is_possible_and_what_makes_good_for_it() -> None:
    said = gap_lines(samples.resolved(FAILED), UTC)
    start = slack_time(GAP.start)
    assert said == [
        (
            f"*The log of {start} to {END} is lost for good: nothing after {start} can be restored "
            "until there is a newer full backup.* No live data is lost."
        ),
        f"Take a full backup of pay/orders now, unless one that began after {END} has finished.",
    ]


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        pytest.param({}, "What was written since {at} is not backed up either. If this lasts", id="broken"),
        pytest.param(
            {"problem": Problem.MISSING, "severity": Severity.WARNING},
            "What was written since {at} may not be backed up either.",
            id="not listed",
        ),
        pytest.param({"good_polls": 1}, "Backed up until {at}, apart from that.", id="well again"),
        pytest.param({"delay": None, "checkpoint": None}, "No live data is lost.", id="never read"),
    ],
)
def test_beside_a_loss_it_is_said_what_else_is_not_backed_up(facts: dict[str, Any], said: str) -> None:
    first = restorable_lines(replace(FAILED, **facts), READ_AT, UTC)[0]
    told = first.partition("until there is a newer full backup.* ")[2]
    assert said.format(at=slack_time(READ_AT - minutes(26))) in told
    assert ("If this lasts" in told) == (facts == {})


def test_what_is_no_longer_watched_is_not_called_mended() -> None:
    """Nobody knows whether it runs: a full backup would fail if it does not."""
    said = incident_message(card(DROPPED)).text + str(incident_message(card(DROPPED)).blocks)
    for told in (
        "OCP has not listed it for 1 d. When last seen it had failed, 26 min behind; it may still be broken.",
        (
            "Check that log backup of pay/orders runs: a full backup fails without it. "
            f"Then take a full backup, unless one that began after {END} has finished."
        ),
    ):
        assert told in said
    assert "well again" not in said


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        pytest.param({"good_polls": 1}, "When last seen it was well again.", id="it was well"),
        pytest.param({"delay": None}, "When last seen it had failed; it may still be broken.", id="no delay"),
        pytest.param(
            {"snapshot": replace(handled.SNAPSHOT, status="INTERRUPTED")},
            "When last seen it was interrupted, 26 min behind; it may still be broken.",
            id="interrupted",
        ),
        pytest.param(
            {"problem": Problem.MISSING},
            "When last asked, it was not listed: whether log backup runs is not known.",
            id="missing",
        ),
    ],
)
def test_how_it_was_when_last_seen(facts: dict[str, object], said: str) -> None:
    assert last_seen(replace(DROPPED, **facts)) == said  # type: ignore[arg-type]  # facts of a test


def test_who_has_what_is_left_to_do_is_told_after_the_end() -> None:
    def told(incident: Incident) -> str:
        return "\n".join(state_lines(card(replace(samples.resolved(incident), handling=TAKEN)), UTC))

    assert "Ben has it since" in told(FAILED)
    assert "Ben had it." in told(samples.ORDERS_FAILED)
    over = ChangeContent(None, replace(samples.resolved(FAILED), handling=TAKEN), Reason.RECOVERED, NOW)
    assert "Ben has it since" in change_message(over).text


@pytest.mark.parametrize(
    ("reason", "number"),
    [
        (Reason.RECOVERED, "(well again, incident 42)"),
        (Reason.RESOLVED_BY_HAND, "(called over by hand, incident 42)"),
        (Reason.NEW_NORMAL, "(this is normal now, incident 42)"),
        (Reason.MOVED_ON, "(incident 42)"),
    ],
)
def test_a_reply_with_a_loss_says_beside_the_number_how_it_ended(reason: Reason, number: str) -> None:
    said = change_message(ChangeContent(None, samples.resolved(FAILED), reason, NOW)).text
    assert said.startswith(f"🟠 pay/orders has lost log for good, take a full backup {number}\n")


def test_every_list_marks_what_has_lost_log() -> None:
    """A loss lasts, whatever a task does now."""
    mark = " · *log lost for good*"
    greeting = GreetingContent(samples.PROD, 3, 48, timedelta(seconds=30), (FAILED,), READ_AT)
    facts = DigestFacts(NOW - timedelta(days=1), NOW, still_open=(FAILED,))
    over = samples.resolved(replace(FAILED, number=IncidentNumber(43)))
    listed = incident_list_message(ListIncidents(), (FAILED, over), now=NOW)
    assert mark in greeting_message(greeting).text
    assert mark in digest_message(facts).text
    assert str(listed.blocks).count(mark) == len((FAILED, over))


def test_a_member_that_nobody_watches_any_more_is_not_called_over() -> None:
    unwatched = replace(DROPPED, gap=None)
    assert "⚪ *pay/orders* is no longer watched · incident 42" in text(of_members(MEMBERS[0], unwatched))
    assert incident_message(card(DROPPED)).text.endswith("is no longer watched (incident 42)")


def test_what_broke_again_says_since_when_and_how_often() -> None:
    def told(times: int) -> str:
        return state_lines(card(replace(samples.ORDERS_FAILED, reopened=times)), UTC)[1]

    assert "25 min ago, and broke again since then. " in told(1)
    assert "25 min ago, and broke again 2 times since then. " in told(2)


def test_what_to_look_at_comes_before_what_it_comes_to() -> None:
    """A phone shows the beginning: the facts, the error, where to look; a loss that is there is a fact."""
    said = str(incident_message(card(samples.ORDERS_FAILED, error="no space left")).blocks)
    order = ("Backed up until", "no space left", "Look at:", "If this lasts until")
    assert sorted(order, key=said.index) == list(order)
    lost = str(incident_message(card(replace(samples.ORDERS_FAILED, gap=handled.GAP), error="none")).blocks)
    assert lost.index("is lost for good: nothing after") < lost.index("Look at:")


def test_what_is_paused_is_at_risk_even_as_a_warning() -> None:
    paused = replace(handled.of_problem(Problem.PAUSED), because=PausedFor("SUSPENDED", minutes(180)))
    said = str(incident_message(card(paused)).blocks)
    assert paused.severity is Severity.WARNING
    assert "Paused by a command (SUSPENDED)." in said
    assert "a database set to wait for the backup stops taking writes instead" in said
    group = handled.paused_together()
    mild = replace(group, group=replace(group.group, severity=Severity.WARNING))
    assert "a database set to wait for the backup stops taking writes instead" in text(mild)
    assert "are paused since" in text(mild)
    assert ": ask first who paused them*" in text(mild)


@pytest.mark.parametrize(
    ("reported", "said"),
    [
        ("STOPPING", ": somebody is stopping log backup, and nothing is backed up after that"),
        ("suspending", ": somebody is pausing log backup, and nothing is backed up after that"),
        ("STARTING", ""),
    ],
)
def test_what_is_stuck_on_its_way_to_a_stop_will_be_off(reported: str, said: str) -> None:
    assert becomes(reported) == said
    assert hint(Seen(Problem.STUCK, reported)).look_at.startswith("who is stopping it, and ") == bool(said)
    stuck = replace(handled.of_problem(Problem.STUCK), because=StuckIn(reported, minutes(22)))
    assert said in "\n".join(state_lines(card(stuck), UTC))


@pytest.mark.parametrize(
    ("trend", "said"),
    [
        ((900, 1800), "The delay still grows."),
        ((3000, 1800), "The delay gets shorter."),
        ((1750, 1800), "The delay stays about the same."),
        ((None, 1800), ""),
        ((1800, None), ""),
        ((1800,), ""),
        ((), ""),
    ],
)
def test_what_is_behind_says_whether_it_still_grows(trend: tuple[int | None, ...], said: str) -> None:
    """By more than a task's own teeth, and only where the trend shows it."""
    behind = replace(samples.LEDGER_BEHIND, snapshot=replace(handled.SNAPSHOT, trend=trend))
    assert course(behind) == said
    assert course(replace(behind, snapshot=None)) == ""
    if said:
        unsure = replace(behind, because=BehindLimit(minutes(41), minutes(30), learned=False))
        assert f"the limit is a wide one. {said}" in "\n".join(state_lines(card(unsure), UTC))


@pytest.mark.parametrize(
    ("because", "said"),
    [
        pytest.param(
            StoodStill(minutes(40), None, minutes(41), minutes(30)),
            f"over the limit of 30 min (critical) since {slack_time(READ_AT - minutes(11))}",
            id="what stands still passed it as the clock goes",
        ),
        pytest.param(
            Grows(minutes(20), minutes(25), minutes(2), minutes(41), minutes(30), pace=0.5),
            f"over the limit of 30 min (critical) since about {slack_time(READ_AT - minutes(22))}",
            id="what grows by its pace",
        ),
        pytest.param(
            Grows(minutes(1), minutes(25), minutes(2), minutes(41), minutes(30), pace=0.9),
            "over the limit of 30 min (critical)",
            id="not before the trouble",
        ),
        pytest.param(
            Grows(minutes(1), minutes(25), minutes(2), minutes(41), minutes(30), pace=1.0),
            "over the limit of 30 min (critical)",
            id="not without a pace",
        ),
    ],
)
def test_since_when_a_limit_is_passed(because: StoodStill | Grows, said: str) -> None:
    broken_ = replace(STALLED, because=because, delay=minutes(41), since=READ_AT - minutes(40), snapshot=None)
    (told,) = [one for one in state_lines(card(broken_), UTC) if one.startswith("Delay")]
    assert told == f"Delay *41 min* · {said}"


def test_a_stop_after_a_slow_time_is_told_apart_from_it() -> None:
    slow = replace(STALLED, since=NOW - minutes(40))
    said = state_lines(card(slow), UTC)[1]
    begun, stopped = slack_time(slow.since), slack_time(READ_AT - minutes(9))
    assert said == (
        f"Not well since {begun} (39 min); nothing shipped since {stopped} (9 min), normally every 2 min."
    )
    again = state_lines(card(replace(slow, reopened=1)), UTC)[1]
    assert again.endswith(f"Nothing has been shipped since {stopped}, for 9 min; normally every 2 min.")
    unknown = replace(slow, because=StoodStill(minutes(9), None, minutes(11), minutes(30)))
    assert state_lines(card(unknown), UTC)[1].endswith("(9 min).")


def test_a_cluster_without_a_task_does_not_read_as_a_state() -> None:
    empty = samples.odd_clusters().incidents[0]
    assert headline(empty) == "Log backup of cluster empty is no longer listed"
    assert headline(samples.resolved(empty)) == "Log backup is well again: cluster empty"
    said = "\n".join(state_lines(card(empty), UTC))
    assert "what was written later may not be backed up." in said


def test_of_what_is_not_listed_nobody_says_that_it_cannot_be_restored() -> None:
    missing = [replace(one, problem=Problem.MISSING) for one in MEMBERS[:3]]
    assert "may not be backed up. If this lasts" in text(of_members(*missing, problem=Problem.MISSING))


def test_a_group_that_has_lost_log_says_so_in_its_headline_and_counts_the_others() -> None:
    content = of_members(*with_gaps(1))
    said = group_message(content).text
    assert said.startswith(
        "🔴 Log of shop/t00 is lost for good; 12 of 12 tasks that write to file:///obbackup"
    )
    assert ": look at the storage first (critical" in said
    lines = text(content)
    assert "What the tenants of the other 11 tasks wrote since" in lines
    assert (
        "Get log backup of shop/t00 running first: a full backup fails without it. Then take a full backup."
        in lines
    )
    assert "for 25 min · *log lost for good* · incident 100" in lines
    assert "*shop/t01* has stopped, 27 min behind, for 25 min · incident 101" in lines


@pytest.mark.parametrize(
    ("number", "others"),
    [(11, "What the tenant of the other task wrote"), (12, None)],
)
def test_who_waits_for_their_backup_beside_those_with_a_gap(number: int, others: str | None) -> None:
    lines = [one for one in group_lines(of_members(*with_gaps(number)), UTC) if one.startswith("What the")]
    assert [one.startswith(others or "") for one in lines] == ([] if others is None else [True])


@pytest.mark.parametrize(
    ("gaps", "members", "still", "left"),
    [
        (0, 12, "", ""),
        (1, 12, "log of shop/t00 is lost for good", "shop/t00 has lost log for good, take a full backup"),
        (
            3,
            12,
            "log of 3 tasks is lost for good",
            "3 tasks have lost log for good, take a full backup of each",
        ),
        (
            12,
            30,
            "log of at least 12 tasks is lost for good",
            "At least 12 tasks have lost log for good, take a full backup of each",
        ),
        (
            3,
            30,
            "log of at least 3 tasks is lost for good",
            "3 tasks have lost log for good, take a full backup of each",
        ),
    ],
)
def test_how_many_have_lost_log(gaps: int, members: int, still: str, left: str) -> None:
    """Of a group that is over those with a loss are told first: where others are told, that is all."""
    assert still_lost(with_gaps(gaps), members) == still
    assert left_lost(with_gaps(gaps), members) == left


def test_a_loss_of_the_only_member_that_is_told_may_not_be_the_only_one() -> None:
    assert (
        left_lost(with_gaps(1)[:1], 3) == "At least 1 task has lost log for good, take a full backup of each"
    )


def test_what_several_have_to_do_about_their_gaps() -> None:
    over = [samples.resolved(one) for one in with_gaps(2)[:2]]
    unwatched = replace(over[0], because=NotWatched())
    assert BACKUPS_NOW in str(gap_lines_of(over, UTC))
    assert "Get log backup running first where it does not run" in str(
        gap_lines_of([over[1], unwatched], UTC)
    )
    assert "Check that log backup of shop/t00 runs" in str(gap_lines_of([unwatched], UTC))
    assert gap_lines_of([replace(over[0], gap=None)], UTC) == []


def test_what_began_and_ended_meanwhile_says_its_loss_at_once() -> None:
    lost = samples.resolved(FAILED)
    said = meanwhile_message(MeanwhileContent((lost,), 3)).text.split("\n")
    assert said[0].startswith(
        "🟠 At least 1 task has lost log for good, take a full backup of each. While the"
    )
    assert said[1].startswith("pay/orders: *the log of ")
    assert said[3].endswith("(critical) · *log lost for good* · incident 42")
    assert meanwhile_message(MeanwhileContent((), 3)).text.startswith("🟢 While the bot could not post here")
    change = ChangeContent(None, lost, Reason.RECOVERED, NOW)
    told = changes_message(ChangesContent((change,), ((Reason.RECOVERED, 1),), NOW)).text.split("\n")
    assert told[0] == "🟠 1 incident is over; log of pay/orders is lost for good"
    assert told[1].endswith("take a full backup · well again, incident 42")


@pytest.mark.parametrize(
    ("holders", "hidden", "said"),
    [
        ((), 0, "Nobody has taken it yet: Acknowledge stops reminding everybody."),
        ((TAKEN,), 0, "Nobody has the group; Ben has 1 of them."),
        ((TAKEN,), 9, "Nobody has the group; Ben has at least 1 of them."),
        ((OF_ANA, TAKEN, TAKEN), 0, "Nobody has the group; Ben has 2 of them, Ana Lima has 1 of them."),
    ],
)
def test_who_has_how_much_of_a_group(holders: tuple[Handling, ...], hidden: int, said: str) -> None:
    members = [
        replace(one, handling=holders[place]) if place < len(holders) else one
        for place, one in enumerate(MEMBERS)
    ]
    assert said in group_lines(of_members(*members, hidden=hidden), UTC)


@pytest.mark.parametrize(("others", "said"), [(1, "1 other has some, too"), (2, "2 others have some, too")])
def test_very_many_holders_are_counted(others: int, said: str) -> None:
    people = [replace(BEN, id=f"U{place}", name=f"P{place}") for place in range(2 + others)]  # type: ignore[arg-type]  # an id of a test
    members = [
        replace(one, handling=Handling(assigned=Assignment(who, who, NOW)))
        for one, who in zip(MEMBERS, people, strict=False)
    ]
    assert said in text(of_members(*members))


def test_the_end_of_a_groups_silence_and_those_that_are_still_silenced_do_not_contradict() -> None:
    def told(silenced: int) -> str:
        counts = Counts(12, silenced=silenced, problems=((Problem.STALLED, 12),))
        return text(group_content(counts=counts, was_silenced=True))

    assert "The silence of the group has ended; 2 of them are still silenced one by one." in told(2)
    assert "The silence of the group has ended; 1 of them is still silenced one by one." in told(1)
    assert "The silence of the group has ended, and it is still not over." in told(0)


def interrupted(one: Incident) -> Incident:
    return replace(one, problem=Problem.FAILED, because=StatusBroken("INTERRUPTED"))


def failed(one: Incident) -> Incident:
    return replace(
        one, problem=Problem.FAILED, because=StatusBroken("FAILED", "out of <!here> space, ret=-9082")
    )


def test_the_headline_names_every_kind_that_the_list_has() -> None:
    members = (failed(MEMBERS[0]), interrupted(MEMBERS[1]), *MEMBERS[2:])
    kinds = ((Problem.FAILED, 2), (Problem.STALLED, 10))
    assert kinds_words(kinds, members) == "1 failed, 1 interrupted, 10 stopped"
    assert kinds_words(((Problem.FAILED, 5),), members) == "5 failed or interrupted"
    assert kinds_words(((Problem.FAILED, 5),)) == "5 failed"
    content = replace(group_content(counts=Counts(12, problems=kinds)), worst=members)
    assert "are in trouble (1 failed, 1 interrupted, 10 stopped) since" in group_message(content).text


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ((interrupted(MEMBERS[0]),), "is interrupted"),
        (tuple(map(interrupted, MEMBERS[:3])), "are interrupted"),
        ((failed(MEMBERS[0]), interrupted(MEMBERS[1])), "have failed or are interrupted"),
        ((failed(MEMBERS[0]), failed(MEMBERS[1])), "have failed"),
    ],
)
def test_what_was_interrupted_is_called_so(members: tuple[Incident, ...], said: str) -> None:
    content = of_members(*members, problem=Problem.FAILED)
    assert broken(content.group, content.counts, members).endswith(f"file:///obbackup {said}")


def test_an_error_that_many_have_stands_in_the_headline_as_it_came_and_harmless() -> None:
    group = a_group(Cause.ERROR, "out of <!here> space, ret=#", problem=Problem.FAILED)
    counts = Counts(12, problems=((Problem.FAILED, 12),))
    drawn = group_message(GroupContent(group, tuple(map(failed, MEMBERS)), counts, READ_AT))
    assert 'the error "out of &lt;!here&gt; space, ret=-9082" have failed since' in drawn.text
    assert "ret=#" not in str(drawn.blocks)
    assert "look at the error" not in drawn.text
    assert drawn.blocks[1]["type"] == "rich_text"
    newer = replace(MEMBERS[0], snapshot=replace(handled.SNAPSHOT, error="no space left"))
    assert 'the error "no space left"' in broken(group, counts, [newer])
    unknown = group_message(GroupContent(group, MEMBERS, counts, READ_AT))
    assert "ret=#" not in str(unknown.blocks)
    assert look_first(group) == "look at the error first"
    assert look_at(group) == "Look at: what the error below says; all of them report it"


def test_what_broke_by_chance_names_where_to_begin() -> None:
    group = a_group(Cause.COINCIDENCE, "")
    assert look_first(group, MEMBERS) == "look at shop/t00 first"
    assert look_first(group) == "look at the worst first"


def test_an_ocp_that_gives_no_answer_is_what_the_group_is_about() -> None:
    content = handled.unread_together()
    drawn = group_message(replace(content, counts=replace(content.counts, open=8)))
    assert drawn.text.startswith(
        "🔴 OCP prod gives no answer about 8 of 12 clusters: nothing is known of log"
    )
    assert "…and 5 more of which nothing is known." in str(drawn.blocks)
    assert f"As of {slack_time(READ_AT)}" in str(drawn.blocks)
    last = (content.worst[0], *map(samples.resolved, content.worst[1:]))
    assert look_first(content.group, last) == "look at that OCP first"
    over = all_over(content.group, Counts(over=3))
    assert over == "Over: OCP prod answers again about 3 clusters"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (Counts(over=12, unwatched=12), "are no longer watched and may still be broken*  group 50"),
        (Counts(over=12, unwatched=2), "2 of them are no longer watched and may still be broken."),
        (Counts(over=1, unwatched=1), "/obbackup is no longer watched and may still be broken*  group 50"),
    ],
)
def test_of_what_is_no_longer_watched_a_group_claims_nothing(counts: Counts, said: str) -> None:
    over = a_group(Cause.DESTINATION, "file:///obbackup", over=True)
    assert said in text(replace(group_content(over, counts), worst=tuple(map(samples.resolved, MEMBERS))))


LATER = replace(handled.SNAPSHOT, read_at=READ_AT + minutes(9))


@pytest.mark.parametrize(
    ("gone", "said"),
    [
        pytest.param(
            (DROPPED,),
            f"backed up until {slack_time(DROPPED.checkpoint or NOW)}. Ask whether it was",
            id="one",
        ),
        pytest.param((DROPPED, DROPPED), "When last seen, backed up until", id="several alike"),
        pytest.param(
            (DROPPED, replace(DROPPED, snapshot=LATER)), "some were only backed up until", id="several"
        ),
        pytest.param(
            (replace(DROPPED, because=NotWatched()),) * 2,
            f"{slack_time(DROPPED.checkpoint or NOW)}.\n",
            id="left out",
        ),
        pytest.param(
            (replace(DROPPED, checkpoint=None),) * 2, "\nAsk whether they were removed", id="unread"
        ),
        pytest.param(
            (replace(DROPPED, checkpoint=None, because=NotWatched()),),
            "group 50\nIt lasted",
            id="nothing known",
        ),
    ],
)
def test_of_what_is_no_longer_watched_it_is_told_how_far_it_got_and_whom_to_ask(
    gone: tuple[Incident, ...], said: str
) -> None:
    """What the settings leave out was left out on purpose."""
    gone = tuple(replace(one, gap=None) for one in gone)
    over = a_group(Cause.DESTINATION, "file:///obbackup", over=True)
    counts = Counts(over=len(gone), unwatched=len(gone))
    assert said in text(replace(group_content(over, counts), worst=gone))


def test_tasks_that_are_well_again_for_now_are_not_counted_among_the_broken() -> None:
    well = replace(MEMBERS[0], good_polls=1)

    def told(counts: Counts, *worst: Incident) -> str:
        return text(replace(group_content(counts=counts), worst=worst))

    stopped = ((Problem.STALLED, 7),)
    assert "…and 6 more in trouble, 2 recovering." in told(
        Counts(9, 3, problems=stopped, recovering=2), MEMBERS[1]
    )
    assert "Of the 12 incidents here, 2 are recovering and 3 are well again." in told(
        Counts(9, 3, problems=stopped, recovering=2), MEMBERS[1]
    )
    all_well = told(Counts(3, recovering=3), well)
    assert all_well.startswith("🟢 *3 of 12 tasks that write to file:///obbackup are recovering*  group 50")
    assert "It closes if that lasts; there is nothing to do." in all_well
    assert "…and 2 more recovering." in all_well
    torn = told(Counts(1, recovering=1), replace(well, gap=GAP))
    assert torn.startswith("🟠 *Log of shop/t00 is lost for good; 1 of 12 tasks")
    assert "Nobody has taken it yet" in torn


def test_how_far_some_are_backed_up_may_not_be_known() -> None:
    dark = replace(MEMBERS[0], delay=None, checkpoint=None)
    assert "How far it is backed up is not known." in text(of_members(dark))
    assert "How far they are backed up is not known." in text(of_members(dark, dark))
    assert "How far 1 of them got is not known." in text(of_members(dark, MEMBERS[1]))


@pytest.mark.parametrize(
    ("incidents", "said"),
    [
        pytest.param(MEMBERS[:2], "2 tasks of cluster shop are broken already", id="one cluster"),
        pytest.param(MEMBERS[:1], "1 task is broken already", id="one task"),
        pytest.param((MEMBERS[0], samples.ORDERS_FAILED), "2 tasks are broken already", id="two clusters"),
        pytest.param(
            (
                replace(MEMBERS[0], subject=cluster_subject(samples.PROD, samples.SHOP.id, "shop")),
                replace(MEMBERS[1], subject=source_subject(samples.PROD)),
            ),
            "2 are broken already",
            id="no tasks",
        ),
    ],
)
def test_a_greeting_says_at_once_how_many_are_broken(incidents: tuple[Incident, ...], said: str) -> None:
    content = GreetingContent(samples.PROD, 3, 48, timedelta(seconds=30), incidents, READ_AT)
    assert greeting_message(content).text.startswith(f"🔴 {said}. Now watching log backup of OCP prod: ")
