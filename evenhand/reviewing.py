"""Decisions of reviewers: on which report, and whether it is the one that was published."""

import hashlib
import json
import os
import time
from pathlib import Path
from typing import Any, NamedTuple

from audits.reviews import Answer, Decision, decisions, path_of, read, report_in
from schemas.errors import UserError
from schemas.faults import did_you_mean

REPORTS = ("report.json", "report.html")


class Published(NamedTuple):
    """A report that is what was published.

    Attributes:
        folder: the snapshot or audit that it belongs to.
        report: its content.
        sha256: of report.json, hex.
    """

    folder: Path
    report: dict[str, Any]
    sha256: str


def published(path: str | Path) -> Published:
    """The report of a snapshot or audit, by its folder or its file.

    Raises:
        UserError: there is none, or it is not the one that was published.
    """
    given = Path(path)
    folder = given.parent if given.name in REPORTS else given
    if folder.name == "report" and (folder.parent / "snapshot.json").exists():
        folder = folder.parent
    file = report_in(folder)
    try:
        content = file.read_bytes()
        report = json.loads(content)
        ids = [finding["id"] for finding in report["findings"]]
    except OSError:
        message = f"`{given}` holds no report"
        raise UserError(message, "name a snapshot, or the folder that `evenhand audit` wrote") from None
    except (ValueError, KeyError, TypeError):
        message = f"`{file}` is damaged: it is no report"
        raise UserError(message, "restore it from a copy, or make it anew") from None
    del ids
    found, told = hashlib.sha256(content).hexdigest(), _sealed(folder)
    if found != told[1]:
        seen = f"`{told[0]}` says `{told[1][:12]}`" if told[1] else f"`{told[0]}` says nothing of it"
        message = f"`{file}` is not the report that was published: its SHA-256 is `{found[:12]}`, {seen}"
        raise UserError(message, "restore it from a copy, or make it anew: `evenhand audit --help`")
    return Published(folder, report, found)


def _sealed(folder: Path) -> tuple[Path, str]:
    """(the file that knows the report's hash, the hash it knows or "")."""
    for name, keys in (("snapshot.json", ("statistics", "report_sha256")), ("run.json", ("report_sha256",))):
        file = folder / name
        if not file.exists():
            continue
        try:
            value = json.loads(file.read_bytes())
            for key in keys:
                value = value[key]
        except (OSError, ValueError, KeyError, TypeError):
            return file, ""
        return file, str(value)
    return folder / "snapshot.json", ""


def states(one: Published) -> dict[str, Decision]:
    """What was decided so far, by finding."""
    return {decision.finding: decision for decision in decisions(one.folder)}


def record(one: Published, finding: str, answer: Answer, reason: str, by: str) -> Decision | None:
    """Adds a decision to the file beside the report's folder.

    Returns:
        The decision that it replaces, if there was one.

    Raises:
        UserError: no such finding, or no reason or name, or the file cannot be written.
    """
    ids = [row["id"] for row in one.report["findings"]]
    if finding not in ids:
        message = f"the report has no finding `{finding}`"
        raise UserError(
            message, did_you_mean(finding, ids, "findings") if ids else "it has no findings at all"
        )
    for name, text in (("reason", reason), ("by", by)):
        if not text.strip():
            message = f"`--{name}` is empty"
            raise UserError(message, "say why, in words" if name == "reason" else "say who decides")
    before = states(one).get(finding)
    line = {
        "finding": finding,
        "decision": answer,
        "reason": " ".join(reason.split()),
        "by": " ".join(by.split()),
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "report": one.sha256,
        "snapshot": one.report["snapshot"]["id"],
    }
    path = path_of(one.folder)
    read(path)  # a damaged file is told before anything is added
    try:
        _append(path, json.dumps(line, ensure_ascii=False, sort_keys=True).encode() + b"\n")
    except OSError as error:
        message = f"`{path}` cannot be written: {error.strerror}"
        raise UserError(message) from None
    return before


def _append(path: Path, line: bytes) -> None:
    """One write at the end of the file, on the disk before it returns."""
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line)
        os.fsync(handle)
    finally:
        os.close(handle)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
