"""What a command cannot do without, and all mistakes at once."""

import pytest

from bot.errors import SettingsError
from bot.settings import EVERYTHING, Need, load

OCP = {"OCP_URL": "https://ocp.example.com", "OCP_USER": "u", "OCP_PASSWORD": "made-up"}
SLACK = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}


def test_the_bot_needs_everything_and_hears_of_it_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load({}, needs=EVERYTHING)
    assert [mistake.partition(" is missing")[0] for mistake in caught.value.mistakes] == [
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "BOT_ALERT_CHANNEL",
        "OCP_URL",
        "The login for OCP",
    ]


def test_the_summaries_need_only_ocp() -> None:
    settings, warnings = load(OCP, needs={Need.OCP})
    assert (settings.sources[0].user, warnings) == ("u", ())


def test_a_signing_secret_serves_instead_of_an_app_token() -> None:
    load({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "made-up"}, needs={Need.SLACK})


def test_everything_that_is_needed_is_enough() -> None:
    load({**OCP, **SLACK, "BOT_ALERT_CHANNEL": "C0123456789"}, needs=EVERYTHING)


def test_what_was_written_wrongly_is_not_called_missing_too() -> None:
    environment = {
        **OCP,
        "SLACK_BOT_TOKEN": "xapp-1",
        "SLACK_APP_TOKEN": "xoxb-1",
        "BOT_ALERT_CHANNEL": "a b",
        "OCP_URL": "ocp",
        "BOT_POLL_INTERVAL": "x",
        "OCP_USERNAME": "u",
    }
    with pytest.raises(SettingsError) as caught:
        load(environment, needs=EVERYTHING)
    assert len(caught.value.mistakes) == 6
    assert not any("missing" in mistake for mistake in caught.value.mistakes)
    assert caught.value.sentence == " ".join(caught.value.mistakes)


def test_secrets_are_masked_wherever_settings_are_printed() -> None:
    secrets = {
        "SLACK_BOT_TOKEN": "xoxb-made-up-1",
        "SLACK_APP_TOKEN": "xapp-made-up-2",
        "SLACK_SIGNING_SECRET": "made-up-3",
        "OCP_ACCESS_KEY": "made-up-4",
        "OCP_SECRET_KEY": "made-up-5",
        "BOT_DATABASE_URL": "postgresql://bot:made-up-6@db/x",
        "BOT_HEARTBEAT_URL": "https://hc-ping.com/made-up-7",
    }
    settings = load({"OCP_URL": "https://ocp", **secrets}).settings
    printed = (
        f"{settings!r} {settings} {settings.model_dump()} {settings.model_dump_json()} {settings.sources}"
    )
    assert "made-up" not in printed


def test_every_secret_is_known_to_the_log_in_each_form_in_which_it_travels() -> None:
    settings = load(
        {**OCP, **SLACK, "BOT_DATABASE_URL": "postgresql://bot:made%40up@db/x", "SLACK_SIGNING_SECRET": "sig"}
        | {"BOT_HEARTBEAT_URL": "https://hc.example.com/ping/a-token-of-it/?t=and-another"}
    ).settings
    assert set(settings.secrets()) == {
        "xoxb-1",
        "xapp-1",
        "sig",
        "made-up",
        "dTptYWRlLXVw",  # u:made-up, as Basic carries it
        "postgresql://bot:made%40up@db/x",
        "made%40up",
        "made@up",
        "https://hc.example.com/ping/a-token-of-it/?t=and-another",
        "a-token-of-it",
        "t=and-another",
    }


@pytest.mark.parametrize("name", ["SLACK_BOT_TOKEN", "OCP_PASSWORD", "BOT_DATABASE_URL"])
def test_a_secret_in_the_wrong_place_is_not_repeated(name: str) -> None:
    """A value that slipped into another variable is told without it."""
    with pytest.raises(SettingsError) as caught:
        load(
            {
                name: "a-secret\nof two lines",
                "BOT_TIMEZONE": "a-secret of two lines",
                "BOT_LOG_LEVEL": "a-secret",
            }
        )
    assert "a-secret\nof" not in str(caught.value)
    with pytest.raises(SettingsError) as caught:
        load({name: "xapp-hunter2", "BOT_TIMEZONE": "xapp-hunter2", "BOT_LOG_LEVEL": "xapp-hunter2"})
    assert "hunter2" not in str(caught.value)
