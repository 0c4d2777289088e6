"""While a story is told, time hurries where there is only to wait; where somebody reads it does not."""

from bot.sandbox.page import Step, Story
from bot.sandbox.world import Pace


def _pace(*, told: bool = True) -> tuple[Pace, list[bool], list[float]]:
    waiting, chosen = [True], list[float]()
    story = Story([Step("Wait.", "For it.", waits=lambda: waiting[0])], told=told)
    return Pace(story, 60.0, chosen.append), waiting, chosen


def test_time_hurries_only_while_the_story_waits_for_the_world() -> None:
    pace, waiting, chosen = _pace()
    pace.keep()
    waiting[0] = False
    pace.keep()
    waiting[0] = True
    pace.keep()
    assert chosen == [60, 1, 60]


def test_what_somebody_chooses_stands_until_the_story_waits_for_the_other() -> None:
    pace, waiting, chosen = _pace()
    for _ in range(3):
        pace.keep()
    assert chosen == [60]
    waiting[0] = False
    for _ in range(3):
        pace.keep()
    assert chosen == [60, 1]


def test_a_story_that_is_not_told_leaves_time_alone() -> None:
    pace, _, chosen = _pace(told=False)
    pace.keep()
    assert chosen == []


def test_a_step_that_is_done_waits_for_nothing() -> None:
    story = Story([Step("Wait.", "For it.", is_done=lambda: True, waits=lambda: True)])
    assert story.waits
    story.look()
    assert not story.waits


def test_nothing_of_a_story_happens_before_it_is_told() -> None:
    story = Story([Step("Do it.", "Now.", is_done=lambda: True)], told=False, begin="story")
    assert story.look() == [False]
    assert story.present() == {"done": [False], "waits": False, "places": [None]}
    assert (story.fixed()["told"], story.fixed()["begin"], story.fixed()["after"]) == (False, "story", None)
