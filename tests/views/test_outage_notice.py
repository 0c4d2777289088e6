"""The notice that the database refuses, as people see it."""

from datetime import UTC, datetime

import pytest

from bot.storage.refusals import sentence_of
from bot.views.outage_notice import outage_message
from tests.views.view_goldens import assert_golden

SINCE = datetime(2026, 3, 4, 14, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "error", "replicas", "place"),
    [
        ("outage_full_disk", OSError("database or disk is full"), 1, "/data/bot.sqlite3 on bot-1"),
        ("outage_of_one_replica", OSError("connection refused"), 3, "db.example.com, used from bot-1"),
    ],
)
def test_the_notice_says_what_does_not_work_why_and_what_to_do(
    name: str, error: Exception, replicas: int, place: str
) -> None:
    assert_golden(name, outage_message(sentence_of(error), SINCE, UTC, replicas, place))


def test_what_the_database_says_means_nothing_to_slack() -> None:
    message = outage_message("<!channel> *bold* & more", SINCE, UTC, 1, "<!here>/bot")
    assert "<!" not in (message.text + str(message.blocks)).replace("<!date", "")
