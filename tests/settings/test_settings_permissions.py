"""Permissions and lengths of silences of the file, as values that decide who may do what."""

from datetime import timedelta

import pytest

from bot.domain.handling import UserId
from bot.domain.permission import (
    EVERYONE,
    NOBODY,
    Grant,
    Permission,
    Permissions,
    SilenceLimits,
    UserGroup,
)
from bot.domain.posts import Channel
from bot.settings import load, values_in_force
from tests.settings.reading import Reading, mistake_in


def test_without_a_word_everybody_may_all_but_silence_widely() -> None:
    settings = load({}).settings
    assert settings.who_may == Permissions()
    assert settings.silence_limits == SilenceLimits()
    assert values_in_force(settings)["permissions"] == {
        "read": ["everyone"],
        "acknowledge": ["everyone"],
        "silence": ["everyone"],
        "silence_widely": ["nobody"],
        "configure": ["everyone"],
    }
    assert values_in_force(settings)["silences"] == {"default": "2h", "freely": "1d", "longest": "30d"}


def test_people_groups_and_channels_are_told_apart_by_their_ids(reading: Reading) -> None:
    settings = reading(
        """
        permissions:
          read: Everyone
          acknowledge: [U0123456, "@W0123456", "<@U9876543>", S0123456, "<!subteam^S9876543|@dba>"]
          silence: ["#dba", C0123456789, G0123456789, everyone]
          silence_widely: S0123456
          configure: nobody
        """
    ).settings
    assert settings.who_may == Permissions(
        {
            Permission.READ: EVERYONE,
            Permission.ACKNOWLEDGE: Grant(
                users=(UserId("U0123456"), UserId("W0123456"), UserId("U9876543")),
                groups=(UserGroup("S0123456"), UserGroup("S9876543")),
            ),
            Permission.SILENCE: Grant(
                everyone=True, channels=(Channel("#dba"), Channel("C0123456789"), Channel("G0123456789"))
            ),
            Permission.SILENCE_WIDELY: Grant(groups=(UserGroup("S0123456"),)),
            Permission.CONFIGURE: NOBODY,
        }
    )
    assert values_in_force(settings)["permissions"]["silence_widely"] == ["S0123456"]
    assert values_in_force(settings)["permissions"]["configure"] == ["nobody"]


@pytest.mark.parametrize(
    ("written", "default", "freely", "longest"),
    [
        ("{default: 1h}", "1h", "24h", "30d"),
        ("{default: 2d}", "2d", "2d", "30d"),
        ("{freely: 1h}", "1h", "1h", "30d"),
        ("{freely: 60d}", "2h", "60d", "60d"),
        ("{longest: 12h}", "2h", "12h", "12h"),
        ("{longest: 1h}", "1h", "1h", "1h"),
        ("{default: 4h, freely: 8h, longest: 16h}", "4h", "8h", "16h"),
    ],
)
def test_a_length_that_is_not_written_gives_way_to_those_that_are(
    written: str, default: str, freely: str, longest: str, reading: Reading
) -> None:
    units = {"h": timedelta(hours=1), "d": timedelta(days=1)}
    expected = [int(text[:-1]) * units[text[-1]] for text in (default, freely, longest)]
    assert reading(f"silences: {written}").settings.silence_limits == SilenceLimits(*expected)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("permissions: {read: dba}", "read (settings.yaml, line 1) has something that is nobody's id: write"),
        ("permissions: {read: [nobody, everyone]}", "read (settings.yaml, line 1) has something that is"),
        ("permissions: {read: ['#a b']}", "read (settings.yaml, line 1) is not one channel: write its name"),
        ("permissions: {read: {users: U1}}", "read (settings.yaml, line 1) is not a list: write for example"),
        ("permissions: {read: []}", "read (settings.yaml, line 1) is empty: write for example"),
        ("permissions: everyone", "permissions (settings.yaml, line 1) has to have names with values under"),
        ("permissions: {ack: everyone}", "ack (settings.yaml, line 1) is no setting; the nearest is "),
        (
            "permissions: {silense: U1}",
            "silense (settings.yaml, line 1) is no setting: did you mean",
        ),
        ("acknowledge: everyone", "acknowledge (settings.yaml, line 1) has no meaning here: acknowledge bel"),
        (
            "permission: {read: everyone}",
            "permission (settings.yaml, line 1) is no setting: did you mean",
        ),
        ("silences: {default: 0}", "default (settings.yaml, line 1) has to be above zero: write for example"),
        (
            "silences: {default: 2d, freely: 1d}",
            "default (settings.yaml, line 1) is 2d and longer than freely, 1d: make it shorter.",
        ),
        (
            "silences:\n  freely: 2d\n  longest: 1d",
            "freely (settings.yaml, line 2) is 2d and longer than longest, 1d: make it shorter.",
        ),
    ],
)
def test_a_mistake_in_a_permission_is_one_sentence_with_its_line(
    text: str, sentence: str, reading: Reading
) -> None:
    assert mistake_in(text, reading).startswith(sentence)
