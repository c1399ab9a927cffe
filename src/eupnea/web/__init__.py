"""The ways in by HTTP. Needs the extra `web`."""
