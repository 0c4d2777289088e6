"""The lines that record writes and replay reads."""
