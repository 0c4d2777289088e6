"""The settings file: what it holds, what it refuses, and where it says the mistake stands."""

import json
import re
import textwrap
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import SettingsError
from bot.settings import EVERYTHING, Need, Settings, load, schema, shown, values_in_force
from bot.settings.digests import DigestSettings
from bot.settings.document import LARGEST
from bot.settings.links import RunbookSettings
from bot.settings.mistakes import names_of
from bot.settings.permissions import PermissionSettings, SilenceSettings
from bot.settings.source import SourceSettings
from bot.settings.variables import KNOWN
from bot.settings.windows import WindowSettings

Written = Callable[[str], str]

FLEET = """
    alert_channel: "#log-backup"
    poll_interval: 1m
    slack_bot_token: xoxb-made-up
    slack_app_token_file: app-token
    sources:
      - name: prod
        url: https://ocp.example.com:8080
        user: watcher
        password: 0123
        clusters: [pay, 1000005]
      - name: test
        url: https://ocp-test.example.com
        access_key: 1e5
        secret_key_file: keys/secret
    """


@pytest.fixture
def written(tmp_path: Path) -> Written:
    def write(text: str) -> str:
        path = tmp_path / "settings.yaml"
        path.write_text(textwrap.dedent(text))
        return str(path)

    return write


def mistakes(path: str, environment: dict[str, str] | None = None, *needs: Need) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as caught:
        load(environment or {}, path, needs=needs)
    return caught.value.mistakes


@pytest.fixture
def fleet(written: Written, tmp_path: Path) -> str:
    (tmp_path / "app-token").write_text("xapp-made-up\n")
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "secret").write_text("made-up-sk\n")
    return written(FLEET)


def test_a_file_holds_several_sources_and_paths_from_its_own_folder(fleet: str) -> None:
    settings, warnings = load({}, fleet, needs=EVERYTHING)
    assert warnings == ()
    prod, test = settings.sources
    assert (prod.name, prod.clusters) == ("prod", ("pay", "1000005"))
    assert test.secret_key is not None
    assert test.secret_key.get_secret_value() == "made-up-sk"
    assert settings.slack_app_token is not None
    assert settings.slack_app_token.get_secret_value() == "xapp-made-up"


def test_a_password_of_digits_stays_what_was_written(fleet: str) -> None:
    """YAML takes 0123 for eighty-three and 1e5 for a hundred thousand."""
    prod, test = load({}, fleet).settings.sources
    assert prod.password is not None
    assert prod.password.get_secret_value() == "0123"
    assert test.access_key is not None
    assert test.access_key.get_secret_value() == "1e5"


def test_the_environment_wins_over_the_file(fleet: str) -> None:
    settings, _ = load({"BOT_POLL_INTERVAL": "10s", "SLACK_APP_TOKEN": "xapp-other"}, fleet)
    assert settings.poll_interval == timedelta(seconds=10)
    assert settings.slack_app_token is not None
    assert settings.slack_app_token.get_secret_value() == "xapp-other"
    assert settings.alert_channel == "#log-backup"


def test_an_overruled_secret_file_need_not_exist(written: Written) -> None:
    path = written("slack_bot_token_file: nowhere")
    settings, _ = load({"SLACK_BOT_TOKEN": "xoxb-1"}, path)
    assert settings.slack_bot_token is not None


def test_the_file_is_named_by_the_option_before_the_variable(written: Written) -> None:
    path = written("poll_interval: 2m")
    assert load({"BOT_CONFIG": path}).settings.poll_interval == timedelta(minutes=2)
    assert load({"BOT_CONFIG": "/nonexistent"}, path).settings.poll_interval == timedelta(minutes=2)


def test_one_ocp_needs_no_list_in_the_file_either(written: Written) -> None:
    path = written(
        """
        ocp_url: https://ocp.example.com
        ocp_user: watcher
        ocp_password: made-up
        ocp_clusters: pay, shop
        """
    )
    (source,) = load({"OCP_USER": "other"}, path, needs={Need.OCP}).settings.sources
    assert (source.name, source.user, source.clusters) == ("ocp", "other", ("pay", "shop"))


