"""Errors meant for people: one message, one hint, one exit code."""


class UserError(Exception):
    """Bad use or bad configuration: the command ends with exit code 2.

    Args:
        message: subject, value seen, value allowed; one line, no traceback.
        hint: the one next action, or None.
    """

    exit_code = 2

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class RunError(UserError):
    """A run that failed while running: exit code 3. What was finished stays, and can be resumed."""

    exit_code = 3
