"""The OCP client, held against a script and against the simulated OCP."""
