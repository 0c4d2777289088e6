"""logbackup-bot: a Slack bot for the people who look after OceanBase log backup."""

__version__ = "0.1.0"
