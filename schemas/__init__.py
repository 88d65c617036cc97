"""What flows (documents, ledger, snapshot) and what users write (config, policy). Imports nothing of ours."""
