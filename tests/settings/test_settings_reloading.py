"""Settings read again while the bot runs: what may change, what takes a restart, what is refused whole."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from bot.settings import NotReloaded, Reloaded, Settings, load, reload
from bot.settings.reloading import WHILE_RUNNING_OF_A_SOURCE, WITH_A_RESTART
from bot.settings.source import SourceSettings

FIRST = """
alert_channel: "#log-backup"
slack_bot_token: xoxb-made-up
slack_app_token: xapp-made-up
sources:
  - {name: prod, url: "https://ocp.example.com", user: watcher, password_file: password}
"""


@dataclass(frozen=True)
class Home:
    """A folder with settings, as the bot found it when it started."""

    folder: Path
    settings: Settings

    def again(self, text: str, **environment: str) -> Reloaded | NotReloaded:
        """Read other settings."""
        path = self.folder / "settings.yaml"
        path.write_text(text)
        return reload(self.settings, environment, str(path))


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "password").write_text("made-up")
    path = tmp_path / "settings.yaml"
    path.write_text(FIRST)
    return Home(tmp_path, load({}, str(path)).settings)


def taken(found: Reloaded | NotReloaded) -> Reloaded:
    assert isinstance(found, Reloaded), found
    return found


def refused(found: Reloaded | NotReloaded) -> NotReloaded:
    assert isinstance(found, NotReloaded), found
    return found


def test_nothing_new_is_told_as_that(home: Home) -> None:
    found = taken(home.again(f"# a comment\n{FIRST}"))
    assert found.changed == ()
    assert found.sentence == "The settings were read again; nothing has changed."


def test_what_is_new_is_named_and_in_force(home: Home) -> None:
    found = taken(
        home.again(
            FIRST.replace("password}", "password, thresholds: {patience: 5m}, link: 'https://x/{id}'}")
            + "routes: [{channel: a, source: other}]\npoll_interval: 10s\n",
            BOT_LOG_LEVEL="debug",
        )
    )
    assert found.settings.poll_interval == timedelta(seconds=10)
    assert found.settings.thresholds_for("prod").patience == timedelta(minutes=5)
    assert found.changed == (
        "link of source prod",
        "thresholds of source prod",
        "poll_interval",
        "log_level",
        "routes",
    )
    assert found.sentence == (
        "The settings were read again; new: link of source prod, thresholds of source prod, poll_interval,"
        " log_level and routes."
    )
    assert found.warnings == ("source (settings.yaml, line 7) is none of the sources: prod.",)


def test_all_mistakes_are_told_and_nothing_is_taken(home: Home) -> None:
    found = refused(home.again(FIRST.replace("url", "ulr") + "poll_interval: often\ntimezone: UTC\n"))
    assert len(found.mistakes) == 3
    assert found.sentence.startswith(
        "The settings were read again and not taken, the old ones stay: ulr of source prod"
    )
    many = refused(home.again("\n".join(f"wrong{number}: 1" for number in range(9))))
    assert many.sentence.endswith(f" And {len(many.mistakes) - 5} more.")


def test_a_file_that_is_gone_changes_nothing(home: Home) -> None:
    found = refused(reload(home.settings, {}, str(home.folder / "nowhere.yaml")))
    assert "cannot be read: No such file" in found.sentence


@pytest.mark.parametrize(
    ("old", "new", "name"),
    [
        ("xoxb-made-up", "xoxb-other", "slack_bot_token"),
        ("xapp-made-up", "xapp-other", "slack_app_token"),
        ("ocp.example", "ocp2.example", "url of source prod"),
        ("watcher,", "other,", "user of source prod"),
        ("watcher,", "watcher, clusters: [pay],", "clusters of source prod"),
        ("name: prod", "name: live", "sources"),
        ("alert", "database_url: sqlite:////tmp/x\nalert", "database_url"),
        ("alert", "http_port: 9000\nalert", "http_port"),
    ],
)
def test_what_is_open_takes_a_restart_and_nothing_else_is_taken_either(
    old: str, new: str, name: str, home: Home
) -> None:
    found = refused(home.again(FIRST.replace(old, new, 1) + "poll_interval: 10s\n"))
    assert found.mistakes == (f"{name} changes with a restart only.",)


def test_a_secret_that_changed_in_its_file_is_noticed_and_not_told(home: Home) -> None:
    (home.folder / "password").write_text("another-secret")
    found = refused(home.again(FIRST + "http_port: 9000\n"))
    assert found.mistakes == ("password of source prod and http_port change with a restart only.",)
    assert "another-secret" not in repr(found)


def test_every_setting_that_takes_a_restart_is_a_setting() -> None:
    assert set(Settings.model_fields) > WITH_A_RESTART
    assert set(SourceSettings.model_fields) > WHILE_RUNNING_OF_A_SOURCE
