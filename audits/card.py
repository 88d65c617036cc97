"""The dataset card of a snapshot, `README.md`: read by people, and by `datasets.load_dataset(OUT)`."""

from collections.abc import Mapping
from typing import Any

import yaml

MOST = 20  # sources and languages listed


def render(manifest: Mapping[str, Any], report: Mapping[str, Any]) -> str:
    """The card of a snapshot.

    Args:
        manifest: `snapshot.json`.
        report: `report.json`.
    """
    counts, total = manifest["counts"], manifest["statistics"]["total"]
    front = yaml.safe_dump(_front_matter(manifest), sort_keys=False, allow_unicode=True)
    filters = ", ".join(f"`{name}`" for name in manifest["config"]["filters"]) or "none"
    parent = f"`{manifest['parent']}`" if manifest["parent"] else "none"
    return f"""---
{front}---

# Curated corpus

Snapshot `{manifest["id"]}` (parent: {parent}), curated by Evenhand ({manifest["code_version"]}).

{counts["read"]:,} records were read: {counts["keep"]:,} kept, {counts["drop"]:,} dropped,
{counts["review"]:,} waiting for review, {counts["error"]:,} unreadable.
The kept documents hold {total["kept"]["characters"]:,} characters ({total["kept"]["bytes"]:,} bytes),
of {total["read"]["characters"]:,} characters read.

Filters, in running order: {filters}. Their parameters are in `snapshot.json` under `config`.

## Load it

```python
import datasets
{_loading(counts["keep"])}
```

## Sources

{_sources(manifest)}
## Languages

{_languages(manifest["statistics"]["language"])}
## What the audit found

{_audit(report)}
## What is here

| path | what |
| --- | --- |
| `data/` | the documents kept, Parquet |
| `ledger/` | one row per record read, kept or not: verdict, rule, score, threshold, edits, every signal |
| `snapshot.json` | config, counts, checksums |
| `report/report.html` | what each rule did and whom it removed, for people; `report.json`: as rows |
| `samples/` | removed documents, up to 20 a rule and group |
| `quarantine/` | what could not be read: file, position, reason, size |

## Check it

`evenhand verify OUT` compares checksums, schemas and counts. `evenhand explain OUT ID` tells what happened to
one record. `evenhand audit OUT --output DIR` gives the report again, with other bounds if wanted.
"""


def _loading(kept: int) -> str:
    """The line that loads the documents."""
    if kept:
        return 'documents = datasets.load_dataset("OUT", split="train")'
    return (
        "# No document was kept, and `datasets` loads a split of no rows only as a stream.\n"
        'documents = datasets.load_dataset("OUT", split="train", streaming=True)'
    )


def _audit(report: Mapping[str, Any]) -> str:
    """Findings and gates, in sentences."""
    if not report["lexicons"]:
        return "The audit was switched off: whom the filters removed more often is not known.\n"
    lines = [f"- {_cell(row['sentence'])}" for row in report["findings"]]
    verdicts = [row["verdict"] for row in report["gates"]]
    told = [f"{verdicts.count(verdict)} {verdict.replace('_', ' ')}" for verdict in sorted(set(verdicts))]
    gates = f"Gates of the policy: {', '.join(told)}." if verdicts else "The policy sets no gates."
    return "\n".join(
        [*lines, "", f"{gates} Figures, intervals and counts: `report/report.html`.", ""]
    ).lstrip()


def _front_matter(manifest: Mapping[str, Any]) -> dict[str, Any]:
    front: dict[str, Any] = {
        "configs": [
            {"config_name": "default", "data_files": [{"split": "train", "path": "data/*.parquet"}]},
        ],
        "pretty_name": "Curated corpus",
        "tags": ["evenhand"],
    }
    languages = {code for code in manifest["statistics"]["language"] if code.isalpha() and code != "und"}
    kept = [
        code for code in sorted(languages) if manifest["statistics"]["language"][code]["kept"]["documents"]
    ]
    return front | ({"language": kept} if kept else {})


def _sources(manifest: Mapping[str, Any]) -> str:
    by_source = manifest["counts"]["by_source"]
    declared = {source["name"]: source for source in manifest.get("sources") or ()}
    names = sorted(by_source, key=lambda name: (-by_source[name]["read"], name))
    lines = [
        "| source | read | kept | origin | licence | collected | link |",
        "| --- | ---: | ---: | --- | --- | --- | --- |",
    ]
    for name in names[:MOST]:
        told = declared.get(name, {})
        facts = [told.get(key) or "not stated" for key in ("origin", "licence", "collection_period", "link")]
        cells = [name, f"{by_source[name]['read']:,}", f"{by_source[name]['keep']:,}", *facts]
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    if len(names) > MOST:
        lines.append(f"\n{len(names) - MOST:,} more sources are in `snapshot.json`.")
    return "\n".join(lines) + "\n"


def _languages(volumes: Mapping[str, Any]) -> str:
    kept = {code: volume["kept"]["documents"] for code, volume in volumes.items()}
    codes = sorted((code for code in kept if kept[code]), key=lambda code: (-kept[code], code))
    text = ", ".join(f"{code} {kept[code]:,}" for code in codes[:MOST]) or "nothing was kept"
    return f"Documents kept, by fastText's lid.176: {text}{', ...' if len(codes) > MOST else ''}.\n"


def _cell(text: str) -> str:
    """Text that cannot break a Markdown table, or become markup."""
    return (
        " ".join(str(text).split())
        .replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("`", "\\`")
    )
