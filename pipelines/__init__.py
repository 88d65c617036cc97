"""Apache Beam graphs: sources, curation stages, runners. The only place that imports Beam."""

import logging

# Beam warns, at import, of Google packages that nobody asked for.
logging.getLogger().addFilter(lambda record: not record.getMessage().startswith("apitools not found"))
