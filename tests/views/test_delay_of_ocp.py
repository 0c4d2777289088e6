"""OCP's own figure of a delay is told where it says something else."""

from dataclasses import replace
from datetime import timedelta

import pytest

import tests.views.view_samples as samples
from bot.commands import ShowTask
from bot.domain.fleet import ClusterNow, FleetSnapshot
from bot.domain.naming import Scope
from bot.views.task_detail import task_message
from tests.views.view_samples import NOW, READ_AT, minutes

PAY = samples.a_cluster("pay", 5)


@pytest.mark.parametrize(
    ("of_ocp", "told"),
    [
        pytest.param(minutes(1), "*Delay*\n41 min (OCP says 1 min)", id="another"),
        pytest.param(minutes(41), "*Delay*\n41 min", id="the same"),
        pytest.param(None, "*Delay*\n41 min", id="none"),
    ],
)
def test_it_is_told_where_it_is_another(of_ocp: timedelta | None, told: str) -> None:
    row = replace(samples.a_task(PAY, "orders", delay=minutes(41)), delay=of_ocp)
    cluster = ClusterNow(PAY, (samples.seen(row, PAY),), READ_AT)
    fleet = FleetSnapshot((samples.a_source("prod", [cluster]),))
    blocks = task_message(ShowTask(Scope(name="pay/orders")), fleet, now=NOW).blocks
    facts = [fact["text"] for block in blocks for fact in block.get("fields", ())]
    assert told in facts
