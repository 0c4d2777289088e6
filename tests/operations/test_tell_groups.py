"""What breaks together is told together, when something that the tasks share explains it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.grouping import Cause, Group
from bot.domain.handling import Actor, Handling, UserId
from bot.domain.incident import Change
from bot.domain.naming import Scope
from bot.domain.notification import Action, GroupChangeContent, GroupContent, Reason
from bot.domain.posts import Channel, MessageKey, group_message, incident_message
from bot.domain.problem import Problem
from bot.domain.routing import Reminders, Route, Selector
from bot.domain.task import Cluster, ClusterId, Task
from bot.errors import SourceTimeout
from tests.fakes.listed_source import PAY, PROD, SHOP, Rows, task, teeth
from tests.operations.operations_stage import ALERTS, POLL, Stage, both, broken, shown, well

MINUTE = timedelta(minutes=1)
MANY = tuple(f"t{number}" for number in range(12))
ANA = Actor(UserId("U1"), "Ana")


def at_home(
    *tenants: str, cluster: Cluster = PAY, since: datetime | None = None, path: str = "nfs://a/b"
) -> Rows:
    """Give rows that write to a path of their own; those ``since`` are broken."""

    def rows(at: datetime) -> list[Task]:
        checkpoint = teeth(at) if since is None else since
        status = "RUNNING" if since is None else "FAILED"
        return [
            task(tenant, cluster=cluster, destination=path, checkpoint=checkpoint, status=status)
            for tenant in tenants
        ]

    return rows


async def begun(*tenants: str) -> Stage:
    """Set a stage on which all is well, and was greeted."""
    stage = Stage()
    stage.source.rows[PAY] = well(*(tenants or MANY))
    await stage.poll()
    return stage


async def groups_of(stage: Stage) -> Sequence[Group]:
    return await stage.store.groups(still_open=True)


async def test_tasks_that_break_together_on_one_storage_are_one_message() -> None:
    stage = await begun()
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    changes = await stage.changes()
    assert [change for _, change in changes] == [Change.OPENED] * 12
    _, alert = stage.parents()
    said = shown(alert)
    assert "12 of 12 tasks that write to file:///obbackup" in said
    assert "look at the storage first" in said
    (group,) = await groups_of(stage)
    assert group.trait.cause is Cause.DESTINATION
    post = await stage.store.post(group_message(group.number), ALERTS)
    assert post is not None
    assert len(post.members) == 12
    for number in post.members:
        trail = [entry.what for entry in await stage.store.audit(number)]
        assert trail == ["opened", Reason.GROUPED.value], "each is findable and its own history complete"
    assert group.number not in post.members


async def test_a_group_speaks_again_only_when_it_really_gets_worse_and_when_it_is_over() -> None:
    stage = await begun()
    since = stage.clock.now()
    stage.source.rows[PAY] = both(broken(*MANY[:6], since=since), well(*MANY[6:]))
    await stage.poll()
    _, alert = stage.parents()
    stage.source.rows[PAY] = both(broken(*MANY[:7], since=since), well(*MANY[7:]))
    await stage.poll()
    assert stage.parents()[1:] == [alert], "a seventh joins by an edit"
    assert stage.replies(alert) == []
    assert "7 of 12" in shown(alert)
    stage.source.rows[PAY] = broken(*MANY, since=since)
    await stage.poll()
    assert stage.replies(alert) == [], "five more are no other trouble than seven"
    assert "12 of 12" in shown(alert)
    stage.source.rows[PAY] = both(well(*MANY[:11]), broken(MANY[11], since=since))
    await stage.poll()
    assert "1 of 12" in shown(alert), "eleven are well again, be it for a poll"
    await stage.poll(7)
    assert stage.replies(alert) == []
    stage.source.rows[PAY] = well(*MANY)
    await stage.poll(8)
    assert len(stage.replies(alert)) == 1
    assert not stage.replies(alert)[-1].broadcast
    assert "well again" in shown(alert)
    assert await groups_of(stage) == ()


async def test_a_group_that_doubles_and_is_joined_by_many_is_worse() -> None:
    many = tuple(f"t{number}" for number in range(30))
    stage = await begun(*many)
    since = stage.clock.now()
    stage.source.rows[PAY] = both(broken(*many[:15], since=since), well(*many[15:]))
    await stage.poll()
    _, alert = stage.parents()
    stage.source.rows[PAY] = broken(*many, since=since)
    await stage.poll()
    (worse,) = stage.replies(alert)
    assert worse.message.text.startswith("🔴 Worse: 30 of 30 tasks")
    assert "Before: 15 broken, at worst failed (critical)." in worse.message.text
    assert worse.broadcast


async def alone_and_over(stage: Stage) -> MessageKey:
    """Let one task break alone and be well again; give the key of its message."""
    stage.source.rows[PAY] = both(broken(MANY[0], since=stage.clock.now()), well(*MANY[1:]))
    await stage.poll()
    stage.source.rows[PAY] = well(*MANY)
    await stage.poll(8)
    (number,) = stage.memory.tables.incidents
    return incident_message(number)


async def test_one_that_comes_back_with_others_is_told_by_their_group() -> None:
    stage = await begun()
    key = await alone_and_over(stage)
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    await stage.poll(2)
    (group,) = await groups_of(stage)
    own = stage.memory.tables.posts[key, ALERTS]
    assert own.joined == group.number
    post = await stage.store.post(group_message(group.number), ALERTS)
    assert post is not None
    assert len(post.members) == 12


async def test_one_that_comes_back_joins_the_group_that_is_there() -> None:
    stage = await begun()
    key = await alone_and_over(stage)
    since = stage.clock.now()
    stage.source.rows[PAY] = both(broken(*MANY[1:], since=since), well(MANY[0]))
    await stage.poll()
    (group,) = await groups_of(stage)
    _, alone, _ = stage.parents()
    before = stage.replies(alone)
    stage.source.rows[PAY] = broken(*MANY, since=since)
    await stage.poll()
    assert stage.memory.tables.posts[key, ALERTS].joined == group.number
    post = await stage.store.post(group_message(group.number), ALERTS)
    assert post is not None
    assert len(post.members) == 12
    assert stage.replies(alone) == before, "the group speaks for it"
    assert f"Part of group {group.number}" in str(alone.edits[-1].blocks)


async def test_one_that_comes_back_to_its_group_is_not_told_twice() -> None:
    stage = await begun()
    await alone_and_over(stage)
    since = stage.clock.now()
    stage.source.rows[PAY] = broken(*MANY, since=since)
    await stage.poll()
    stage.source.rows[PAY] = both(broken(*MANY[1:], since=since), well(MANY[0]))
    await stage.poll(8)
    stage.source.rows[PAY] = broken(*MANY, since=since)
    await stage.poll()
    (group,) = await groups_of(stage)
    post = await stage.store.post(group_message(group.number), ALERTS)
    assert post is not None
    assert len(post.members) == 12


async def test_a_group_that_comes_back_goes_on_in_its_thread() -> None:
    stage = await begun()
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    await stage.poll()
    _, alert = stage.parents()
    stage.source.rows[PAY] = well(*MANY)
    await stage.poll(8)
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    await stage.poll(2)
    assert len(stage.parents()) == 2
    back = stage.replies(alert)[-1]
    assert back.broadcast
    assert await groups_of(stage) != ()
    (number,) = {post.group for post in stage.memory.tables.posts.values() if post.group}
    trail = [entry.what for entry in await stage.store.audit(number)]
    assert trail == [Reason.GROUPED.value, Reason.RECOVERED.value, Reason.CAME_BACK.value]


async def test_less_than_three_or_less_than_half_of_those_that_share_it_stand_alone() -> None:
    stage = await begun()
    stage.source.rows[PAY] = both(broken(*MANY[:2], since=stage.clock.now()), well(*MANY[2:]))
    await stage.poll()
    assert len(stage.parents()) == 3
    stage = await begun()
    stage.source.rows[PAY] = both(broken(*MANY[:5], since=stage.clock.now()), well(*MANY[5:]))
    await stage.poll()
    assert len(stage.parents()) == 6
    assert await groups_of(stage) == ()


async def test_one_told_just_before_joins_the_group_that_it_turns_out_to_belong_to() -> None:
    stage = await begun("a", "b", "c", "d")
    since = stage.clock.now()
    stage.source.rows[PAY] = both(broken("a", since=since), well("b", "c", "d"))
    await stage.poll()
    first = stage.parents()[1]
    stage.source.rows[PAY] = both(broken("a", "b", "c", since=since), well("d"))
    await stage.poll()
    (group,) = await groups_of(stage)
    assert len(stage.parents()) == 3
    assert f"Part of group {group.number}" in str(first.edits[-1].blocks)
    stage.source.rows[PAY] = well("a", "b", "c", "d")
    await stage.poll(8)
    assert stage.replies(first) == [], "the group speaks for it"
    assert "well again" in shown(first)


async def test_one_that_broke_long_before_stays_alone() -> None:
    stage = await begun("a", "b", "c", "d")
    since = stage.clock.now()
    stage.source.rows[PAY] = both(broken("a", since=since), well("b", "c", "d"))
    await stage.poll(6)
    stage.source.rows[PAY] = both(
        broken("a", since=since), broken("b", "c", since=stage.clock.now()), well("d")
    )
    await stage.poll()
    assert await groups_of(stage) == ()
    assert len(stage.parents()) == 4


async def test_a_file_path_joins_clusters_only_where_the_symptom_is_the_same() -> None:
    stage = await begun("a", "b")
    stage.source.rows[SHOP] = well("c", "d", cluster=SHOP)
    await stage.poll(12)
    since = stage.clock.now()
    stage.source.rows[PAY] = broken("a", "b", since=since)
    stage.source.rows[SHOP] = lambda _: []
    await stage.poll(4)
    assert await groups_of(stage) == ()
    stage.source.rows[PAY] = well("a", "b")
    stage.source.rows[SHOP] = well("c", "d", cluster=SHOP)
    await stage.poll(200)
    since = stage.clock.now()
    stage.source.rows[PAY] = broken("a", "b", since=since)
    stage.source.rows[SHOP] = broken("c", "d", since=since, cluster=SHOP)
    await stage.poll()
    (group,) = await groups_of(stage)
    assert group.trait.symptom is Problem.FAILED


async def test_an_open_group_takes_in_what_shares_its_path_by_the_same_symptom_alone() -> None:
    stage = await begun("a", "b", "c")
    stage.source.rows[SHOP] = well("x", "y", cluster=SHOP)
    await stage.poll(12)
    since = stage.clock.now()
    stage.source.rows[PAY] = broken("a", "b", "c", since=since)
    await stage.poll()
    (group,) = await groups_of(stage)
    stage.source.rows[SHOP] = both(
        broken("x", since=since, cluster=SHOP),
        lambda at: [task("y", cluster=SHOP, checkpoint=at - 20 * MINUTE)],
    )
    await stage.poll(6)
    post = await stage.store.post(group_message(group.number), ALERTS)
    assert post is not None
    named = {(await stage.incident(number)).subject.name for number in post.members}
    assert named == {"pay/a", "pay/b", "pay/c", "shop/x"}
    assert len(stage.parents()) == 3, "the one that lags has a message of its own"


def on_server(server: str, *tenants: str, since: datetime | None = None, status: str = "FAILED") -> Rows:
    """Give rows of tasks of one server that write to the storage all share; those ``since`` are broken."""

    def rows(at: datetime) -> list[Task]:
        return [
            replace(
                task(
                    tenant,
                    checkpoint=teeth(at) if since is None else since,
                    status="RUNNING" if since is None else status,
                ),
                agent_server=server,
            )
            for tenant in tenants
        ]

    return rows


async def told_one_after_the_other(stage: Stage) -> None:
    """Break the four tasks of one server, then some of the eight others that share their storage alone."""
    stage.source.rows[PAY] = both(on_server("10.0.0.1", *MANY[:4]), on_server("10.0.0.2", *MANY[4:]))
    await stage.poll()
    since = stage.clock.now()
    stage.source.rows[PAY] = both(
        on_server("10.0.0.1", *MANY[:4], since=since), on_server("10.0.0.2", *MANY[4:])
    )
    await stage.poll()
    (group,) = await groups_of(stage)
    assert (group.trait.cause, group.total) == (Cause.AGENT, 4)
    assert "4 of 4 tasks of the backup agent on 10.0.0.1" in shown(stage.parents()[1])


def four_then_others(since: datetime, broken_by_now: int) -> Rows:
    """Give the four of one server, which broke a poll ago, and so many in all as are broken by now."""
    return both(
        on_server("10.0.0.1", *MANY[:4], since=since - POLL),
        on_server("10.0.0.2", *MANY[4:broken_by_now], since=since),
        on_server("10.0.0.2", *MANY[broken_by_now:]),
    )


async def test_a_group_takes_on_the_larger_cause_that_it_turns_out_to_have() -> None:
    """The storage of twelve tasks, not the server of the four that broke first."""
    stage = await begun()
    await told_one_after_the_other(stage)
    since = stage.clock.now()
    stage.source.rows[PAY] = four_then_others(since, 7)
    await stage.poll()
    (group,) = await groups_of(stage)
    assert (group.trait.cause, group.total) == (Cause.DESTINATION, 12)
    _, alert = stage.parents()
    assert "7 of 12 tasks that write to file:///obbackup" in shown(alert)
    assert "look at the storage first" in shown(alert)
    trail = await stage.store.audit(group.number)
    assert [entry.sentence for entry in trail] == [
        "4 of 4 broke together. Likely the backup agent on 10.0.0.1: it is what they share.",
        "3 more broke. Likely the storage: they all write to file:///obbackup.",
    ]
    stage.source.rows[PAY] = four_then_others(since, 8)
    await stage.poll()
    assert len(stage.parents()) == 2, "whoever breaks later joins"
    trail = await stage.store.audit(group.number)
    assert trail[-1].sentence == "1 more broke and joined."


async def test_what_joins_a_larger_cause_in_one_channel_is_told_in_another_at_once() -> None:
    stage = await begun()
    pair, pair_id = Channel("pair"), Channel("C00000002")
    stage.messenger.names["pair"] = pair_id
    both_of_them = (Route(pair, Selector(Scope(tenant=one)), continues=True) for one in ("t5", "t6"))
    stage.routes = (*both_of_them, Route(ALERTS))
    await told_one_after_the_other(stage)
    since = stage.clock.now()
    stage.source.rows[PAY] = four_then_others(since, 7)
    await stage.poll()
    (group,) = await groups_of(stage)
    assert group.trait.cause is Cause.DESTINATION
    told = [shown(one) for one in stage.parents(pair_id)]
    assert len(told) == 2
    assert all("has failed" in one for one in told)


async def test_those_told_alone_meanwhile_join_the_larger_cause() -> None:
    stage = await begun()
    await told_one_after_the_other(stage)
    since = stage.clock.now()
    for broken_by_now in (5, 6, 7):
        stage.source.rows[PAY] = both(
            on_server("10.0.0.1", *MANY[:4], since=since - POLL),
            on_server("10.0.0.2", *MANY[4:broken_by_now], since=since),
            on_server("10.0.0.2", *MANY[broken_by_now:]),
        )
        await stage.poll()
    (group,) = await groups_of(stage)
    post = await stage.store.post(group_message(group.number), ALERTS)
    assert post is not None
    assert (group.trait.cause, len(post.members)) == (Cause.DESTINATION, 7)
    _, alert, first, second = stage.parents()
    assert "7 of 12 tasks that write to" in shown(alert)
    for own in (first, second):
        assert f"Part of group {group.number}" in str(own.edits[-1].blocks)


async def test_a_group_keeps_its_cause_where_a_larger_one_explains_less_or_comes_late() -> None:
    stage = await begun()
    await told_one_after_the_other(stage)
    since = stage.clock.now()

    async def group_with(number: int) -> Group:
        stage.source.rows[PAY] = both(
            on_server("10.0.0.1", *MANY[:4], since=since - POLL),
            on_server("10.0.0.2", *MANY[4 : 4 + number], since=stage.clock.now()),
            on_server("10.0.0.2", *MANY[4 + number :]),
        )
        await stage.poll()
        return (await groups_of(stage))[0]

    assert (await group_with(1)).trait.cause is Cause.AGENT
    stage.clock.advance(30 * MINUTE)
    assert (await group_with(2)).trait.cause is Cause.AGENT
    stage.source.rows[PAY] = both(
        on_server("10.0.0.1", *MANY[:4], since=since - POLL),
        on_server("10.0.0.2", *MANY[4:], since=stage.clock.now()),
    )
    await stage.poll()
    assert (await groups_of(stage))[0].trait.cause is Cause.AGENT, "half an hour later it is another story"


async def test_when_a_group_broke_is_not_when_one_that_came_back_had_broken_first() -> None:
    stage = await begun("a", "b", "c", "d")
    early = stage.clock.now()
    stage.source.rows[PAY] = both(broken("a", since=early), well("b", "c", "d"))
    await stage.poll(2)
    stage.source.rows[PAY] = well("a", "b", "c", "d")
    await stage.poll(12)
    late = stage.clock.now()
    stage.source.rows[PAY] = both(broken("a", "b", "c", since=late), well("d"))
    await stage.poll(2)
    (group,) = await groups_of(stage)
    assert (await stage.incident(1)).since < late - 5 * MINUTE
    assert group.since >= late - POLL


async def test_two_storages_are_two_groups() -> None:
    stage = Stage()
    stage.source.rows[PAY] = both(at_home("a", "b", "c"), at_home("x", "y", "z", path="oss://k?host=h"))
    await stage.poll()
    since = stage.clock.now()
    stage.source.rows[PAY] = both(
        at_home("a", "b", "c", since=since), at_home("x", "y", "z", path="oss://k?host=h", since=since)
    )
    await stage.poll()
    assert len(stage.parents()) == 3
    assert {one.trait.label for one in await groups_of(stage)} == {"nfs://a", "oss://k?host=h"}


async def test_storages_that_fill_up_with_the_same_error_are_told_apart() -> None:
    stage = Stage()
    paths = {"a": "nfs://one/x", "b": "nfs://two/x", "c": "nfs://three/x"}

    def rows(at: datetime) -> list[Task]:
        return [
            task(f"{word}{number}", destination=path, checkpoint=teeth(at))
            for word, path in paths.items()
            for number in range(4)
        ]

    stage.source.rows[PAY] = rows
    await stage.poll()
    since = stage.clock.now()
    failed = task(status="FAILED").status

    def full(at: datetime) -> list[Task]:
        return [replace(row, checkpoint=since, status=failed, error="device full, 9082") for row in rows(at)]

    stage.source.rows[PAY] = full
    await stage.poll()
    causes = {one.trait.cause for one in await groups_of(stage)}
    assert causes == {Cause.DESTINATION}
    assert len(stage.parents()) == 4


async def test_many_that_share_nothing_are_one_message_all_the_same() -> None:
    stage = Stage()
    names = [f"t{number}" for number in range(40)]

    def rows(at: datetime) -> list[Task]:
        return [task(name, destination=f"nfs://host{name}/x", checkpoint=teeth(at)) for name in names]

    stage.source.rows[PAY] = rows
    await stage.poll()
    since = stage.clock.now()
    bad = set(names[:15])

    def some(at: datetime) -> list[Task]:
        return [
            replace(row, checkpoint=since, status=task(status="FAILED").status)
            if row.tenant_label in bad
            else row
            for row in rows(at)
        ]

    stage.source.rows[PAY] = some
    await stage.poll()
    _, alert = stage.parents()
    assert "15 tasks have failed since" in shown(alert)
    (group,) = await groups_of(stage)
    assert group.trait.cause is Cause.COINCIDENCE


async def test_clusters_that_cannot_be_read_are_one_message() -> None:
    stage = Stage()
    clusters = [Cluster(PROD, ClusterId(number), f"c{number}") for number in range(10, 16)]
    for cluster in clusters:
        stage.source.rows[cluster] = well("a", cluster=cluster)
    await stage.poll()
    for cluster in clusters[:4]:
        stage.source.rows[cluster] = SourceTimeout("It took too long.")
    await stage.poll(6)
    _, alert = stage.parents()
    assert "OCP prod gives no answer about 4 of 6 clusters" in shown(alert)


async def test_who_takes_a_group_has_those_that_join_it_later_too() -> None:
    stage = await begun()
    since = stage.clock.now()
    stage.source.rows[PAY] = both(broken(*MANY[:6], since=since), well(*MANY[6:]))
    await stage.poll()
    (group,) = await groups_of(stage)
    async with stage.store.writing() as session:
        await session.keep_group(replace(group, handling=Handling().acknowledge(ANA, since)))
    stage.source.rows[PAY] = both(broken(*MANY[:8], since=since), well(*MANY[8:]))
    await stage.poll()
    post = await stage.store.post(group_message(group.number), ALERTS)
    assert post is not None
    taken = [(await stage.incident(number)).handling.acknowledged for number in post.members]
    assert [one is not None for one in taken] == [False] * 6 + [True] * 2
    assert "Ana" in str(stage.parents()[1].edits[-1].blocks)


async def test_a_group_survives_a_restart() -> None:
    stage = await begun()
    since = stage.clock.now()
    stage.source.rows[PAY] = broken(*MANY, since=since)
    await stage.poll()
    await stage.restart()
    await stage.poll(2)
    assert len(stage.parents()) == 2
    stage.source.rows[PAY] = well(*MANY)
    await stage.poll(8)
    assert len(stage.parents()) == 2
    assert "well again" in shown(stage.parents()[1])


async def test_what_a_group_owes_is_born_with_what_it_speaks_of() -> None:
    stage = await begun()
    stage.messenger.names["alerts"] = ALERTS
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    await stage.poll(1, POLL)
    rows = [row.notification for row in stage.memory.tables.outbox.values()]
    (post,) = [one for one in rows if isinstance(one.content, GroupContent) and one.action is Action.POST]
    assert isinstance(post.content, GroupContent)
    assert post.content.counts.open == 12
    assert len(post.content.worst) == 10, "the worst are told one by one, the rest is counted"
    assert not any(isinstance(one.content, GroupChangeContent) for one in rows)


async def test_a_group_of_a_cluster_that_is_no_longer_watched_says_so() -> None:
    stage = await begun()
    stage.source.rows[SHOP] = well("x", cluster=SHOP)
    await stage.poll(12)
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    await stage.poll()
    stage.source.left_out.add(PAY)
    await stage.poll(12)
    assert "are no longer watched and may still be broken" in shown(stage.parents()[1])


async def test_a_group_of_which_nothing_changes_is_not_edited_however_long_it_lasts() -> None:
    """Time alone may owe a reminder, and owes nothing else."""
    stage = await begun()
    stage.reminders = Reminders(warning=None, critical=timedelta(hours=1), acknowledger_after=5 * MINUTE)
    stage.source.rows[PAY] = lambda at: [
        task(tenant, status="FAILED", checkpoint=at - 10 * MINUTE) for tenant in MANY
    ]
    await stage.poll(4)
    alert = stage.parents()[-1]
    edits = len(alert.edits)
    await stage.poll(30)
    assert len(alert.edits) == edits
    assert stage.replies(alert) == []
    await stage.poll(100)
    assert len(stage.replies(alert)) == 1


async def test_a_group_says_from_when_on_nothing_can_be_restored_by_all_of_its_members() -> None:
    stage = await begun()
    failed, stopped = MANY[:11], MANY[11]
    start = stage.clock.now()
    stage.source.rows[PAY] = both(
        broken(*failed, since=start), broken(stopped, since=start - timedelta(hours=5))
    )
    await stage.poll()
    content = next(
        row.notification.content
        for row in stage.memory.tables.outbox.values()
        if isinstance(row.notification.content, GroupContent)
    )
    assert content.shipped_until == start - timedelta(hours=5)


async def test_a_group_whose_members_fall_behind_is_edited_when_that_is_news() -> None:
    """Its delay grows at every poll; a member's is news by a minute and a tenth."""
    stage = await begun()
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    await stage.poll(2)
    _, alert = stage.parents()
    before = len(alert.edits)
    await stage.poll(8)
    _, alert = stage.parents()
    assert 1 <= len(alert.edits) - before <= 4


async def test_a_group_that_is_graver_than_it_ever_said_speaks() -> None:
    """More severe or another, graver problem: each is said once, and not again while it stays so."""
    stage = await begun()
    behind_since = stage.clock.now() - 11 * MINUTE
    stage.source.rows[PAY] = lambda _: [task(name, checkpoint=behind_since) for name in MANY]
    await stage.poll(3)
    _, alert = stage.parents()
    assert "warning" in str(alert.message.blocks)
    stage.source.rows[PAY] = lambda _: [
        task(name, status="FAILED" if name == MANY[0] else "RUNNING", checkpoint=behind_since)
        for name in MANY
    ]
    await stage.poll()
    (worse,) = stage.replies(alert)
    assert worse.message.text.startswith("🔴 Worse: ")
    assert worse.broadcast
    await stage.poll(4)
    stage.source.rows[PAY] = lambda _: [task(name, status="FAILED", checkpoint=behind_since) for name in MANY]
    await stage.poll(4)
    assert stage.replies(alert) == [worse], "as grave and as severe as was said"
