"""What a finding says, in one sentence that anybody can follow: number, interval, counts."""

from collections.abc import Mapping, Sequence
from typing import Any

from audits import gate_sentences, names, numbers, what_if
from audits.numbers import between, capital, percent

Row = Mapping[str, Any]
SHOWN = 3  # names of a list before "and 4 more"


def listed(items: Sequence[str]) -> str:
    """`a, b and c`; the first SHOWN of many."""
    items = list(items)
    if len(items) > SHOWN + 1:
        items = [*items[:SHOWN], f"{len(items) - SHOWN} more"]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"


def removed(
    row: Row, reasons: Sequence[Row] = (), wider: Sequence[str] = (), inside: Sequence[str] = ()
) -> str:
    """Who was removed how much more often; without a full stop.

    Args:
        row: of `impact` or `impact_pairs`, flagged.
        reasons: rows of the rule's reasons for the group.
        wider: groups that contain it and tell the same.
        inside: groups in it that tell the same.
    """
    who = _who(row["group"], wider, inside)
    rule = names.rule(row["rule"])
    if row["reason"] is not None:
        rule += f", for {names.reason(row['rule'], row['reason'])},"
    counts = f"{row['removed']:,} of {row['documents']:,}"
    if row["removal_ratio"] is None:
        others = f"none of {row['reference_documents']:,} {names.mention_others(row['axis'])}"
        least = f"(a ratio of {between(row['low'], None)})"
        text = (
            f"{counts} {who} were removed by {rule}{'' if rule.endswith(',') else ','} but {others} {least}"
        )
    else:
        ratio = row["removal_ratio"]
        others = f"{names.mention_others(row['axis'])} ({between(row['low'], row['high'], ratio)}; {counts})"
        text = f"{who} were removed by {rule} {numbers.ratio(ratio)} times as often as {others}"
    return capital(text + _stratified(row) + _mostly(row, reasons))


def _who(group: str, wider: Sequence[str], inside: Sequence[str]) -> str:
    """Documents that mention a group, and which others it stands for."""
    among = [f"{listed([names.group(one) for one in inside])} among them"] if inside else []
    for_its_sake = [f"and so {listed([names.group(one) for one in wider])}"] if wider else []
    others = "; ".join([*among, *for_its_sake])
    return f"{names.mention(group)} ({others})" if others else names.mention(group)


def _stratified(row: Row) -> str:
    if row.get("mh_ratio") is None or row["mh_low"] is None:
        return ""
    interval = between(row["mh_low"], row["mh_high"], row["mh_ratio"])
    return (
        f", {numbers.ratio(row['mh_ratio'])} times within the same source, language and length ({interval})"
    )


def _mostly(row: Row, reasons: Sequence[Row]) -> str:
    """The reason that removed most, where it removed half or more."""
    if row["reason"] is not None or len(reasons) < 2:
        return ""
    most = max(reasons, key=lambda one: (one["removed"], one["reason"]))
    if 2 * most["removed"] < row["removed"]:
        return ""
    return f", mostly for {names.reason(row['rule'], most['reason'])} ({most['removed']:,})"


def remedy(row: Row, what_ifs: Sequence[Row], examples: int) -> str:
    """What one can do about a removal: the threshold that would halve the excess, and examples.

    Args:
        row: of `impact`.
        what_ifs: rows of `what_if` of its rule and group.
        examples: how many there are of them.
    """
    told = _threshold(row, what_ifs)
    if examples:
        told += f" Read the {examples} examples below." if examples > 1 else " Read the example below."
    return told.strip()


