"""OCP, read over HTTP: JSON becomes tasks here and nowhere else."""
