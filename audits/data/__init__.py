"""Facts that audits hold a corpus against; where each comes from is in README.md."""
