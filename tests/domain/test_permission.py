"""Who may do what, and whom a refusal names."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.handling import UserId
from bot.domain.incident import IncidentNumber
from bot.domain.naming import Scope
from bot.domain.permission import (
    EVERYONE,
    NOBODY,
    Allowed,
    Asker,
    Grant,
    Permission,
    Permissions,
    Refused,
    SilenceLimits,
    UserGroup,
    Wide,
    length_of,
    may,
    mutes_everything,
)
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.silence import Matcher

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ANA, BEN = UserId("U0ANA"), UserId("U0BEN")
ONCALL = UserGroup("S0CALL")
OPS = Channel("C0OPS")
PAY = Matcher(Scope(cluster="pay"))


@pytest.mark.parametrize("permission", [one for one in Permission if one is not Permission.SILENCE_WIDELY])
def test_without_settings_every_full_member_may_all_but_silence_widely(permission: Permission) -> None:
    assert may(Permissions(), permission, Asker(ANA)) == Allowed()


def test_without_settings_nobody_may_silence_widely_and_there_is_nobody_to_ask() -> None:
    refused = may(Permissions(), Permission.SILENCE_WIDELY, Asker(ANA))
    assert refused == Refused(Permission.SILENCE_WIDELY)
    assert refused.whom_to_ask == ()


@pytest.mark.parametrize(
    ("asker", "answer"),
    [
        pytest.param(Asker(ANA), True, id="by name"),
        pytest.param(Asker(BEN, frozenset({ONCALL})), True, id="by user group"),
        pytest.param(Asker(BEN, frozenset(), OPS), True, id="by the channel"),
        pytest.param(Asker(BEN, frozenset({UserGroup("S0X")}), Channel("C0X")), False, id="by none"),
        pytest.param(Asker(BEN), False, id="nowhere"),
    ],
)
def test_a_grant_reaches_people_groups_and_whoever_speaks_in_a_channel(asker: Asker, *, answer: bool) -> None:
    permissions = Permissions({Permission.SILENCE: Grant(users=(ANA,), groups=(ONCALL,), channels=(OPS,))})
    found = may(permissions, Permission.SILENCE, asker)
    assert isinstance(found, Allowed) is answer
    if isinstance(found, Refused):
        assert found.whom_to_ask == (ANA, ONCALL, OPS)


def test_what_is_not_written_goes_with_the_permission_that_it_builds_on() -> None:
    only_ana = Permissions({Permission.READ: Grant(users=(ANA,))})
    for permission in set(Permission) - {Permission.SILENCE_WIDELY}:
        assert may(only_ana, permission, Asker(ANA)) == Allowed()
        assert may(only_ana, permission, Asker(BEN)) == Refused(permission, Grant(users=(ANA,)))


def test_who_may_more_may_less_too() -> None:
    permissions = Permissions(
        {
            Permission.READ: Grant(users=(ANA,)),
            Permission.SILENCE_WIDELY: Grant(users=(BEN,)),
            Permission.CONFIGURE: NOBODY,
        }
    )
    for permission in (Permission.READ, Permission.ACKNOWLEDGE, Permission.SILENCE):
        assert may(permissions, permission, Asker(BEN)) == Allowed()
    assert may(permissions, Permission.CONFIGURE, Asker(BEN)) == Refused(Permission.CONFIGURE)
    assert may(permissions, Permission.SILENCE_WIDELY, Asker(ANA)) == Refused(
        Permission.SILENCE_WIDELY, Grant(users=(BEN,))
    )


def test_a_refusal_names_everybody_who_could_each_once() -> None:
    permissions = Permissions(
        {
            Permission.ACKNOWLEDGE: Grant(users=(ANA,)),
            Permission.SILENCE: Grant(users=(ANA,), groups=(ONCALL,)),
            Permission.SILENCE_WIDELY: Grant(users=(UserId("U0EVE"),)),
        }
    )
    refused = may(permissions, Permission.ACKNOWLEDGE, Asker(BEN))
    assert isinstance(refused, Refused)
    assert refused.whom_to_ask == (ANA, "U0EVE", ONCALL)


def test_everyone_beside_somebody_is_everyone() -> None:
    assert EVERYONE | Grant(users=(ANA,)) == Grant(everyone=True, users=(ANA,))


def test_a_channel_lets_people_in_only_once_its_id_is_known() -> None:
    """A name could be taken over by another channel; what arrives from Slack is an id."""
    named = Permissions({Permission.CONFIGURE: Grant(channels=(Channel("#ops"), Channel("#gone")))})
    assert named.channels == {"#ops", "#gone"}
    assert isinstance(may(named, Permission.CONFIGURE, Asker(ANA, channel=OPS)), Refused)
    known = named.with_channels({Channel("#ops"): OPS})
    assert may(known, Permission.CONFIGURE, Asker(ANA, channel=OPS)) == Allowed()
    assert known.channels == {OPS, "#gone"}


def test_the_groups_whose_members_have_to_be_known_are_all_that_are_written() -> None:
    permissions = Permissions(
        {Permission.READ: Grant(groups=(ONCALL,)), Permission.SILENCE: Grant(groups=(UserGroup("S0DBA"),))}
    )
    assert permissions.groups == {ONCALL, "S0DBA"}
    assert Permissions().groups == frozenset()


@pytest.mark.parametrize(
    ("length", "matcher", "why"),
    [
        pytest.param(24 * HOUR, PAY, None, id="a day"),
        pytest.param(25 * HOUR, PAY, Wide.LONG, id="over a day"),
        pytest.param(HOUR, Matcher(), Wide.EVERYTHING, id="everything"),
        pytest.param(None, PAY, Wide.OPEN_ENDED, id="until all of a name is over"),
        pytest.param(None, Matcher(numbers=(IncidentNumber(42),)), None, id="until an incident is over"),
    ],
)
def test_what_is_long_or_wide_takes_a_permission_of_its_own(
    length: timedelta | None, matcher: Matcher, why: Wide | None
) -> None:
    assert SilenceLimits().needs_wide(length, matcher) == why


def test_nobody_may_silence_for_longer_than_the_longest() -> None:
    limits = SilenceLimits()
    assert limits.too_long(timedelta(days=31))
    assert not limits.too_long(timedelta(days=30))
    assert not limits.too_long(None)


@pytest.mark.parametrize(
    ("starts", "ends", "length"),
    [(-5, 3, 3), (2, 3, 1), (0, None, None)],
    ids=["begun long ago", "planned ahead", "without an end"],
)
def test_a_silence_lasts_from_now_or_from_when_it_begins(
    starts: int, ends: int | None, length: int | None
) -> None:
    ends_at = None if ends is None else NOW + ends * HOUR
    assert length_of(NOW + starts * HOUR, ends_at, NOW) == (None if length is None else length * HOUR)


@pytest.mark.parametrize(
    "matcher",
    [
        Matcher(),
        Matcher(Scope()),
        Matcher(Scope(name="*")),
        Matcher(Scope(name="*/*/**")),
        Matcher(Scope(cluster="*", tenant="*")),
        Matcher(Scope(name="*"), severities=tuple(Severity)),
        Matcher(Scope(path="*"), problems=tuple(Problem)),
    ],
)
def test_a_star_by_any_other_name_is_everything(matcher: Matcher) -> None:
    assert mutes_everything(matcher)


@pytest.mark.parametrize(
    "matcher",
    [
        PAY,
        Matcher(Scope(name="pay*")),
        Matcher(Scope(source="prod", cluster="*")),
        Matcher(Scope(name="*"), severities=(Severity.WARNING,)),
        Matcher(problems=(Problem.LAGGING,)),
        Matcher(numbers=(IncidentNumber(1),)),
    ],
)
def test_what_narrows_anything_down_is_not_everything(matcher: Matcher) -> None:
    assert not mutes_everything(matcher)
