"""OCP's own alarm: its limit is shown, and obeyed where the settings say so."""

from datetime import timedelta
from pathlib import Path

from bot.domain.task import ClusterId, SourceName
from bot.settings import load
from bot.sources import thresholds_of

FILE = """
sources:
  - name: prod
    url: http://127.0.0.1:1
    user: u
    password: p
    thresholds:
      clusters:
        pay: {use_ocp_threshold: true}
"""
PROD, PAY, SHOP = SourceName("prod"), ClusterId(1), ClusterId(2)


def test_it_is_obeyed_only_where_the_settings_say_so_and_it_is_known(tmp_path: Path) -> None:
    path = tmp_path / "bot.yaml"
    path.write_text(FILE)
    settings = load({}, str(path)).settings
    known = {PAY: timedelta(minutes=5), SHOP: timedelta(minutes=7)}
    limits = thresholds_of(settings, known)
    assert limits(PROD, PAY, "pay", "orders").lagging_warning == timedelta(minutes=5)
    assert limits(PROD, SHOP, "shop", "cart").lagging_warning == timedelta(minutes=10)
    assert thresholds_of(settings)(PROD, PAY, "pay", None).lagging_warning == timedelta(minutes=10)
    known.clear()
    assert limits(PROD, PAY, "pay", "orders").lagging_warning == timedelta(minutes=10)
