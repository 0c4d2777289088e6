"""The program as people meet it in a shell: its commands, what they print, and their exit codes."""
