"""``check`` of a settings file: every cluster and tenant that it names, held against what OCP lists."""

from pathlib import Path

import pytest

from bot.sandbox.ocp import Where
from bot.terminal.checkup import State
from tests.shell.doctor import told
from tests.shell.world import PAY, Outcome, Shell, Town

WELL = "settings: The clusters and tenants that they name are there."


def checked(shell: Shell, world: Town, folder: Path, more: str, **settings: str) -> Outcome:
    config = folder / "more.yaml"
    config.write_text(more)
    said: Outcome = shell("check", "--config", str(config), **{**world.environment, **settings})
    return said


def test_names_that_nothing_has_are_warned_of_with_the_nearest(
    shell: Shell, world: Town, tmp_path: Path
) -> None:
    said = checked(
        shell,
        world,
        tmp_path,
        """
routes:
- {channel: "#alerts", cluster: pya}
- {channel: "#alerts", source: opc, cluster: pay}
- {channel: "#alerts", cluster: pay, tenant: ordres}
digests: [{channel: "#alerts", at: "9:00", tenant: xxxx}]
maintenance_windows:
- {name: a, cluster: shpo-*, days: sun, at: "1:00", lasts: 1h}
runbooks: [{label: Disks, link: "https://wiki.example.com/", cluster: crm}]
thresholds:
  tenants: {usres: {patience: 1m}}
  clusters:
    shopp: {patience: 1m, tenants: {cart: {patience: 2m}}}
    pay: {tenants: {ledgr: {patience: 2m}}}
""",
    )
    assert said.code == 0
    tenant = "no tenant with a log backup task is called"
    assert told(said, State.WARNING) == [
        "settings: source (more.yaml, line 4) is none of the sources: did you mean ocp?",
        (
            "settings: more.yaml, line 3: no watched cluster is called pya. This route takes no alert. "
            "Did you mean pay?"
        ),
        f"settings: more.yaml, line 5: {tenant} ordres. This route takes no alert. Did you mean orders?",
        (
            "settings: more.yaml, line 8: no watched cluster is called shpo-*. "
            "This maintenance window mutes nothing. Did you mean shop?"
        ),
        f"settings: more.yaml, line 6: {tenant} xxxx. This digest tells of nothing.",
        "settings: more.yaml, line 9: no watched cluster is called crm. This page is shown beside nothing.",
        f"settings: more.yaml, line 11: {tenant} usres. These limits hold for nothing. Did you mean users?",
        (
            "settings: more.yaml, line 13: no watched cluster is called shopp. "
            "These limits hold for nothing. Did you mean shop?"
        ),
        f"settings: more.yaml, line 14: {tenant} ledgr. These limits hold for nothing. Did you mean ledger?",
    ]
    assert WELL not in told(said, State.OK)


def test_names_ids_and_stars_that_mean_something_are_well(shell: Shell, world: Town, tmp_path: Path) -> None:
    said = checked(
        shell,
        world,
        tmp_path,
        f"""
routes:
- {{channel: "#alerts", cluster: "{PAY.id}", tenant: Order*}}
- {{channel: "#alerts", source: O*, problem: failed}}
- {{channel: "#alerts", severity: critical}}
thresholds: {{clusters: {{PAY: {{patience: 1m}}}}, tenants: {{"*": {{patience: 1m}}}}}}
""",
    )
    assert told(said, State.WARNING) == []
    assert WELL in told(said, State.OK)


def test_a_name_counts_in_its_own_source_alone(shell: Shell, world: Town, tmp_path: Path) -> None:
    environment = world.environment
    login = f"user: {environment['OCP_USER']}\n  password: {environment['OCP_PASSWORD']}"
    said = checked(
        shell,
        world,
        tmp_path,
        f"""
sources:
- name: east
  url: {environment["OCP_URL"]}
  {login}
  clusters: [pay]
- name: west
  url: {environment["OCP_URL"]}
  {login}
  thresholds: {{clusters: {{shop: {{patience: 1m}}, crm: {{patience: 1m}}}}}}
routes: [{{channel: "#alerts", source: east, cluster: shop}}, {{channel: "#alerts", cluster: shop}}]
""",
        OCP_URL="",
        OCP_USER="",
        OCP_PASSWORD="",
    )
    assert told(said, State.WARNING) == [
        "settings: more.yaml, line 13: no watched cluster is called shop. This route takes no alert.",
        "settings: more.yaml, line 12: no watched cluster is called crm. These limits hold for nothing.",
    ]


@pytest.mark.parametrize(
    ("where", "named"),
    [
        pytest.param(Where(), "cluster: pya", id="no list of clusters"),
        pytest.param(Where(cluster=PAY.id), "tenant: nobody", id="no list of tasks"),
    ],
)
def test_of_what_cannot_be_read_no_name_is_called_wrong(
    shell: Shell, world: Town, tmp_path: Path, where: Where, named: str
) -> None:
    world.ocp.faults.status(403, where)
    said = checked(shell, world, tmp_path, f'routes: [{{channel: "#alerts", {named}}}]\n')
    assert said.code == 1
    assert told(said, State.WARNING) == []
