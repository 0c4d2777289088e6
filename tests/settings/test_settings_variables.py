"""Environment variables: every one of the public surface, its default, and names that mean nothing."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import certifi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import EVERYTHING, Need, Settings, load
from bot.settings.source import SourceSettings
from bot.settings.variables import KNOWN, SOURCE_VARIABLES, VARIABLES, nearest_variable

FILE_ONLY = {
    "sources",
    "thresholds",
    "routes",
    "mentions",
    "reminders",
    "permissions",
    "silences",
    "maintenance_windows",
    "digests",
    "runbooks",
}
"""What needs lists or names with values under them."""

WHOLE = {
    "SLACK_BOT_TOKEN": "xoxb-bot",
    "SLACK_APP_TOKEN": "xapp-app",
    "SLACK_SIGNING_SECRET": "5166e1f0c0ffee",
    "SLACK_API_URL": "http://127.0.0.1:9000/api",
    "OCP_URL": "https://ocp.example.com:8080/",
    "OCP_USER": "watcher",
    "OCP_PASSWORD": "made-up-password",
    "OCP_ALLOW_PLAIN_HTTP": "true",
    "OCP_CLUSTERS": "pay, 1000005,,pay",
    "BOT_ALERT_CHANNEL": "#log-backup",
    "BOT_POLL_INTERVAL": "1m",
    "BOT_TIMEZONE": "Asia/Shanghai",
    "BOT_DATABASE_URL": "postgresql://bot:made-up-db@db.example.com/bot",
    "BOT_RETENTION": "21d",
    "BOT_HISTORY_RETENTION": "800d",
    "BOT_METRICS_TASK_DELAYS": "yes",
    "BOT_HEARTBEAT_URL": "https://hc-ping.com/made-up-heartbeat",
    "OCP_LINK": "https://ocp.example.com/cluster/{id}",
    "BOT_HTTP_HOST": "10.0.0.3",
    "BOT_HTTP_PORT": "8090",
    "BOT_METRICS_HOST": "127.0.0.1",
    "BOT_METRICS_PORT": "9100",
    "BOT_LOG_FORMAT": "JSON",
    "BOT_LOG_LEVEL": "Debug",
}


def mistakes(environment: Mapping[str, str], *needs: Need) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(environment, needs=needs)
    return caught.value.mistakes


def test_every_variable_reaches_the_settings() -> None:
    settings, warnings = load(WHOLE, needs=EVERYTHING)
    assert warnings == ()
    assert settings.slack_bot_token is not None
    assert settings.slack_bot_token.get_secret_value() == "xoxb-bot"
    assert settings.slack_app_token is not None
    assert settings.slack_app_token.get_secret_value() == "xapp-app"
    assert settings.slack_signing_secret is not None
    assert settings.slack_signing_secret.get_secret_value() == "5166e1f0c0ffee"
    assert settings.slack_api_url == "http://127.0.0.1:9000/api/"
    (source,) = settings.sources
    assert (source.name, source.url, source.user) == ("ocp", "https://ocp.example.com:8080", "watcher")
    assert source.password is not None
    assert source.password.get_secret_value() == "made-up-password"
    assert source.allow_plain_http is True
    assert source.clusters == ("pay", "1000005")
    assert source.link == "https://ocp.example.com/cluster/{id}"
    assert (settings.retention, settings.history_retention) == (timedelta(days=21), timedelta(days=800))
    assert settings.metrics_task_delays is True
    assert settings.heartbeat_url is not None
    assert settings.heartbeat_url.get_secret_value() == WHOLE["BOT_HEARTBEAT_URL"]
    assert settings.alert_channel == "#log-backup"
    assert settings.poll_interval == timedelta(minutes=1)
    assert settings.timezone.key == "Asia/Shanghai"
    assert settings.database_url.get_secret_value() == WHOLE["BOT_DATABASE_URL"]
    assert settings.http_address == ("10.0.0.3", 8090)
    assert settings.metrics_address == ("127.0.0.1", 9100)
    assert (settings.log_format, settings.log_level) == ("json", "debug")


def test_an_access_key_and_an_authority_reach_the_source() -> None:
    authority = Path(certifi.where())
    environment = {
        "OCP_URL": "https://ocp.example.com",
        "OCP_ACCESS_KEY": "made-up-ak",
        "OCP_SECRET_KEY": "made-up-sk",
        "OCP_CA_FILE": str(authority),
    }
    (source,) = load(environment, needs={Need.OCP}).settings.sources
    assert source.access_key is not None
    assert source.access_key.get_secret_value() == "made-up-ak"
    assert source.secret_key is not None
    assert source.secret_key.get_secret_value() == "made-up-sk"
    assert source.ca_file == authority


def test_nothing_set_means_the_defaults_of_the_public_surface() -> None:
    settings, warnings = load({})
    assert warnings == ()
    assert settings.sources == ()
    assert settings.slack_api_url == "https://slack.com/api/"
    assert settings.poll_interval == timedelta(seconds=30)
    assert settings.timezone.key == "UTC"
    assert settings.http_address == ("127.0.0.1", 8080)
    assert settings.metrics_address is None
    assert (settings.log_format, settings.log_level) == (None, "info")
    assert settings.alert_channel is None
    assert (settings.retention, settings.history_retention) == (timedelta(days=14), timedelta(days=400))
    assert (settings.heartbeat_url, settings.metrics_task_delays) == (None, False)


def test_the_default_database_is_a_file_in_the_users_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    url = load({}).settings.database_url.get_secret_value()
    assert url == f"sqlite:///{tmp_path}/logbackup-bot/logbackup-bot.sqlite3"


def test_the_variables_and_the_file_have_the_same_settings() -> None:
    """Every field is a variable, but for what needs lists; a source's name is not one."""
    of_sources = {variable.field for variable in SOURCE_VARIABLES}
    of_all = {variable.field for variable in VARIABLES} - of_sources
    assert set(Settings.model_fields) == of_all | FILE_ONLY
    assert set(SourceSettings.model_fields) == of_sources | {"name", "thresholds"}


