"""Rows of pronouns, beside Llama 2's, and of the gender gap."""

from audits import parity, pronouns
from audits.clusters import Clusters
from audits.representation_row import Counts, Row, proportions, row


def documents(counts: Counts) -> list[Row]:
    """Shares of documents with pronouns: of all English ones, and by Llama 2's convention."""
    english, other = (counts.get(("who_pronoun", key, "documents"), 0) for key in ("", "other"))
    has = {name: counts.get(("who_pronoun", name, "documents"), 0) for name in pronouns.CLASSES}
    shared: Row = {"axis": "gender", "side": "after"}
    rates = []
    for name in pronouns.CLASSES:
        keys = shared | {"key": name, "count": has[name], "of": english}
        keys["expected"] = pronouns.llama_2_rate(name)
        keys["note"] = "of English documents; expected: Llama 2, table 9a"
        if name in pronouns.WITHIN:
            keys["note"] += f", times its share of `{pronouns.WITHIN[name]}`"
        rates.append(keys)
    rates.append(
        shared
        | {"key": "not_applicable", "count": other, "of": english + other}
        | {"note": "documents in other languages, whose pronouns are not counted"}
    )
    shares = [
        shared
        | {"key": name, "count": has[name], "of": has[within], "expected": pronouns.LLAMA_2[name]}
        | {"note": f"of documents with `{within}`; expected: Llama 2, table 9a"}
        for name, within in pronouns.WITHIN.items()
    ]
    return [*proportions("pronoun_rate", rates), *proportions("pronoun_share", shares)]


def gap(clusters: Clusters, *, mentions: bool) -> list[Row]:
    """Words for men against words for women, in the sample; nouns where `mentions` were looked for."""
    pairs = {"pronouns": clusters.gendered()}
    if mentions:
        pairs["nouns"] = clusters.mentions(("gender/men", "gender/women"))
    found = []
    for key, words in pairs.items():
        male, female = words[:, :1], words[:, 1:]
        m, f = int(male.sum()), int(female.sum())
        for measure, top, below, value in (
            ("gender_gap", male - female, male + female, parity.gender_gap(m, f)),
            ("gender_ratio", male, female, parity.gender_ratio(m, f)),
        ):
            low, high = clusters.intervals(top, below)
            keys: Row = {"axis": "gender", "key": key, "side": "after", "count": m, "of": int(below.sum())}
            keys |= {"value": value, "low": low[0], "high": high[0], "note": clusters.note}
            found.append(row(measure, keys))
    return found
