"""Word lists and tables, as data."""
