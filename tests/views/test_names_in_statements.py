"""What of OCP's own words stands in a statement, and that of very many fields the rest is counted."""

from dataclasses import replace

import pytest

import tests.views.view_samples as samples
from bot.commands import ShowTask
from bot.domain.fleet import ClusterNow, FleetSnapshot
from bot.domain.naming import Scope
from bot.views.hints import sql_text
from bot.views.task_detail import task_message
from tests.views.view_samples import NOW, READ_AT


@pytest.mark.parametrize(
    ("name", "quoted"),
    [
        ("orders", "'orders'"),
        ("o'brien", "'o''brien'"),
        ("a\\b", "'a\\\\b'"),
        ("", None),
        ("a\nb", None),
        ("تاجر", None),
        ("x" * 1000, None),
    ],
    ids=["plain", "quote", "backslash", "empty", "two lines", "right to left", "too long"],
)
def test_a_name_is_quoted_or_left_out_of_a_statement(name: str, quoted: str | None) -> None:
    """Read from right to left, a name would turn what is pasted around."""
    assert sql_text(name) == quoted


def test_of_very_many_fields_the_rest_is_counted() -> None:
    cluster = samples.a_cluster("pay", 5)
    task = replace(samples.a_task(cluster, "orders"), other=tuple((f"field{n}", "x") for n in range(40)))
    now = ClusterNow(cluster, (samples.seen(task, cluster),), READ_AT)
    fleet = FleetSnapshot((samples.a_source("prod", [now]),), ())
    shown = str(task_message(ShowTask(Scope(name="pay/orders")), fleet, now=NOW).blocks)
    assert "field0: x" in shown
    assert "more fields" in shown
    assert "field39" not in shown
