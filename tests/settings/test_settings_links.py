"""Links of the file: a team's own pages, OCP's page of a cluster, and the address of the heartbeat."""

import pytest

from bot.domain.link import Link
from bot.domain.naming import Scope
from bot.domain.problem import Problem
from bot.domain.routing import Selector
from bot.domain.runbook import Runbook
from bot.errors import SettingsError
from bot.settings import load, values_in_force
from tests.settings.reading import Reading, mistake_in


def test_pages_are_for_what_is_seen(reading: Reading) -> None:
    settings = reading(
        """
        runbooks:
          - label: Full disks
            link: https://wiki.example.com/full?cluster={cluster}&what={problem}#disk
            cluster: pay
            problem: failed
            status: [INTERRUPTED, failed]
            error: "*No space left*"
          - {label: Everything, link: "http://wiki/x"}
        """
    ).settings
    assert settings.pages == (
        Runbook(
            "Full disks",
            Link("https://wiki.example.com/full?cluster={cluster}&what={problem}#disk"),
            Selector(Scope(cluster="pay"), (Problem.FAILED,)),
            ("INTERRUPTED", "failed"),
            "*No space left*",
        ),
        Runbook("Everything", Link("http://wiki/x")),
    )


def test_a_cluster_is_found_in_ocp_by_the_template_else_at_its_address(reading: Reading) -> None:
    settings = reading(
        """
        sources:
          - {name: prod, url: "https://ocp.example.com", link: "https://ocp.example.com/c/{id}"}
          - {name: test, url: "https://ocp-test.example.com"}
          - {name: none}
        """
    ).settings
    assert settings.links == {
        "prod": Link("https://ocp.example.com/c/{id}", "https://ocp.example.com"),
        "test": Link("https://ocp-test.example.com", "https://ocp-test.example.com"),
    }


@pytest.mark.parametrize(
    ("link", "end"),
    [
        ("wiki.example.com/x", "has to begin with http:// or https://, as in https://wiki.example.com"),
        ("javascript:alert(1)", "has to begin with http:// or https://, as in https://wiki.example.com"),
        ("https://{cluster}.example.com", "has a place in the name of the machine: write for example https"),
        ("https://x/{clusters}", "has a place that nothing fills: the places are {source}, {cluster}, {id},"),
        ("https://x/{}", "has a place that nothing fills: the places are {source}, {cluster}, {id}, {tenan"),
        ("https://x/{cluster", "has a bracket alone: the places are {source}, {cluster}, {id}, {tenant}, "),
        ("https://x/<a>", "has a character that no web address has: write for example https://wiki"),
        ("https://u:p@x/", "holds a user or a password: take them out of the address"),
        ("https://x/" + "a" * 1000, "is no web address: write for example https://wiki.example.com"),
    ],
)
def test_an_address_that_is_none_is_told(link: str, end: str, reading: Reading) -> None:
    mistake = mistake_in(f"runbooks: [{{label: a, link: '{link}'}}]", reading)
    assert mistake.startswith(f"link (settings.yaml, line 1) {end}")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("runbooks: [{label: a}]", "entry 1 of runbooks (settings.yaml, line 1) has no link: write for exam"),
        ("runbooks: [{link: 'https://x'}]", "entry 1 of runbooks (settings.yaml, line 1) has no label: wri"),
        ("runbooks: [{label: a, link: [b]}]", "link (settings.yaml, line 1) is no web address: write for"),
        ("runbooks: [{label: a, link: 'https://x', status: []}]", "status (settings.yaml, line 1) is empty"),
        ("runbooks: [{label: a, url: 'https://x'}]", "url (settings.yaml, line 1) has no meaning here: url"),
        ("ocp_link: https://ocp/{problem}", "ocp_link (settings.yaml, line 1) has a place that nothing fi"),
    ],
)
def test_a_mistake_in_a_page_is_one_sentence_with_its_line(
    text: str, sentence: str, reading: Reading
) -> None:
    if "url:" in text:
        text = text.replace("url:", "link: 'https://x', url:")
    assert mistake_in(text, reading).startswith(sentence)


@pytest.mark.parametrize("url", ["https://hc-ping.com/x", "https://h:8443/a?b=c", "http://127.0.0.1:8000/p"])
def test_a_heartbeat_goes_by_https_but_on_this_machine(url: str) -> None:
    settings = load({"BOT_HEARTBEAT_URL": url}).settings
    assert settings.heartbeat_url is not None
    assert settings.heartbeat_url.get_secret_value() == url
    assert values_in_force(settings)["heartbeat_url"] == "********"


@pytest.mark.parametrize(
    ("url", "end"),
    [
        ("http://hc-ping.com/secret-token", "is plain http to another machine, and the token in it could be"),
        ("hc-ping.com/secret-token", "has to begin with http:// or https://, as in https://hc-ping.com/your"),
        ("https://u:secret-token@h/", "holds a user or a password: take them out of the address and give"),
    ],
)
def test_a_heartbeat_elsewhere_is_refused_without_a_word_of_it(url: str, end: str) -> None:
    with pytest.raises(SettingsError) as caught:
        load({"BOT_HEARTBEAT_URL": url})
    (mistake,) = caught.value.mistakes
    assert mistake.startswith(f"BOT_HEARTBEAT_URL {end}")
    assert "secret-token" not in mistake


@pytest.mark.parametrize("name", ["BOT_RETENTION", "BOT_HISTORY_RETENTION"])
def test_what_is_kept_is_kept_for_a_day_at_least_and_not_for_ever(name: str) -> None:
    for value in ("1h", "4000d", "99999999d"):
        with pytest.raises(SettingsError, match=r"has to lie between 1d and 3650d"):
            load({name: value})
