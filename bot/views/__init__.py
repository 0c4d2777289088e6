"""What people see: pure functions from read models to Slack messages."""
