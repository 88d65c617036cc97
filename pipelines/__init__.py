"""Apache Beam graphs: sources, curation stages, runners. The only place that imports Beam."""
