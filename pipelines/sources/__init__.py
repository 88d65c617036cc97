"""Sources: what is there to read (`plan`), and reading it into RECORD batches (`read`)."""
