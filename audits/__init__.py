"""Measures over snapshots and the report: counts, shares, reports."""