def test_an_entry_of_sources_without_a_name_is_called_ocp(written: Written) -> None:
    (source,) = load({}, written("sources: [{url: https://ocp.example.com}]")).settings.sources
    assert source.name == "ocp"


def test_variables_of_ocp_beside_listed_sources_are_a_mistake(fleet: str) -> None:
    environment = {"OCP_URL": "https://x", "OCP_PASSWORD": "made-up", "OCP_SERVICE_HOST": "10.0.0.1"}
    (mistake,) = mistakes(fleet, environment)
    assert mistake == (
        "OCP_URL, OCP_PASSWORD are set in the environment, but the settings file lists sources:"
        " use one or the other."
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "pol_interval: 1m",
            "pol_interval (settings.yaml, line 1) is no setting: did you mean poll_interval?",
        ),
        ("BOT_TIMEZONE: UTC", "BOT_TIMEZONE (settings.yaml, line 1) is no setting: did you mean timezone?"),
        ("rules: []", "rules (settings.yaml, line 1) is no setting: did you mean routes?"),
        (
            "lagging_warning: 5m",
            "lagging_warning (settings.yaml, line 1) has no meaning here: lagging_warning belongs under",
        ),
        (
            "password: x",
            "password (settings.yaml, line 1) has no meaning here: password belongs into an entry of",
        ),
        (
            "sources:\n- name: prod\n  pasword: x",
            "pasword of source prod (settings.yaml, line 3) is no setting: did you mean password?",
        ),
        (
            "sources: [{OCP_URL: https://x}]",
            "OCP_URL of source 1 (settings.yaml, line 1) is no setting: did you mean url?",
        ),
        (
            "thresholds:\n  clusters:\n    pay: {lagging: 5m}",
            "lagging (settings.yaml, line 3) is no setting; the nearest is lagging_margin.",
        ),
        (
            "thresholds: {tenants: {x: {unreachable_warning: 5m}}}",
            "unreachable_warning (settings.yaml, line 1) has no meaning here: unreachable_warning belongs",
        ),
        ("timezone: UTC\ntimezone: UTC", 'settings.yaml, line 2: "timezone" is there already in line 1.'),
        (
            "alert_channel: #alerts",
            "alert_channel (settings.yaml, line 1) is empty: a # begins a comment, so put the name in quotes",
        ),
        (
            "timezone:",
            "timezone (settings.yaml, line 1) is empty: give it a value or remove the line.",
        ),
        (
            "http_host: ''",
            "http_host (settings.yaml, line 1) is empty: give it a value or remove the line.",
        ),
        ("http_port: [1]", "http_port (settings.yaml, line 1) has to be a whole number."),
        ("timezone: [UTC]", "timezone (settings.yaml, line 1) has to be text."),
        ("sources: prod", "sources (settings.yaml, line 1) has to be a list."),
        (
            "sources:\n- prod",
            "entry 1 of sources (settings.yaml, line 2) has to have names with values under it.",
        ),
        ("thresholds: 5m", "thresholds (settings.yaml, line 1) has to have names with values under it."),
        (
            "thresholds: {clusters: 5m}",
            "clusters (settings.yaml, line 1) has to have names with values under it.",
        ),
        (
            "thresholds: {clusters: {pay: }}",
            "pay (settings.yaml, line 1) is empty: give it a value or remove the line.",
        ),
        ("thresholds: {patience: 5 x}", "patience (settings.yaml, line 1) is not a length of time"),
        ("thresholds: {lagging_warning: 0}", "lagging_warning (settings.yaml, line 1) has to be above zero"),
        ("thresholds: {closing_polls: 0}", "closing_polls (settings.yaml, line 1) has to be at least 1."),
        (
            "thresholds:\n  clusters: {pay: {tenants: {x: {stuck_warning: 2h, stuck_critical: 1h}}}}",
            "stuck_warning (settings.yaml, line 2) is 2h and comes after stuck_critical, 1h: swap them.",
        ),
        (
            "sources: [{name: a}, {name: A}]",
            "Two sources are named A: give each a name of its own.",
        ),
        ("sources: [{name: a/b}]", "name of source a/b (settings.yaml, line 1) is not a name for a source"),
        (
            "sources: [{clusters: {a: b}}]",
            "clusters of source 1 (settings.yaml, line 1) is not a list of names",
        ),
        (
            "ocp_url: https://x\nsources: [{name: a}]",
            "ocp_url (settings.yaml, line 1) cannot stand beside a list of sources",
        ),
        (
            "sources: [{password: a, password_file: b}]",
            "password_file of source 1 (settings.yaml, line 1) stands beside password itself",
        ),
        (
            "sources: [{password_file: b}]",
            "password_file of source 1 (settings.yaml, line 1) names a file that cannot be read: No such",
        ),
        (
            "slack_bot_token_file: [b]",
            "slack_bot_token_file (settings.yaml, line 1) has to be the path of a file.",
        ),
        (
            "sources: [{name: prod, ca_file: nowhere.pem}]",
            "ca_file of source prod names a file that cannot be read: No such file",
        ),
        ("- poll_interval", "settings.yaml: a settings file has lines such as poll_interval: 30s."),
        ("[a, b]: c", "settings.yaml, line 1: a name has to stand before the colon."),
        ("a: {b: c\nd: e", "settings.yaml, line 2, column 2: this is not YAML"),
        ("x:\n\ty: z", "settings.yaml, line 2, column 1: this is not YAML"),
        ("timezone: UTC\n---\ntimezone: UTC", "settings.yaml, line 2, column 1: this has several documents"),
        ("a: \x07", "settings.yaml: this holds a character that does not belong into a text file."),
        ("a: *b", "settings.yaml, line 1: a value that begins with * has to stand in quotes."),
        ("a: &b c", "settings.yaml, line 1: a value that begins with & has to stand in quotes."),
        ("a: !b c", "settings.yaml, line 1: a value that begins with ! has to stand in quotes."),
        (
            "a: !!python/object/apply:os.system [x]",
            "settings.yaml, line 1: a value that begins with ! has to stand in quotes.",
        ),
        ("a: " + "[" * 5000, "settings.yaml, line 1: this is nested too deep to be settings."),
        ("a: '" + "x" * LARGEST + "'", "settings.yaml is larger than 256 kB: shorten it."),
    ],
)
def test_a_mistake_in_the_file_is_told_with_its_line(text: str, sentence: str, written: Written) -> None:
    (mistake,) = mistakes(written(text))
    assert mistake.startswith(sentence)


