"""What tasks share, and which incidents join a group that stands."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.domain.forming import Candidate, form, joins
from bot.domain.grouping import Cause, Crowd, Group, Trait, plain_error, storage_of, traits_of
from bot.domain.incident import IncidentNumber, Lifecycle
from bot.domain.posts import Channel
from bot.domain.problem import Problem, Severity
from bot.domain.task import ClusterId, SourceName
from tests.domain.test_incident import BROKEN, opened
from tests.fakes.listed_source import task

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
PROD = SourceName("prod")
PATH = Trait(Cause.DESTINATION, PROD, "file:///obbackup", "file:///obbackup")
BUCKET = Trait(Cause.DESTINATION, PROD, "oss://bucket", "oss://bucket")
GROUP = Group(
    number=IncidentNumber(7),
    channel=Channel("alerts"),
    trait=BUCKET,
    lifecycle=Lifecycle.FIRING,
    severity=Severity.CRITICAL,
    problem=Problem.FAILED,
    since=NOON,
    opened_at=NOON,
    changed_at=NOON,
    total=5,
    worst_severity=Severity.CRITICAL,
)


@pytest.mark.parametrize(
    ("destination", "storage"),
    [
        ("file:///obbackup/pay/log", "file:///obbackup"),
        ("/obbackup/pay", "file:///obbackup"),
        ("file:///", None),
        ("oss://bucket/pay?host=oss.example.com", "oss://bucket?host=oss.example.com"),
        ("cos://bucket/pay", "cos://bucket"),
        ("oss://[bucket", None),
        ("", None),
    ],
)
def test_storage_is_scheme_host_and_bucket_or_mount(destination: str, storage: str | None) -> None:
    """A path that is no address is nobody's storage."""
    assert storage_of(destination) == storage


def test_errors_of_the_same_kind_are_the_same_but_for_their_numbers() -> None:
    assert plain_error("disk 0xfA at 10.0.0.7  is full (12%)") == "disk # at # is full (#%)"


@pytest.mark.parametrize(
    ("group", "trait", "problem", "belongs"),
    [
        (GROUP, BUCKET, Problem.STALLED, True),
        (GROUP, PATH, Problem.FAILED, False),
        (replace(GROUP, trait=PATH), PATH, Problem.FAILED, True),
        (replace(GROUP, trait=PATH), PATH, Problem.STALLED, False),
        (replace(GROUP, lifecycle=Lifecycle.RESOLVED), BUCKET, Problem.FAILED, False),
        (replace(GROUP, trait=Trait(Cause.COINCIDENCE, PROD, "", "prod")), BUCKET, Problem.FAILED, False),
    ],
    ids=[
        "the same bucket",
        "another storage",
        "the same path and symptom",
        "the same path, another symptom",
        "a group that is over",
        "a group without a cause",
    ],
)
def test_who_joins_a_group_shares_its_cause(
    group: Group, trait: Trait, problem: Problem, *, belongs: bool
) -> None:
    incident = replace(opened(BROKEN), problem=problem)
    members = [replace(opened(BROKEN), problem=Problem.FAILED)]
    assert joins(group, Candidate(incident, (trait,), ClusterId(2)), members) is belongs


def test_in_one_cluster_a_path_is_the_same_disk_whatever_the_symptom() -> None:
    one = opened(BROKEN)
    assert one.subject.cluster is not None
    candidate = Candidate(replace(one, problem=Problem.STALLED), (PATH,), one.subject.cluster)
    group, failed = replace(GROUP, trait=PATH), replace(one, problem=Problem.FAILED)
    elsewhere = replace(failed, subject=replace(one.subject, cluster=ClusterId(2)))
    assert joins(group, candidate, [failed])
    assert not joins(group, candidate, [failed, elsewhere])
    assert joins(group, candidate, [failed, elsewhere, replace(elsewhere, problem=Problem.STALLED)])


def test_what_a_task_may_share_is_what_is_known_of_it() -> None:
    """Its cluster and its OCP always; a storage and an agent where they can be told, an error if any."""
    bare = task("orders", destination="oss://[bucket")
    assert [one.cause for one in traits_of(bare)] == [Cause.CLUSTER, Cause.SOURCE]
    known = replace(task("orders", destination="file:///obbackup/pay"), agent_server="10.0.0.7")
    assert [(one.cause, one.value) for one in traits_of(known, Problem.FAILED, "disk 7 is full")] == [
        (Cause.DESTINATION, "file:///obbackup"),
        (Cause.AGENT, "10.0.0.7"),
        (Cause.ERROR, "disk # is full"),
        (Cause.CLUSTER, str(known.key.cluster)),
        (Cause.SOURCE, ""),
    ]


def breaking(number: int, *traits: Trait) -> Candidate:
    return Candidate(replace(opened(BROKEN), number=IncidentNumber(number)), traits, ClusterId(1))


def trait(cause: Cause, value: str = "one") -> Trait:
    return Trait(cause, PROD, value, value)


LIKELIER = (
    (Cause.DESTINATION, Cause.AGENT),
    (Cause.DESTINATION, Cause.ERROR),
    (Cause.AGENT, Cause.CLUSTER),
    (Cause.AGENT, Cause.SOURCE),
    (Cause.ERROR, Cause.CLUSTER),
    (Cause.ERROR, Cause.SOURCE),
)


@pytest.mark.parametrize(
    ("likelier", "other"), LIKELIER, ids=[f"{one} before {two}" for one, two in LIKELIER]
)
def test_of_causes_that_explain_the_same_the_likelier_is_taken(likelier: Cause, other: Cause) -> None:
    for shared in ((trait(likelier), trait(other)), (trait(other), trait(likelier))):
        crowd = Crowd({(one.cause, one.value): 4 for one in shared})
        (formed,) = form(Channel("alerts"), [breaking(number, *shared) for number in range(1, 5)], crowd)
        assert formed.trait.cause is likelier


def test_the_trait_that_explains_most_is_taken_first() -> None:
    """How many of one kind, times their share of all that have it; then again among the rest."""
    few, many, rare = (trait(Cause.DESTINATION, name) for name in ("few", "many", "rare"))
    candidates = [
        *(breaking(number, few, many) for number in range(1, 4)),
        *(breaking(number, many) for number in range(4, 10)),
        *(breaking(number, rare) for number in range(10, 13)),
    ]
    crowd = Crowd(
        {(Cause.DESTINATION, "few"): 3, (Cause.DESTINATION, "many"): 9, (Cause.DESTINATION, "rare"): 6}
    )
    formed = form(Channel("alerts"), candidates, crowd)
    assert [(one.trait.value, len(one.incidents), one.total) for one in formed] == [
        ("many", 9, 9),
        ("rare", 3, 6),
    ]
    spread = Crowd({**crowd.counts, (Cause.DESTINATION, "many"): 18, (Cause.DESTINATION, "rare"): 7})
    first, *_ = form(Channel("alerts"), candidates, spread)
    assert first.trait.value == "many", "nine of eighteen weigh as much as four and a half"
    thin = Crowd({**crowd.counts, (Cause.DESTINATION, "few"): 3, (Cause.DESTINATION, "many"): 10})
    some = candidates[:3] + candidates[3:5]
    first, *_ = form(Channel("alerts"), some, thin)
    assert first.trait.value == "few", "five of ten weigh two and a half, three of three weigh three"
    apart = Crowd({**crowd.counts, (Cause.DESTINATION, "many"): 19})
    assert [one.trait.value for one in form(Channel("alerts"), candidates, apart)] == ["few", "rare"]
