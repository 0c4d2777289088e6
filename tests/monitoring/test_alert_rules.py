"""The alert rules and the dashboard: they parse, they are tried, and they ask only for what there is."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.monitoring.monitored_bot import Page, all_counts, everything, page
from tests.monitoring.promtool import promtool

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "bot" / "monitoring" / "alerts.yml"
DASHBOARD = ROOT / "bot" / "monitoring" / "dashboard.json"
TRIED = Path(__file__).with_name("alerts_test.yml")
FROM_PROMETHEUS = {"job", "instance"}
GRAFANA = {"$job": ".*", "$source": ".*", "$__rate_interval": "2m"}


@cache
def rules() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


@cache
def dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DASHBOARD.read_text())
    return found


def asked() -> dict[str, str]:
    """Give what each panel asks, with Grafana's variables filled in."""
    found = {}
    for panel in dashboard()["panels"]:
        for target in panel.get("targets", ()):
            expression = target["expr"]
            for variable, value in GRAFANA.items():
                expression = expression.replace(variable, value)
            found[f"{panel['title']}, {target['refId']}"] = expression
    return found


def every_expression() -> dict[str, str]:
    return {**{rule["alert"]: rule["expr"] for rule in rules()}, **asked()}


def metrics_in(expression: str) -> set[str]:
    """Find the names of metrics: words that are neither functions nor labels."""
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]|\b(by|on|without) *\([^)]*\)", " ", expression)
    words = re.findall(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?! *\(|[a-zA-Z0-9_:])", bare)
    return set(words) - {"and", "or", "unless", "bool", "by", "on"}


def test_promtool_accepts_the_rules() -> None:
    assert f"{len(rules())} rules found" in promtool("check", "rules", RULES)


async def test_promtool_finds_nothing_to_say_about_the_metrics() -> None:
    assert promtool("check", "metrics", given=(await page(everything(), all_counts())).text) == ""


def test_the_rules_do_what_they_are_there_for() -> None:
    promtool("test", "rules", TRIED)


def test_every_rule_is_tried_both_ways() -> None:
    cases = [
        case for group in yaml.safe_load(TRIED.read_text())["tests"] for case in group["alert_rule_test"]
    ]
    alerts = {rule["alert"] for rule in rules()}
    assert len(alerts) == len(rules())
    assert {case["alertname"] for case in cases if case["exp_alerts"]} == alerts
    assert {case["alertname"] for case in cases if not case["exp_alerts"]} == alerts


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["alert"])
def test_every_alert_says_how_bad_it_is_and_what_to_do(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("warning", "critical")
    assert len(rule["annotations"]["summary"]) <= 80
    assert rule["annotations"]["description"].rstrip()[-1] in ".?"


def test_promtool_parses_every_expression_of_the_dashboard(tmp_path: Path) -> None:
    found = asked()
    assert len(found) > 30
    wrapped = tmp_path / "dashboard.yml"
    recorded = [
        {"record": f"panel:{number}", "expr": expression} for number, expression in enumerate(found.values())
    ]
    wrapped.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": recorded}]}))
    assert f"{len(found)} rules found" in promtool("check", "rules", wrapped)


async def test_what_is_asked_for_is_what_the_bot_tells() -> None:
    seen = await page(everything(), all_counts())
    for place, expression in every_expression().items():
        found = metrics_in(expression)
        assert found, place
        assert found - seen.names - {"up"} == set(), place


async def test_every_label_that_is_asked_for_is_there() -> None:
    seen = await page(everything(), all_counts())
    for place, expression in every_expression().items():
        for metric, matchers in re.findall(r"(\w+)\{([^}]*)\}", expression):
            assert matched_labels(matchers) <= seen.labels_of(metric) | FROM_PROMETHEUS, place
        grouped = {
            label.strip()
            for labels in re.findall(r"\b(?:by|on) *\(([^)]*)\)", expression)
            for label in labels.split(",")
        }
        assert grouped <= labels_of_all(seen, expression) | FROM_PROMETHEUS, place


def matched_labels(matchers: str) -> set[str]:
    return set(re.findall(r"(\w+) *(?:=~|!~|!=|=)", re.sub(r'"[^"]*"', '""', matchers)))


def labels_of_all(seen: Page, expression: str) -> set[str]:
    return {label for metric in metrics_in(expression) for label in seen.labels_of(metric)}


async def test_every_value_that_is_matched_by_name_can_occur() -> None:
    """A rule on ``outcome="fualt"`` would be silent for ever."""
    seen = await page(everything(), all_counts())
    for place, expression in every_expression().items():
        for metric, matchers in re.findall(r"(\w+)\{([^}]*)\}", expression):
            for label, value in re.findall(r'(\w+)!?="([^"]*)"', matchers):
                told = {dict(labels).get(label) for name, labels in seen.samples if name == metric}
                assert value in told, f"{place}: {label}={value}"


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("absent(logbackup_bot_build_info)", {"logbackup_bot_build_info"}),
        ('max by (job) (a{b="c"}) > 3 * rate(d[5m]) or e unless on (f) g', {"a", "d", "e", "g"}),
        ("time() - a == bool 0", {"a"}),
    ],
)
def test_the_search_for_metrics_finds_them(expression: str, found: set[str]) -> None:
    assert metrics_in(expression) == found


def test_panels_have_names_of_their_own_and_do_not_cover_each_other() -> None:
    panels = [panel for panel in dashboard()["panels"] if panel["type"] != "row"]
    assert len({panel["title"] for panel in panels}) == len(panels)
    taken: set[tuple[int, int]] = set()
    for panel in dashboard()["panels"]:
        at = panel["gridPos"]
        cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


async def test_every_metric_of_ours_is_shown_or_watched_somewhere() -> None:
    seen = await page(everything(), all_counts())
    text = RULES.read_text() + DASHBOARD.read_text()
    ours = {name for name in seen.families if name.startswith("logbackup_bot_")}
    assert {name for name in ours if name not in text} == set()
