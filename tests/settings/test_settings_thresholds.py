"""Limits for everything, for a source, a cluster, a tenant: the most specific one wins."""

import textwrap
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.thresholds import Thresholds
from bot.settings import Settings, load
from bot.settings.thresholds import SourceLimits


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


@pytest.fixture
def fleet(tmp_path: Path) -> Settings:
    path = tmp_path / "settings.yaml"
    path.write_text(
        textwrap.dedent(
            """
            thresholds:
              patience: 1m
              stuck_warning: 20m
              clusters:
                "p*": {patience: 2m}
                "pa*": {patience: 3m}
                1000005: {patience: 4m}
                Pay: {patience: 5m, tenants: {"*": {step: 1m}, orders: {step: 30s}}}
              tenants:
                orders: {pending: 1m, step: 10s}
            sources:
              - name: Prod
                thresholds:
                  patience: 6m
                  clusters:
                    "*": {patience: 7m}
                    pay: {tenants: {orders: {patience: 8m, use_ocp_threshold: true}}}
              - name: test
                thresholds:
                  use_ocp_threshold: true
                  clusters: {calm: {use_ocp_threshold: false}}
            """
        )
    )
    return load({}, str(path)).settings


@pytest.mark.parametrize(
    ("source", "cluster", "number", "tenant", "patience", "because"),
    [
        ("other", None, None, None, 1, "everything"),
        ("other", "shop", 1, None, 1, "no pattern fits"),
        ("other", "prize", 1, None, 2, "a glob fits"),
        ("other", "parcel", 1, None, 3, "a glob with more letters"),
        ("other", "parcel", 1000005, None, 4, "an id before a glob"),
        ("other", "1000005", None, None, 4, "the id stands for the name where the name is not known"),
        ("other", "pay", 1000005, None, 5, "a name before an id, whatever the case"),
        ("other", "PAY", 1000005, "orders", 5, "the cluster's, where the tenant has none"),
        ("prod", None, None, None, 6, "the source before everything"),
        ("PROD", "shop", 1, None, 7, "a cluster of the source before the source"),
        ("prod", "parcel", 1, None, 3, "a closer pattern before the source's wide one"),
        ("prod", "pay", 1, "orders", 8, "the tenant"),
        ("prod", "pay", 1, "ledger", 5, "another tenant"),
    ],
)
def test_the_most_specific_limit_wins(
    source: str,
    cluster: str | None,
    number: int | None,
    tenant: str | None,
    patience: int,
    because: str,
    fleet: Settings,
) -> None:
    found = fleet.thresholds_for(source, cluster, tenant, cluster_id=number)
    assert found.patience == minutes(patience), because


def test_each_limit_is_looked_up_by_itself(fleet: Settings) -> None:
    found = fleet.thresholds_for("prod", "pay", "orders")
    assert found == Thresholds(
        patience=minutes(8), stuck_warning=minutes(20), step=timedelta(seconds=30), pending=minutes(1)
    )


def test_a_tenant_named_for_all_clusters_is_less_than_one_named_with_its_cluster(fleet: Settings) -> None:
    assert fleet.thresholds_for("x", "shop", "orders").step == timedelta(seconds=10)
    assert fleet.thresholds_for("x", "pay", "orders").step == timedelta(seconds=30)


def test_a_task_of_the_whole_cluster_is_no_tenant(fleet: Settings) -> None:
    assert fleet.thresholds_for("x", "pay").step == Thresholds().step


def test_ocps_own_limit_is_obeyed_where_the_settings_say_so(fleet: Settings) -> None:
    assert fleet.obeys_ocp_threshold("prod", "pay", "orders") is True
    assert fleet.obeys_ocp_threshold("prod", "pay", "ledger") is False
    assert fleet.obeys_ocp_threshold("test", "wild") is True
    assert fleet.obeys_ocp_threshold("test", "calm", "any") is False


def test_the_same_question_is_answered_from_memory(fleet: Settings) -> None:
    first = fleet.thresholds_for("prod", "pay", "orders", cluster_id=1)
    assert fleet.thresholds_for("prod", "pay", "orders", cluster_id=1) is first


@pytest.mark.parametrize("name", ["lagging_warning", "lagging_critical"])
def test_a_written_limit_of_the_delay_is_taken_literally(name: str, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(f"thresholds: {{{name}: 20m}}")
    found = load({}, str(path)).settings.thresholds_for("ocp")
    assert (getattr(found, name), found.lagging_is_literal) == (minutes(20), True)
    assert load({}).settings.thresholds_for("ocp") == Thresholds()


@pytest.mark.parametrize(
    ("text", "limits"),
    [
        pytest.param("{lagging_warning: 1h}", (60, 60), id="the critical one gives way"),
        pytest.param("{lagging_critical: 5m}", (5, 5), id="the warning gives way"),
        pytest.param(
            "{lagging_critical: 20m, clusters: {pay: {lagging_warning: 25m}}}",
            (25, 25),
            id="the closer one stands",
        ),
        pytest.param("{lagging_warning: 5m, lagging_critical: 50m}", (5, 50), id="both are written"),
    ],
)
def test_a_warning_never_comes_after_its_critical(text: str, limits: tuple[int, int], tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_text(f"thresholds: {text}")
    found = load({}, str(path)).settings.thresholds_for("ocp", "pay")
    assert (found.lagging_warning, found.lagging_critical) == tuple(map(minutes, limits))


def test_every_threshold_can_be_written() -> None:
    """Only what follows from others has no name of its own in the file."""
    known = {field.name for field in fields(Thresholds)} - {"lagging_is_literal"}
    written = set(SourceLimits.model_fields) - {"tenants", "clusters", "use_ocp_threshold"}
    assert written == known
