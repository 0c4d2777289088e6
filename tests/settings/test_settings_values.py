"""Single values: what is taken, and the sentence for what is not."""

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import Need, load
from bot.settings.spans import spoken
from bot.settings.values import is_loopback


def mistake(name: str, value: str) -> str:
    with pytest.raises(SettingsError) as caught:
        load({name: value})
    (sentence,) = caught.value.mistakes
    return sentence


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("1m", 60), ("1h30m", 5400), ("2 hours", 7200), ("1s", 1), ("45", 45), ("1.5s", 1.5)],
)
def test_a_poll_interval_is_written_with_its_unit_and_bare_numbers_are_seconds(
    text: str, seconds: float
) -> None:
    assert load({"BOT_POLL_INTERVAL": text}).settings.poll_interval == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("0.9s", "has to lie between 1s and 1d: write for example 30s or 1m."),
        ("0", "has to lie between 1s and 1d: write for example 30s or 1m."),
        ("25h", "has to lie between 1s and 1d: write for example 30s or 1m."),
        ("-5s", "is below zero: write for example 30s, 5m or 2h."),
        ("5000w", "is longer than a year: write for example 30s, 5m or 2h."),
        ("soon", "is not a length of time: write for example 30s, 5m or 2h."),
        ("9" * 50, "is not a length of time: write for example 30s, 5m or 2h."),
        ("nan", "is not a length of time: write for example 30s, 5m or 2h."),
    ],
)
def test_a_poll_interval_that_cannot_be(text: str, sentence: str) -> None:
    assert mistake("BOT_POLL_INTERVAL", text) == f"BOT_POLL_INTERVAL {sentence}"


@given(st.integers(min_value=1, max_value=86_400))
def test_a_span_is_read_back_as_it_is_spoken(seconds: int) -> None:
    text = spoken(timedelta(seconds=seconds))
    assert load({"BOT_POLL_INTERVAL": text}).settings.poll_interval == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        (
            "BOT_TIMEZONE",
            "Europe/Berln",
            "is no time zone: did you mean Europe/Berlin?",
        ),
        ("BOT_TIMEZONE", "../../etc", "is no time zone: write for example UTC or Europe/Berlin."),
        ("BOT_HTTP_PORT", "http", "has to be a whole number."),
        ("BOT_HTTP_PORT", "65536", "has to be at most 65535."),
        ("BOT_METRICS_PORT", "-1", "has to be at least 0."),
        ("BOT_HTTP_PORT", "9" * 5000, "is too large a number."),
        ("BOT_HTTP_HOST", "http://x", "is not an address to listen on: write for example 127.0.0.1"),
        ("BOT_LOG_LEVEL", "loud", "has to be debug, info, warning or error."),
        ("BOT_LOG_FORMAT", "xml", "has to be console or json."),
        ("OCP_ALLOW_PLAIN_HTTP", "perhaps", "has to be true or false."),
        ("OCP_URL", "ocp.example.com:8080", "has to begin with http:// or https://, as in https://ocp."),
        ("OCP_URL", "ftp://ocp", "has to begin with http:// or https://"),
        ("OCP_URL", "https://", "is not a web address"),
        ("OCP_URL", "https://[::1", "is not a web address"),
        ("OCP_URL", "https://ocp:99999", "is not a web address"),
        ("OCP_URL", "https://ocp:0", "is not a web address"),
        ("OCP_URL", "https://o cp", "holds a blank or a line break"),
        ("OCP_URL", "https://u:made-up@ocp", "holds a user or a password: take them out of the address"),
        ("OCP_URL", "https://ocp?x=1", "has something behind ? or #"),
        ("OCP_URL", "https://ocp/api/v2", "goes on with /api: write OCP's address alone"),
        ("SLACK_API_URL", "slack.com/api", "has to begin with http:// or https://"),
        (
            "SLACK_BOT_TOKEN",
            "xapp-1",
            "is another kind of token: a bot token begins with xoxb-; are two swapped?",
        ),
        ("SLACK_BOT_TOKEN", "xoxb- 1", "holds a blank or a letter that no Slack token has: copy it again."),
        ("SLACK_APP_TOKEN", "xoxb-1", "is another kind of token: an app-level token"),
        ("SLACK_SIGNING_SECRET", "a\x00b", "holds a line break or another character"),
        ("BOT_DATABASE_URL", "mysql://db/x", "is no address of a database that the bot can use"),
        ("BOT_DATABASE_URL", "sqlite://", "names no file: write sqlite:///path"),
        ("BOT_DATABASE_URL", "sqlite:///:memory:", "names no file: write sqlite:///path"),
        ("BOT_DATABASE_URL", "postgresql:///x", "names no database server"),
        ("BOT_DATABASE_URL", "postgresql://h:port/x", "names no database server"),
        ("BOT_ALERT_CHANNEL", "#a, #b", "is not one channel: write its name, as in #log-backup"),
        ("BOT_ALERT_CHANNEL", "#", "is not one channel"),
    ],
)
def test_a_wrong_value_is_told_in_one_plain_sentence(name: str, value: str, sentence: str) -> None:
    told = mistake(name, value)
    assert told.startswith(f"{name} {sentence}")
    assert "pydantic" not in told


