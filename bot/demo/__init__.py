"""The demo: the bot between a simulated OCP and a simulated Slack, on loopback, with nothing to set up."""

from bot.demo.staging import CHANNEL, Demo, demo

__all__ = ["CHANNEL", "Demo", "demo"]
