"""A fleet whose log backups break and recover: pure simulation, given the time.

``demo_story`` is the fleet of the demo, ``large_fleet`` one of any size for measurements, ``Fleet``
what both are made of, ``demo_levers`` and ``task_levers`` what a watcher can break and mend.
"""

from bot.sandbox.fleet.condition import Condition, Trouble
from bot.sandbox.fleet.demo import DEMO_SPEED, demo_story
from bot.sandbox.fleet.fleet import Change, Event, Fleet, Story
from bot.sandbox.fleet.large import large_fleet
from bot.sandbox.fleet.levers import Lever, TaskLever, demo_levers, task_levers
from bot.sandbox.fleet.rhythm import Rhythm
from bot.sandbox.fleet.task import SimulatedCluster, SimulatedTask, TaskRow

__all__ = [
    "DEMO_SPEED",
    "Change",
    "Condition",
    "Event",
    "Fleet",
    "Lever",
    "Rhythm",
    "SimulatedCluster",
    "SimulatedTask",
    "Story",
    "TaskLever",
    "TaskRow",
    "Trouble",
    "demo_levers",
    "demo_story",
    "large_fleet",
    "task_levers",
]
