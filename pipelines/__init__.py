"""Apache Beam graphs: sources, curation stages, runners. The only place that imports Beam."""

import logging

# On import Beam warns of Google packages that a run without gs:// does not need.
logging.getLogger().addFilter(lambda record: "apitools not found" not in record.getMessage())
