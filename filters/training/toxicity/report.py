"""Error rates by group."""