def _threshold(row: Row, what_ifs: Sequence[Row]) -> str:
    targets: dict[str, list[dict[str, Any]]] = {}
    for one in what_ifs:
        if row["reason"] in (None, one["reason"]):
            targets.setdefault(one["reason"], []).append(dict(one))
    if not targets:
        return ""
    now = {reason: _at_policy(rows) for reason, rows in targets.items()}
    reason = max(targets, key=lambda name: (now[name]["removed"], name))
    why = names.reason(row["rule"], reason)
    halved = what_if.halving(targets[reason])
    if halved is None:
        return f"No other threshold that was tried for {why} halves the excess."
    back = now[reason]["removed_in_all"] - halved["removed_in_all"]
    ratio = "it would remove none of these documents"
    if halved["removed"] and halved["removal_ratio"] is not None:
        ratio = f"the ratio for that reason would be {numbers.ratio(halved['removal_ratio'])}"
    return (
        f"With a threshold of {halved['threshold']:g} for {why}, now {halved['policy_threshold']:g}, {ratio},"
        f" and {back:,} documents fewer would be removed for it in all."
    )


def _at_policy(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return next(row for row in rows if row["threshold"] == row["policy_threshold"])


def decide(finding: str) -> str:
    """How a reviewer answers."""
    return f"Answer with `evenhand review REPORT --finding {finding} --accept` or `--dismiss`."


def flipped(row: Row) -> str:
    """How often a verdict hangs on who is spoken of."""
    interval = f"{percent(row['low'])} to {percent(row['high'])}"
    return (
        f"The verdict on {percent(row['rate'])} of documents flips when they are given"
        f" {names.CHANGES[row['change']]} ({interval}; {row['flips']:,} of {row['documents']:,})"
    )


def fallen(before: Row, after: Row, wider: Sequence[str] = (), inside: Sequence[str] = ()) -> str:
    """A share within an axis that all rules together lessened.

    Args:
        before: row of `representation`.
        after: the same of what is kept.
        wider: groups that contain it and tell the same.
        inside: groups in it that tell the same.
    """
    return capital(
        f"{_who(after['group'], wider, inside)} fell from {percent(before['value'])} to"
        f" {percent(after['value'])}"
        f" of those that mention any group of {names.axis(after['axis'])} ({percent(after['low'])} to"
        f" {percent(after['high'])}; {after['count']:,} of {after['of']:,}), by all rules together"
    )


def drifted(rows: Sequence[Row], compared: int) -> str:
    """What differs from the report compared; the first row most."""
    most = rows[0]
    values = [
        gate_sentences.value(most["measure"], value)
        for value in (most["before"], most["after"])
        if value is not None
    ]
    then_now = f": {values[0]} then, {values[1]} now" if len(values) == 2 else ""
    interval = ""
    if None not in (most["low"], most["high"]):
        low, high = (gate_sentences.value(most["measure"], most[end]) for end in ("low", "high"))
        interval = f" (difference {low} to {high})"
    return (
        f"{len(rows):,} of {compared:,} figures have drifted from the report compared, most of all"
        f" {_figure(most)}{then_now}{interval}"
    )


def _figure(row: Row) -> str:
    """What a row of `comparison` is about."""
    measure, key = row["measure"], row["key"]
    if row["section"] == "gates":
        return f"the gate `{key}`"
    by = f" {names.rule(row['rule'])}" if row["rule"] else ""
    why = f", for {names.reason(row['rule'], row['reason'])}," if row["reason"] else ""
    if row["section"] == "counts":
        return (
            f"the share of records that{by}{why} {measure.partition('_')[0]}" if by else _OF_RECORDS[measure]
        )
    if row["section"] == "impact":
        return f"the removal ratio of {names.mention(row['group'])} by{by}{why}"
    of_whom = names.mention(row["group"]) if row["group"] else row["axis"] and names.axis(row["axis"])
    return " ".join(
        filter(None, [f"the {measure.replace('_', ' ')}", of_whom and f"of {of_whom}", key and f"({key})"])
    )


_OF_RECORDS = {
    "keep_share": "the share of records kept",
    "drop_share": "the share of records dropped",
    "review_share": "the share of records sent to review",
    "error_share": "the share of records that could not be read",
}
