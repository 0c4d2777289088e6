"""Slack: listeners, messenger, connection; Bolt stays in here."""
