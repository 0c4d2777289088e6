"""Whatever breaks, is said, fails and restarts in whatever order: all is told once, in order, rightly."""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import timedelta
from random import Random

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain.posts import Channel
from tests.operations.answering_stage import ANA, BO, CLEO
from tests.operations.history_checks import Checks
from tests.operations.history_world import MOUNT, ONCALL_ID, TASKS, TEAM_ID, VAULT, WAYS, HistoryWorld

WHO = st.sampled_from([ANA, BO, CLEO])
NUMBERS = st.integers(1, 9)
ACTS = (
    "ack {}",
    "unack {}",
    "assign {} me",
    "assign {} bo",
    "assign {} nobody",
    "note {} we are looking",
    "resolve {}",
    "normal {}",
    "silence {} 20m",
    "silence {} until resolved",
    "unsilence {}",
    "extend {} 1h",
)
SAYINGS = (
    "silence pay 30m",
    "silence pay/a 2h",
    "silence shop problem:failed 10m",
    "silence shop from:23:00 1h",
    "subscribe pay",
    "subscribe problem:failed",
    "unsubscribe 1",
    "unsubscribe 2",
    "ack pay/a",
    "ack shop",
)
ENDED: Counter[str] = Counter()
"""What the histories of this run were made of."""


class Histories(RuleBasedStateMachine):
    """One history after another."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.sound = False

    def run_(self, work: Coroutine[object, object, None]) -> None:
        self.loop.run_until_complete(work)

    @initialize(pending=st.booleans(), routed=st.booleans(), broken=st.sets(st.sampled_from(list(TASKS))))
    def begin(self, *, pending: bool, routed: bool, broken: set[str]) -> None:
        self.world = HistoryWorld(pending=pending, routed=routed)
        self.checks = Checks(self.world)
        for name in broken:
            self.world.becomes(name, "FAILED")
        self.run_(self.world.poll())

    @rule(name=st.sampled_from(list(TASKS)), way=st.sampled_from(WAYS), ago=st.integers(0, 900))
    def one_breaks(self, *, name: str, way: str, ago: int) -> None:
        self.world.becomes(name, way, ago)
        self.run_(self.world.poll())

    @rule(storage=st.sampled_from([MOUNT, VAULT]), way=st.sampled_from(WAYS[:4]), polls=st.integers(1, 3))
    def a_storage_breaks(self, *, storage: str, way: str, polls: int) -> None:
        for name, on in TASKS.items():
            if on == storage:
                self.world.becomes(name, way)
        for _ in range(polls):
            self.run_(self.world.poll())

    @rule(name=st.sampled_from(list(TASKS)), polls=st.integers(1, 8))
    def one_recovers(self, *, name: str, polls: int) -> None:
        self.world.becomes(name, "well")
        for _ in range(polls):
            self.run_(self.world.poll())

    @rule(polls=st.integers(1, 12))
    def all_recover(self, *, polls: int) -> None:
        for name in TASKS:
            self.world.becomes(name, "well")
        for _ in range(polls):
            self.run_(self.world.poll())

    @rule(cluster=st.sampled_from([None, "pay", "shop"]), polls=st.integers(1, 8))
    def ocp_is_away(self, *, cluster: str | None, polls: int) -> None:
        self.world.break_ocp(cluster)
        for _ in range(polls):
            self.run_(self.world.poll())

    @rule()
    def ocp_is_back(self) -> None:
        self.world.mend_ocp()
        self.run_(self.world.poll())

    @rule(polls=st.integers(1, 6))
    def time_passes(self, *, polls: int) -> None:
        for _ in range(polls):
            self.run_(self.world.poll())

    @rule(minutes=st.sampled_from([5, 20, 61, 250]))
    def nobody_looks_for_long(self, *, minutes: int) -> None:
        self.world.stage.clock.advance(timedelta(minutes=minutes))
        self.world.fresh = False
        self.run_(self.world.poll())

    @rule(text=st.sampled_from(ACTS), number=NUMBERS, who=WHO, twice=st.booleans())
    def somebody_acts(self, *, text: str, number: int, who: str, twice: bool) -> None:
        self.run_(self.world.say(text.format(number), who, twice=twice))

    @rule(text=st.sampled_from(SAYINGS), who=WHO)
    def somebody_says(self, *, text: str, who: str) -> None:
        self.run_(self.world.say(text, who))

    @rule(
        share=st.sampled_from([0.0, 0.0, 0.2, 0.6, 1.0]), seed=st.integers(0, 2**16), polls=st.integers(0, 3)
    )
    def slack_changes(self, *, share: float, seed: int, polls: int) -> None:
        self.world.slack.share, self.world.slack.luck = share, Random(seed)
        for _ in range(polls):
            self.run_(self.world.poll())

    @rule(channel=st.sampled_from([ONCALL_ID, TEAM_ID]))
    def a_channel_is_archived_or_restored(self, *, channel: Channel) -> None:
        self.world.slack.archived ^= {channel}
        self.run_(self.world.poll())

    @rule(refuse_in=st.integers(1, 60))
    def the_database_refuses(self, *, refuse_in: int) -> None:
        self.world.store.refuse_in = refuse_in
        self.run_(self.world.poll())
        self.world.store.refuse_in = 0

    @rule(refuse_in=st.integers(1, 30), text=st.sampled_from(ACTS), number=NUMBERS)
    def the_database_refuses_a_person(self, *, refuse_in: int, text: str, number: int) -> None:
        self.world.store.refuse_in = refuse_in
        self.run_(self.world.say(text.format(number), ANA))
        self.world.store.refuse_in = 0

    @rule()
    def the_bot_restarts(self) -> None:
        self.run_(self.world.restart())

    @rule()
    def the_bot_is_killed_while_it_posts(self) -> None:
        self.world.slack.kills = True

    @rule(which=st.integers(0, 20))
    def somebody_deletes_a_message(self, *, which: int) -> None:
        self.world.delete(which)

    @invariant()
    def everything_holds(self) -> None:
        self.sound = False
        self.checks.after_each_step()
        self.sound = True

    def teardown(self) -> None:
        try:
            if self.sound:
                self.run_(self.world.good_end())
                self.checks.at_the_end()
                ENDED.update(self.checks.looked_at, histories=1)
        finally:
            self.loop.close()


Histories.TestCase.settings = settings(
    max_examples=60,
    stateful_step_count=25,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
TestHistories = Histories.TestCase
