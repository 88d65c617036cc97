"""Data that an installed package brings along, read without importing the package."""

import importlib.util
from pathlib import Path


def folder_of(module: str, package: str, holds: str) -> Path:
    """The folder of a module.

    Args:
        module: top-level name.
        package: what is installed to have it.
        holds: the data that is wanted, for people.

    Raises:
        ModuleNotFoundError: it is not installed.
    """
    spec = importlib.util.find_spec(module)
    if spec is None or spec.origin is None:
        message = f"the package `{package}`, which holds {holds}, is not installed"
        raise ModuleNotFoundError(message)
    return Path(spec.origin).parent