def test_a_variable_without_a_value_is_not_set() -> None:
    assert load(dict.fromkeys(KNOWN, " ")).settings == load({}).settings


@pytest.mark.parametrize("name", sorted(v.name for v in VARIABLES if v.secret))
def test_any_secret_can_come_from_a_file(name: str, tmp_path: Path) -> None:
    value = WHOLE.get(name, "made-up")
    file = tmp_path / "secret"
    file.write_text(f"{value}\n")
    from_file, from_variable = load({f"{name}_FILE": str(file)}), load({name: value})
    assert dict(from_file.settings) == dict(from_variable.settings)
    assert value in from_file.settings.secrets()


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param(None, "names a file that cannot be read: No such file or directory.", id="not there"),
        pytest.param(b"", "names a file that is empty.", id="empty"),
        pytest.param(b" \n", "names a file that is empty.", id="blank"),
        pytest.param(b"\xff\xfe", "names a file that is not text.", id="binary"),
        pytest.param(b"x" * 70_000, "names a file that is too large to hold one secret.", id="large"),
        pytest.param(b"one\ntwo", "holds a line break or another character", id="two lines"),
    ],
)
def test_a_file_without_a_secret_is_told_and_not_called_missing(
    content: bytes | None, sentence: str, tmp_path: Path
) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    environment = WHOLE | {"OCP_PASSWORD": "", "OCP_PASSWORD_FILE": str(file)}
    (mistake,) = mistakes(environment, *EVERYTHING)
    assert mistake.startswith(f"OCP_PASSWORD_FILE {sentence}")


def test_a_secret_given_twice_is_a_mistake(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("xoxb-other")
    assert mistakes({"SLACK_BOT_TOKEN": "xoxb-bot", "SLACK_BOT_TOKEN_FILE": str(file)}) == (
        "SLACK_BOT_TOKEN and SLACK_BOT_TOKEN_FILE are both set: remove one of them.",
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("SLACK_TOKEN", "SLACK_BOT_TOKEN"),
        ("SLACK_BOT_TOKN", "SLACK_BOT_TOKEN"),
        ("SLCK_BOT_TOKEN", "SLACK_BOT_TOKEN"),
        ("slack_bot_token", "SLACK_BOT_TOKEN"),
        ("SLACK-BOT-TOKEN", "SLACK_BOT_TOKEN"),
        ("OCP_USERNAME", "OCP_USER"),
        ("OCP_PASSWD", "OCP_PASSWORD"),
        ("OCP_CLUSTER", "OCP_CLUSTERS"),
        ("BOT_ALERTS_CHANNEL", "BOT_ALERT_CHANNEL"),
        ("BOT_INTERVAL", "BOT_POLL_INTERVAL"),
        ("BOT_HTP_PORT", "BOT_HTTP_PORT"),
        ("BOT_LOGLEVEL", "BOT_LOG_LEVEL"),
        ("BOT_CONFG", "BOT_CONFIG"),
    ],
)
def test_a_near_miss_of_a_name_is_a_mistake(typed: str, meant: str) -> None:
    assert mistakes({typed: "x"}) == (f"{typed} in the environment is no setting: did you mean {meant}?",)


@pytest.mark.parametrize(
    "name",
    [
        "PATH",
        "HOME",
        "HTTP_PROXY",
        "DATABASE_URL",
        "TIMEZONE",
        "LOG_LEVEL",
        "ALERT_CHANNEL",
        "USER",
        "PASSWORD_STORE_DIR",
        "ROBOT_TIMEZONES",
        "SSL_CERT_FILE",
    ],
)
def test_names_of_others_are_nobodys_business(name: str) -> None:
    assert load({name: "x"}).warnings == ()


def test_what_kubernetes_injects_gets_one_warning() -> None:
    """Services named ocp, bot and bot-metrics put these into every pod of the namespace."""
    environment = {
        "OCP_SERVICE_HOST": "10.0.0.1",
        "OCP_SERVICE_PORT": "8080",
        "OCP_PORT": "tcp://10.0.0.1:8080",
        "OCP_PORT_8080_TCP_ADDR": "10.0.0.1",
        "BOT_METRICS_SERVICE_HOST": "10.0.0.2",
        "BOT_SERVICE_PORT_HTTP": "80",
        "SLACK_WEBHOOK_URL": "https://hooks.example.com",
    }
    (warning,) = load(environment).warnings
    assert warning == (
        "These variables of the environment mean nothing to the bot: BOT_METRICS_SERVICE_HOST,"
        " BOT_SERVICE_PORT_HTTP, OCP_PORT, OCP_PORT_8080_TCP_ADDR, OCP_SERVICE_HOST and 2 more."
    )


def test_a_port_that_kubernetes_took_over_is_explained() -> None:
    (mistake,) = mistakes({"BOT_HTTP_PORT": "tcp://10.0.0.1:80"})
    assert mistake == (
        "BOT_HTTP_PORT was set by Kubernetes for a Service of that name: rename the Service,"
        " or set enableServiceLinks: false in the pod."
    )


@given(st.sampled_from(sorted(KNOWN)))
def test_a_known_name_is_nearest_to_itself(name: str) -> None:
    assert nearest_variable(name) == name
