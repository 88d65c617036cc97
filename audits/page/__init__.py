"""`report.html`: the page that a reviewer, a lawyer and an engineer read, drawn from `report.json` alone."""

from audits.page.assemble import render
from audits.page.figures import number, percent

__all__ = ["number", "percent", "render"]
