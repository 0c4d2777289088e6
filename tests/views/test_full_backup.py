"""How a full backup is taken: what is told to be run, and where."""

from dataclasses import replace
from datetime import UTC

import pytest

import tests.views.handled_samples as handled
import tests.views.view_samples as samples
from bot.domain.problem import Problem
from bot.views.full_backup import backup_steps
from bot.views.hints import Seen
from bot.views.incident_card import incident_message
from bot.views.incident_detail import incident_detail_message
from bot.views.report import report_text
from bot.views.restorable import BACKUPS_NOW
from tests.views.handled_samples import GAP, card

SEEN = Seen(Problem.FAILED, tenant="orders", tenant_id=1002)
LOST = samples.resolved(replace(samples.ORDERS_FAILED, gap=GAP))


@pytest.mark.parametrize(
    ("seen", "where", "run"),
    [
        pytest.param(
            SEEN, "in the cluster's sys tenant", "ALTER SYSTEM BACKUP TENANT = orders;", id="tenant"
        ),
        pytest.param(
            replace(SEEN, tenant="a b; DROP"),
            "in the tenant itself as its administrator",
            "ALTER SYSTEM BACKUP DATABASE;",
            id="a name that no statement can hold as it is",
        ),
        pytest.param(
            replace(SEEN, tenant="", tenant_id=None),
            "in the cluster's sys tenant; it is of all tenants",
            "ALTER SYSTEM BACKUP DATABASE;",
            id="whole cluster",
        ),
        pytest.param(
            replace(SEEN, version="3.2.4"),
            "in the cluster's sys tenant; it is of all tenants",
            "ALTER SYSTEM BACKUP DATABASE;",
            id="before 4.0",
        ),
    ],
)
def test_a_full_backup_is_taken_where_the_cluster_takes_it(seen: Seen, where: str, run: str) -> None:
    begun, finished = backup_steps(seen)
    assert begun.where.endswith(where)
    assert begun.run == run
    view = "CDB_OB_BACKUP_SET_DETAILS" if seen.version else "CDB_OB_BACKUP_SET_FILES"
    assert view in finished.run


def test_of_logical_backup_nothing_is_told_to_be_run() -> None:
    assert backup_steps(replace(SEEN, mode="LOGICAL_BACKUP")) == ()
    logical = replace(LOST, snapshot=replace(handled.SNAPSHOT, mode="LOGICAL_BACKUP"))
    assert "what to run for a full backup" not in str(incident_message(card(logical), UTC).blocks)


def test_details_of_a_loss_have_what_to_run() -> None:
    assert "Details has what to run for a full backup" in str(incident_message(card(LOST), UTC).blocks)
    for lost in (LOST, replace(samples.ORDERS_FAILED, gap=GAP)):
        assert "ALTER SYSTEM BACKUP TENANT = orders;" in str(incident_detail_message(card(lost)).blocks)
    whole = str(incident_detail_message(card(samples.ORDERS_FAILED)).blocks)
    assert "ALTER SYSTEM" not in whole


def test_a_report_of_several_losses_asks_for_a_full_backup_of_each() -> None:
    members = tuple(samples.resolved(replace(one, gap=GAP)) for one in handled.MANY[:2])
    assert BACKUPS_NOW in report_text(handled.STORAGE, now=samples.NOW, members=members)