def test_aliases_cannot_make_a_small_file_large(written: Written) -> None:
    """Nine lines of aliases of aliases would be a billion entries."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 9)]
    (mistake,) = mistakes(written("\n".join(lines)))
    assert mistake == "settings.yaml, line 1: a value that begins with & has to stand in quotes."


@pytest.mark.parametrize("content", [b"a: \xff", b"\x00\x01"], ids=["not UTF-8", "binary"])
def test_a_file_that_is_no_text_is_told(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "settings.yaml"
    path.write_bytes(content)
    assert len(mistakes(str(path))) == 1


def test_a_file_that_is_not_there_is_the_only_mistake_that_it_causes(tmp_path: Path) -> None:
    """What is missing may well be in the file."""
    assert mistakes(str(tmp_path / "none.yaml"), None, *EVERYTHING) == (
        f"The settings file '{tmp_path}/none.yaml' cannot be read: No such file or directory.",
    )
    assert "Is a directory" in mistakes(str(tmp_path))[0]
    assert "no path" in mistakes("\0")[0]


def test_all_mistakes_of_file_and_environment_come_at_once(written: Written) -> None:
    path = written(
        """
        timezone: Europe/Berln
        timezone: UTC
        pol_interval: 1m
        sources:
          - url: ocp
            pasword: x
          - text
        """
    )
    found = mistakes(path, {"BOT_LOG_LEVEL": "loud", "SLACK_TOKEN": "x", "OCP_USER": "u"}, *EVERYTHING)
    assert len(found) == 12, found
    lines = [int(line[1]) for one in found if (line := re.search(r"settings.yaml, line (\d+)", one))]
    assert len(lines) > 5
    assert lines == sorted(lines)
    assert all("settings.yaml, line" in one for one in found[: len(lines)])


@pytest.mark.parametrize(
    ("text", "environment"),
    [
        pytest.param("alert_chanel: '#alerts'", {"BOT_ALERT_CHANNEL": ""}, id="in the file"),
        pytest.param("slack_bot_tokn_file: token", {"SLACK_BOT_TOKEN": ""}, id="a secret's file"),
        pytest.param("ocp_pasword: x", {"OCP_PASSWORD": ""}, id="of the one source"),
        pytest.param("source: [{url: x}]", {"OCP_URL": "", "OCP_USER": "", "OCP_PASSWORD": ""}, id="a list"),
        pytest.param("url: https://ocp.example.com", {"OCP_URL": ""}, id="in the wrong place"),
        pytest.param("", {"BOT_ALERT_CHANNEL": "", "BOT_ALERT_CHANEL": "x"}, id="in the environment"),
        pytest.param("", {"OCP_URL": "", "OCP_URI": "https://x"}, id="of the one source there"),
        pytest.param("", {"SLACK_APP_TOKEN": "", "SLACK_APP_TOKN_FILE": "x"}, id="a secret's file there"),
        pytest.param("", {"OCP_URL": "", "SLACK_BOT_TOKEN": "", "BOT_CONFG": "x"}, id="the file itself"),
    ],
)
def test_what_was_meant_by_a_name_that_is_none_is_not_missing(
    written: Written, text: str, environment: Mapping[str, str]
) -> None:
    """One mistake is one sentence."""
    whole = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "SLACK_APP_TOKEN": "xapp-1",
        "BOT_ALERT_CHANNEL": "C0123456789",
        "OCP_URL": "https://ocp.example.com",
        "OCP_USER": "u",
        "OCP_PASSWORD": "made-up",
    }
    (mistake,) = mistakes(written(text), {**whole, **environment}, *EVERYTHING)
    assert "did you mean" in mistake or "belongs into" in mistake


def test_a_name_that_is_near_to_none_leaves_missing_what_is(written: Written) -> None:
    found = mistakes(written("zzz: 1"), {"OCP_URL": "https://x"}, Need.OCP)
    assert len(found) == 2, found
    assert found[1].startswith("The login for OCP is missing")


def test_a_list_without_an_ocp_is_told_where_one_is_needed(written: Written) -> None:
    assert mistakes(written("sources: []"), None, Need.OCP) == (
        "sources lists no OCP: add an entry with its name, url and login.",
    )


def test_what_is_missing_in_a_source_is_named_by_the_source(written: Written) -> None:
    assert mistakes(written("sources: [{name: prod}, {user: u}]"), None, Need.OCP) == (
        "url of source prod is missing: set it to OCP's address, for example https://ocp.example.com:8080.",
        "The login of source prod is missing: give it user and password, or access_key and secret_key.",
        "url of source 2 is missing: set it to OCP's address, for example https://ocp.example.com:8080.",
        "password of source 2 is missing: it belongs to user of source 2.",
    )


def test_an_empty_file_changes_nothing(written: Written) -> None:
    assert dict(load({}, written("# nothing yet\n")).settings) == dict(load({}).settings)


def test_the_schema_knows_every_name_that_the_file_may_hold_and_no_other() -> None:
    found = schema()
    assert set(found["properties"]) == set(names_of(Settings))
    assert set(found["$defs"]["SourceSettings"]["properties"]) == set(names_of(SourceSettings))
    for part in (found, *found["$defs"].values()):
        assert part["additionalProperties"] is False
        assert all("description" in value or "$ref" in value for value in part["properties"].values()), part
    assert '"null"' not in json.dumps(found)
    assert found["properties"]["poll_interval"]["default"] == "30s"


def test_the_settings_in_force_are_shown_with_where_each_was_written(fleet: str) -> None:
    settings, _ = load({"BOT_TIMEZONE": "Asia/Shanghai"}, fleet)
    lines = shown(settings).splitlines()
    assert 'timezone: "Asia/Shanghai"  # BOT_TIMEZONE' in lines
    assert "poll_interval: 1m  # settings.yaml, line 3" in lines
    assert "log_level: info  # default" in lines
    assert "  - name: prod  # settings.yaml, line 7" in lines
    assert '    password: "********"  # settings.yaml, line 10' in lines
    assert "  lagging_warning: 10m  # default" in lines
    assert "# slack_signing_secret is not set" in lines


def test_what_is_shown_is_a_settings_file_again(fleet: str) -> None:
    settings, _ = load({}, fleet)
    assert yaml.safe_load(shown(settings)) == values_in_force(settings)


@pytest.mark.parametrize(
    ("url", "masked"),
    [
        ("sqlite:////data/bot.sqlite3", "sqlite:////data/bot.sqlite3"),
        ("postgresql://bot:made-up@db:5432/x", "postgresql://bot:********@db:5432/x"),
        ("postgresql://bot@db/x", "postgresql://bot@db/x"),
        ("postgresql://db/x?password=made-up", "postgresql://db/x?********"),
        ("postgresql://bot@db/x?sslmode=require", "postgresql://bot@db/x?********"),
    ],
)
def test_a_database_is_shown_without_its_password(url: str, masked: str) -> None:
    assert values_in_force(load({"BOT_DATABASE_URL": url}).settings)["database_url"] == masked


def test_nothing_that_is_shown_holds_a_secret(fleet: str) -> None:
    settings, _ = load({"BOT_DATABASE_URL": "postgresql://bot:made-up-db@db/x"}, fleet)
    printed = shown(settings) + json.dumps(values_in_force(settings))
    for secret in settings.secrets():
        assert secret not in printed.replace("line 10", "").replace('"1e5"', secret)


OTHER_NAMES = sorted(
    {
        name
        for model in (WindowSettings, RunbookSettings, DigestSettings, PermissionSettings, SilenceSettings)
        for name in names_of(model)
    }
)
WORDS = st.sampled_from(
    [
        *names_of(Settings),
        *names_of(SourceSettings),
        *OTHER_NAMES,
        "clusters",
        "tenants",
        "patience",
        "x",
        "1",
        "*",
    ]
)
TEXTS = st.sampled_from(
    ["mon-fri", "9:00", "2027-03-28 22:00", "3h", "everyone", "C0123", "https://x/{id}", "{", "failed"]
)
SCALARS = TEXTS | st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.dates()
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=300, deadline=None)
@given(tree=st.dictionaries(WORDS, TREES, max_size=6))
def test_no_tree_of_values_does_worse_than_a_settings_error(
    tree: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "tree.yaml"
    path.write_text(yaml.safe_dump(tree, allow_unicode=True), encoding="utf-8", errors="replace")
    _loads_or_says_why({}, str(path))


@settings(max_examples=300, deadline=None)
@given(
    content=st.binary(max_size=200)
    | st.text("abc:-[]{}#&*!|>'\"%@`, \n\t\\0?<=~", max_size=60).map(str.encode)
)
def test_no_bytes_do_worse_than_a_settings_error(
    content: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "bytes.yaml"
    path.write_bytes(content)
    _loads_or_says_why({}, str(path))


VALUES = st.text(max_size=30) | st.sampled_from(
    ["1", "30s", "https://x", "http://x", "sqlite:///x", "xoxb-1", "#a", "/dev/null", "postgresql://[x"]
)


@settings(max_examples=300, deadline=None)
@given(
    environment=st.dictionaries(st.sampled_from(sorted(KNOWN)) | st.text(max_size=20), VALUES, max_size=12)
)
def test_no_environment_does_worse_than_a_settings_error(environment: dict[str, str]) -> None:
    _loads_or_says_why(environment, None)


def _loads_or_says_why(environment: dict[str, str], path: str | None) -> None:
    told: tuple[str, ...] = ("Everything that is needed was there.",)
    try:
        found, _ = load(environment, path, needs=EVERYTHING)
    except SettingsError as error:
        told = error.mistakes
    else:
        assert found.alert_channel
    assert told
    for sentence in told:
        assert sentence[-1] in ".?", sentence
        assert "\n" not in sentence, sentence
