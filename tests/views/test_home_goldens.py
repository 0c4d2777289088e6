"""The Home tab, held to golden files and to Slack's limits."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.domain.fleet import ClusterNow, FleetSnapshot
from bot.domain.handling import UserId
from bot.views.blocks import Block
from bot.views.health_report import BotHealth
from bot.views.home import HomeFacts, home_view
from tests.views.handled_samples import ANA, BEN, MANY, MEMBERS, STALLED, STORAGE, a_silence
from tests.views.view_goldens import assert_golden_home
from tests.views.view_samples import NOW, SHANGHAI, minutes

HEALTH = BotHealth(
    "1.2.3", NOW - timedelta(days=3), connected=True, connected_since=NOW - timedelta(hours=5), leads=True
)
EMPTY = FleetSnapshot(())
IN_A_GROUP = dict.fromkeys((one.number for one in MEMBERS), STORAGE)
TWELVE = (samples.ORDERS_FAILED, *MEMBERS[:-1], replace(MEMBERS[-1], handling=handled.TAKEN))
"""One alone, eleven that a group speaks for, and its twelfth, which somebody has taken for himself."""


def home(facts: HomeFacts, person: UserId = ANA.id) -> list[Block]:
    return home_view(person, facts, now=NOW, zone=SHANGHAI)


BUSY = HomeFacts(
    samples.the_fleet(),
    (
        samples.ORDERS_FAILED,
        replace(samples.LEDGER_BEHIND, handling=handled.TAKEN),
        replace(STALLED, handling=handled.SEEN),
    ),
    (handled.QUIET, handled.WINDOW),
    HEALTH,
    {STALLED.number: handled.QUIET},
)


def well() -> FleetSnapshot:
    """Give a fleet in which nothing is wrong."""
    tasks = samples.well(samples.SHOP, 20, minutes(1))
    return FleetSnapshot((samples.a_source("prod", [ClusterNow(samples.SHOP, tasks, samples.READ_AT)]),))


HOMES: dict[str, Callable[[], list[Block]]] = {
    "home": lambda: home(BUSY),
    "home_of_another": lambda: home(BUSY, BEN.id),
    "home_when_all_is_well": lambda: home(HomeFacts(well(), (), (), HEALTH)),
    "home_with_a_loss": lambda: home(
        HomeFacts(
            samples.with_losses_over(samples.resolved(replace(samples.ORDERS_FAILED, gap=handled.GAP))),
            (),
            (),
            HEALTH,
        )
    ),
    "home_before_the_first_poll": lambda: home(HomeFacts(EMPTY, (), (), HEALTH)),
    "home_with_trouble": lambda: home(
        HomeFacts(samples.odd_clusters(), (handled.SOURCE_DOWN,), (), replace(HEALTH, connected=False))
    ),
    "home_of_a_large_fleet": lambda: home(
        HomeFacts(
            samples.large_fleet(),
            (
                *samples.large_fleet().incidents,
                *(replace(one, handling=handled.SEEN) for one in handled.numbered(MANY, 90_000)),
            ),
            tuple(a_silence(number) for number in range(1, 40)),
            HEALTH,
        )
    ),
    "home_with_a_group": lambda: home(
        HomeFacts(samples.the_fleet(), TWELVE, (), HEALTH, groups=IN_A_GROUP), BEN.id
    ),
    "home_with_a_silenced_group": lambda: home(
        HomeFacts(
            samples.the_fleet(),
            MEMBERS,
            (handled.QUIET,),
            HEALTH,
            dict.fromkeys(IN_A_GROUP, handled.QUIET),
            IN_A_GROUP,
        )
    ),
    "home_of_a_hostile_fleet": lambda: home(
        HomeFacts(samples.hostile_fleet(), samples.hostile_fleet().incidents, (handled.QUIET,), HEALTH)
    ),
}


@pytest.mark.parametrize("name", HOMES)
def test_a_home_tab_looks_as_it_did(name: str) -> None:
    """What is theirs comes first, and what is left out is counted."""
    assert_golden_home(name, HOMES[name]())
