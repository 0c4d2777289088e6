"""What breaks together is told together, when something that the tasks share explains it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.grouping import Cause, Group
from bot.domain.handling import Actor, Handling, UserId
from bot.domain.incident import Change
from bot.domain.notification import Action, GroupChangeContent, GroupContent, Reason
from bot.domain.posts import MessageKey, group_message, incident_message
from bot.domain.problem import Problem
from bot.domain.routing import Reminders
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
    await stage.poll(8)
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


@pytest.mark.parametrize("reason", ["no longer watched"])
async def test_a_group_of_a_cluster_that_is_no_longer_watched_says_so(reason: str) -> None:
    stage = await begun()
    stage.source.rows[SHOP] = well("x", cluster=SHOP)
    await stage.poll(12)
    stage.source.rows[PAY] = broken(*MANY, since=stage.clock.now())
    await stage.poll()
    stage.source.left_out.add(PAY)
    await stage.poll(12)
    assert reason.capitalize() in shown(stage.parents()[1])


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