@pytest.mark.parametrize("word", ["true", "True", "yes", "on", "1"])
def test_a_yes_is_a_yes_in_every_usual_spelling(word: str) -> None:
    settings = load({"OCP_URL": "http://ocp", "OCP_ALLOW_PLAIN_HTTP": word}).settings
    assert settings.sources[0].allow_plain_http is True


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, None),
        ({"BOT_METRICS_PORT": "8080"}, None),
        ({"BOT_METRICS_PORT": "9100"}, ("127.0.0.1", 9100)),
        ({"BOT_METRICS_HOST": "10.0.0.1"}, ("10.0.0.1", 8080)),
        ({"BOT_METRICS_HOST": "[::1]", "BOT_METRICS_PORT": "9100"}, ("::1", 9100)),
    ],
)
def test_metrics_share_the_address_unless_they_have_their_own(
    environment: dict[str, str], address: tuple[str, int] | None
) -> None:
    assert load(environment).settings.metrics_address == address


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST.", "ocp.localhost", "127.0.0.1", "127.9.9.9", "::1"]
)
def test_this_machine_is_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["localhost.example.com", "10.0.0.1", "::", "", "ocp", "128.0.0.1"])
def test_other_machines_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


LOGIN = {"OCP_USER": "u", "OCP_PASSWORD": "made-up-password"}
KEYS = {"OCP_ACCESS_KEY": "made-up-ak", "OCP_SECRET_KEY": "made-up-sk"}


def test_a_password_over_plain_http_to_another_machine_is_refused() -> None:
    with pytest.raises(SettingsError) as caught:
        load({"OCP_URL": "http://ocp.example.com:8080", **LOGIN})
    assert caught.value.sentence == (
        "OCP_URL is plain http to another machine, and the password could be read on the way:"
        " use https, or an access key, or set OCP_ALLOW_PLAIN_HTTP to true."
    )


@pytest.mark.parametrize(
    "environment",
    [
        {"OCP_URL": "http://ocp.example.com", "OCP_ALLOW_PLAIN_HTTP": "true", **LOGIN},
        {"OCP_URL": "http://127.0.0.1:8080", **LOGIN},
        {"OCP_URL": "http://localhost:8080", **LOGIN},
        {"OCP_URL": "https://ocp.example.com", **LOGIN},
        {"OCP_URL": "http://127.0.0.1:8080", **KEYS},
        {"OCP_URL": "https://ocp.example.com", **KEYS},
    ],
)
def test_a_login_that_nobody_can_read_on_the_way_is_taken(environment: dict[str, str]) -> None:
    assert load(environment, needs={Need.OCP}).warnings == ()


def test_an_access_key_over_plain_http_only_warns() -> None:
    (warning,) = load({"OCP_URL": "http://ocp.example.com", **KEYS}, needs={Need.OCP}).warnings
    assert warning.startswith("OCP_URL is plain http to another machine: nobody can read the secret key")


def test_slack_over_plain_http_to_another_machine_warns() -> None:
    (warning,) = load({"SLACK_API_URL": "http://slack.example.com"}).warnings
    assert warning.startswith("SLACK_API_URL is plain http to another machine")


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        pytest.param(
            {**LOGIN, **KEYS},
            "There are two logins for one OCP: keep OCP_USER and OCP_PASSWORD,"
            " or OCP_ACCESS_KEY and OCP_SECRET_KEY.",
            id="both",
        ),
        pytest.param(
            {},
            "The login for OCP is missing:"
            " set OCP_USER and OCP_PASSWORD, or OCP_ACCESS_KEY and OCP_SECRET_KEY.",
            id="none",
        ),
        pytest.param(
            {"OCP_USER": "u"}, "OCP_PASSWORD is missing: it belongs to OCP_USER.", id="only the user"
        ),
        pytest.param(
            {"OCP_PASSWORD": "made-up"},
            "OCP_USER is missing: it belongs to OCP_PASSWORD.",
            id="only the password",
        ),
        pytest.param(
            {"OCP_SECRET_KEY": "made-up"},
            "OCP_ACCESS_KEY is missing: it belongs to OCP_SECRET_KEY.",
            id="only the secret key",
        ),
        pytest.param(
            {"OCP_USER": "a:b", "OCP_PASSWORD": "made-up"},
            "OCP_USER holds a colon, which no login by password can carry.",
            id="a colon",
        ),
    ],
)
def test_a_login_that_is_not_one(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"OCP_URL": "https://ocp.example.com", **environment}, needs={Need.OCP})
    assert caught.value.mistakes == (sentence,)


def test_an_authority_that_is_no_certificate_is_told(tmp_path: Path) -> None:
    told = mistake("OCP_CA_FILE", __file__)
    assert told == "OCP_CA_FILE names a file that holds no certificate in PEM form."
    assert mistake("OCP_CA_FILE", f"{tmp_path}/none") == (
        "OCP_CA_FILE names a file that cannot be read: No such file or directory."
    )
