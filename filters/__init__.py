"""One file a filter: `score` turns text into numbers, `decide` turns numbers and policy into verdicts."""
