"""A simulated OCP and a simulated Slack with its web page: the world of the demo and of the tests."""
