"""OCP's own limit, where the settings say that it is obeyed."""

from datetime import timedelta

import pytest

from bot.domain.thresholds import Thresholds, obeying_ocp

MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("ocp", "critical"),
    [
        pytest.param(5 * MINUTE, 30 * MINUTE, id="ours for critical stays"),
        pytest.param(45 * MINUTE, 45 * MINUTE, id="critical is never less than the warning"),
    ],
)
def test_ocps_limit_is_the_warning_to_the_letter(ocp: timedelta, critical: timedelta) -> None:
    limits = obeying_ocp(Thresholds(), ocp)
    assert (limits.lagging_warning, limits.lagging_critical) == (ocp, critical)
    assert limits.lagging_is_literal
