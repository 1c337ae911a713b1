"""The project's own fault trials: see scripts/trials."""
