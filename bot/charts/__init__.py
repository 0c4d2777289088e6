"""Pictures: a ChartSpec drawn to PNG by matplotlib, in a worker process."""
