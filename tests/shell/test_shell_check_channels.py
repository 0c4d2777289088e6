"""``check`` of a settings file: every channel, person and user group that it names."""

from pathlib import Path

from bot.sandbox.slack.people import Person
from bot.terminal.checkup import State
from tests.shell.doctor import bad, told
from tests.shell.world import ALERTS, Shell, Town


def routed(world: Town, folder: Path, more: str) -> tuple[str, dict[str, str]]:
    """Write a settings file beside the world's environment."""
    config = folder / "more.yaml"
    config.write_text(more)
    return str(config), world.environment


def test_every_channel_of_the_settings_is_looked_at(shell: Shell, world: Town, tmp_path: Path) -> None:
    for name in ("pay", "dba", "work", "old"):
        world.slack.add_channel(name)
    world.elsewhere.call(lambda: [world.slack.invite_bot(name) for name in ("pay", "work", "old")])
    world.elsewhere.call(lambda: world.slack.archive("old"))
    config, environment = routed(
        world,
        tmp_path,
        """
        routes: [{channel: "#pay", cluster: pay}, {channel: "#old", cluster: old}]
        digests: [{channel: "#dba", at: "9:00"}, {channel: "#alerts", at: "9:00"}]
        maintenance_windows:
        - {name: a, cluster: pay, days: sun, at: "1:00", lasts: 1h, channels: ["#work", "#nowhere"]}
        permissions: {silence_widely: ["#dba", "#gone"]}
        """,
    )
    said = shell("--config", config, "check", **environment)
    nowhere, gone = (
        f"Slack: Slack has no channel #{name} that the bot can see. Correct" for name in ("nowhere", "gone")
    )
    private = "if it is private, write /invite @logbackup in it."
    assert told(said, State.FAILED) == [
        "Slack: #old is archived: bring it back, or name another in routes in the settings file.",
        "Slack: The bot is not in #dba, which is named for digests: write /invite @logbackup there.",
        f"{nowhere} maintenance windows in the settings file, or create #nowhere; {private}",
        f"{gone} permissions in the settings file, or create #gone; {private}",
    ]
    assert "Slack: Alerts go to #alerts, and the bot is in it." in told(said, State.OK)
    assert "Slack: The bot is in #pay, #work too (routes and maintenance windows)." in told(said, State.OK)


def test_people_and_groups_that_are_not_there_are_told(shell: Shell, world: Town, tmp_path: Path) -> None:
    group = world.slack.add_group("dba", ["anna", "ben"])
    anna = world.slack.person("anna")
    config, environment = routed(
        world,
        tmp_path,
        f"""
        mentions: {{critical: [{group.id}, U0NOBODY1]}}
        reminders: {{escalate_after: 1h, escalate_to: [S0GONE001, here]}}
        permissions: {{silence: [{anna.id}], silence_widely: [{group.id}]}}
        """,
    )
    said = shell("--config", config, "check", **environment)
    assert told(said, State.FAILED) == [
        "Slack: There is no user group S0GONE001 in this workspace. Correct mentions.",
        "Slack: U0NOBODY1 is nobody of this workspace. Correct mentions.",
    ]
    world.slack.scopes.discard("usergroups:read")
    unknown = shell("--config", config, "check", **environment)
    assert f"Whether {group.id} of mentions is there cannot be told" in "\n".join(
        told(unknown, State.WARNING)
    )


def test_somebody_who_has_left_is_called_in_vain(shell: Shell, world: Town, tmp_path: Path) -> None:
    gone = world.slack.add_person(Person("U0GONE0001", "gone", "Gone Girl", deleted=True))
    config, environment = routed(world, tmp_path, f"mentions: {{critical: {gone.id}}}")
    assert bad(shell("--config", config, "check", **environment)) == (
        "Slack: The account of gone (U0GONE0001) is deactivated. Correct mentions."
    )


def test_the_test_alert_tells_whom_alerts_call_by_route(shell: Shell, world: Town, tmp_path: Path) -> None:
    group = world.slack.add_group("dba", ["anna", "ben"])
    anna = world.slack.person("anna")
    world.slack.add_channel("pay")
    world.elsewhere.call(lambda: world.slack.invite_bot("pay"))
    config, environment = routed(
        world,
        tmp_path,
        f"""
        mentions: {{critical: [{group.id}, here], warning: {anna.id}}}
        routes:
        - {{channel: "#pay", cluster: pay, problem: [failed, stalled], mentions: {{warning: channel}}}}
        - {{channel: "#pay", severity: warning}}
        """,
    )
    said = shell("--config", config, "check", "--send-test-alert", **environment)
    assert said.code == 0
    assert "Slack knows whom the settings name: 2 people and user groups." in said.out
    people = len(world.slack.channel(ALERTS).members) - 1
    at = next(index for index, one in enumerate(told(said, State.OK)) if "A test alert stands" in one)
    alerts, by_cluster, by_severity = told(said, State.OK)[at : at + 3]
    assert alerts == (
        "Slack: A test alert stands in #alerts. Of alerts there a critical one calls the user group"
        f" {group.id} (2 people), everybody there who is active (@here), a warning calls anna; all wake those"
        f" of the {people} people there whose own settings notify them of every message."
    )
    assert by_cluster == (
        "Slack: Alerts of cluster pay, problem failed or stalled go to #pay: of them a warning calls"
        " everybody there (@channel)."
    )
    assert by_severity == "Slack: Alerts of severity warning go to #pay: they mention nobody by name."
    assert world.slack.channel("pay").messages == ()
