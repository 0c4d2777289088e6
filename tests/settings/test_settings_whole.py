"""A settings file with everything in it: the schema takes it, and what is shown of it is the same again."""

import json
import textwrap
from dataclasses import replace

import jsonschema
import pytest
import yaml

from bot.domain.permission import Permission
from bot.settings import schema, shown, values_in_force
from tests.settings.reading import Reading

WHOLE = textwrap.dedent(
    """
    alert_channel: "#log-backup"
    timezone: Europe/Berlin
    poll_interval: 30s
    retention: 14d
    history_retention: 400d
    metrics_task_delays: true
    log_format: json
    sources:
      - name: prod
        url: https://ocp.example.com:8080
        access_key: AK-made-up
        secret_key: SK-made-up
        link: https://ocp.example.com:8080/cluster/{id}
        thresholds:
          clusters:
            pay:
              lagging_warning: 5m
              tenants:
                archive_*: {standby_delay_matters: true}
      - name: test
        url: http://127.0.0.1:8080
        user: watcher
        password: made-up
        clusters: [crm, 1000005]
    thresholds: {patience: 3m, reopen_within: 15m}
    mentions: {critical: [S0123456789]}
    reminders: {warning: 4h, critical: 30m, escalate_after: 1h, escalate_to: [S0123456789, here]}
    routes:
      - channel: "#pay-oncall"
        cluster: pay
        problem: [failed, stalled]
        severity: critical
        mentions: {critical: [U0123456789]}
        reminders: {warning: never}
        continue: true
      - {channel: "#test", source: test, broadcast: false}
    permissions:
      read: everyone
      silence: [S0123456789, "#dba"]
      silence_widely: [U0123456789]
      configure: nobody
    silences: {default: 1h, freely: 12h, longest: 14d}
    maintenance_windows:
      - name: backup of the storage
        cluster: pay
        problem: lagging
        days: [sat, sun]
        at: "02:00"
        lasts: 3h
        reason: the storage is copied
        channels: ["#dba"]
      - {name: move, source: "*", starts: "2027-03-28 22:00", ends: "2027-03-29 04:00", timezone: UTC}
    digests:
      - {channel: "#dba", at: "09:00", days: mon-fri}
      - {channel: "#pay-oncall", at: "18:00", cluster: pay, timezone: Asia/Tokyo}
    runbooks:
      - label: Full disks
        link: https://wiki.example.com/full-disk?cluster={cluster}
        status: INTERRUPTED
        error: "*No space left*"
    """
)


def test_everything_in_one_file_is_taken_without_a_word(reading: Reading) -> None:
    settings, warnings = reading(WHOLE)
    assert warnings == ()
    assert len(settings.windows) == len(settings.digest_times) == len(settings.links) == 2
    assert len(settings.pages) == 1
    assert dict(settings.channels) == {
        "#log-backup": "alerts",
        "#pay-oncall": "routes",
        "#test": "routes",
        "#dba": "digests",
    }


def test_the_schema_takes_it_and_refuses_a_typo() -> None:
    validator = jsonschema.Draft202012Validator(schema())
    jsonschema.Draft202012Validator.check_schema(schema())
    written = yaml.safe_load(WHOLE.replace("1000005", '"1000005"'))
    assert [error.message for error in validator.iter_errors(written)] == []
    for place in ("routes", "digests", "maintenance_windows", "runbooks", "sources"):
        wrong = yaml.safe_load(WHOLE)
        wrong[place][0]["chanel"] = "#x"
        assert not validator.is_valid(wrong), place


def test_what_is_shown_of_it_is_the_same_settings_again(reading: Reading) -> None:
    first = reading(WHOLE).settings
    again = reading(shown(first)).settings
    assert json.dumps(values_in_force(again)) == json.dumps(values_in_force(first))
    assert (again.windows, again.digest_times, again.pages) == (
        first.windows,
        first.digest_times,
        first.pages,
    )
    for permission in Permission:
        assert again.who_may.granted(permission) == first.who_may.granted(permission), permission
    assert again.silence_limits == first.silence_limits
    assert again.routing() == first.routing()
    assert jsonschema.Draft202012Validator(schema()).is_valid(values_in_force(first))


@pytest.mark.parametrize("text", ["", "alert_channel: a"])
def test_the_defaults_written_out_are_the_defaults(text: str, reading: Reading) -> None:
    first = reading(text).settings
    again = reading(shown(first)).settings
    assert all(again.who_may.granted(one) == first.who_may.granted(one) for one in Permission)
    assert again.silence_limits == first.silence_limits
    assert again.routing() == first.routing()
    assert again.thresholds_for("ocp") == replace(first.thresholds_for("ocp"), lagging_is_literal=True)
