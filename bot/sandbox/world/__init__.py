"""The simulated world beside the page: its rows, the levers of OCP, Slack and time, and a guided story."""

from bot.sandbox.world.ocp_levers import ocp_levers
from bot.sandbox.world.pace import Pace
from bot.sandbox.world.rows import fleet_levers, levers_of_tasks, world_rows
from bot.sandbox.world.slack_levers import slack_levers
from bot.sandbox.world.time_levers import time_levers
from bot.sandbox.world.tour import Tour

__all__ = [
    "Pace",
    "Tour",
    "fleet_levers",
    "levers_of_tasks",
    "ocp_levers",
    "slack_levers",
    "time_levers",
    "world_rows",
]
