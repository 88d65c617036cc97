"""Writes the example corpus: synthetic documents in nine languages, with planted faults.

    python -m examples.make_corpus [FOLDER]      a second; 280 kB in examples/corpus/

Every id says what its document is for. `dup-exact-of:ID`, `dup-case-of:ID`, `dup-space-of:ID` and
`dup-near-of:ID` repeat document ID and must go; `near-miss-of:ID` shares less than the threshold with ID and
must stay; `template-*` were made from one template on different people and must all stay;
`low:FILTER.REASON` is removed for that reason; `edited:ENTITY.why` loses a line or a mark, and stays;
`leak-of:ID` holds item ID of `examples/evaluation/` and goes, `near-leak-of:ID` a part of it and stays.
The same bytes come out every time.
"""

import csv
import gzip
import io
import json
import random
import re
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import zstandard

from examples.compose import Document, compose, family, read_slots
from examples.leaks import leaks
from examples.low_quality import edited, low_quality

HERE = Path(__file__).parent


def reworded(document: Document, every: int) -> str:
    """The text with each `every`-th word replaced by another word of the text."""
    rng = random.Random(document.id)
    words = re.split(r"(\s+)", document.text)
    for i in range(every, len(words), 2 * every):
        words[i - i % 2] = rng.choice(words[::2])
    return "".join(words)


def duplicates(originals: list[Document]) -> Iterator[Document]:
    """Copies of some of `originals`: exact, in other case and white space, reworded; and near misses."""
    for document in originals[0::24]:
        yield Document(f"dup-exact-of:{document.id}", document.text)
    for document in originals[1::30]:
        yield Document(f"dup-case-of:{document.id}", document.text.upper())
    for document in originals[2::30]:
        yield Document(f"dup-space-of:{document.id}", "\n " + re.sub(r"\s+", "  \n", document.text) + "\t")
    for document in originals[3::14]:
        text = "Found on another page, with thanks to the author. " + reworded(document, 60)
        yield Document(f"dup-near-of:{document.id}", text)
    for document in originals[4::30]:
        yield Document(f"near-miss-of:{document.id}", reworded(document, 11))


def records(documents: Iterable[Document], site: str) -> list[dict[str, object]]:
    """Documents as a crawler would keep them: with an address and a time."""
    rows: list[dict[str, object]] = []
    for document in documents:
        rng = random.Random(document.id)
        when = datetime(2019, 1, 1, tzinfo=UTC) + timedelta(minutes=rng.randrange(6 * 365 * 1440))
        slug = re.sub(r"\W+", "-", document.id)
        rows.append(
            {
                "id": document.id,
                "url": f"https://{site}/{slug}",
                "timestamp": when.isoformat(),
                "text": document.text,
            }
        )
    return rows


def jsonl(rows: Iterable[dict[str, object]]) -> bytes:
    """One JSON object a line."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def broken(rows: list[dict[str, object]]) -> bytes:
    """Lines with one fault each between readable ones, and blank lines, which are no records."""
    good = [json.dumps(row, ensure_ascii=False).encode() for row in rows]
    faults = [
        b'{"id": "bad-json", "text": "The quotation mark at the end is missing}',
        b'{"id": "bad-no-text", "title": "A title alone", "tags": ["a", "b"]}',
        b'{"id": "bad-null-text", "text": null}',
        b'{"id": "bad-wrong-type", "text": 42}',
        b'{"id": "bad-utf8", "text": "caf\xe9 au lait, written in Latin-1"}',
        b'["a list", "where an object should be"]',
        b"",
        b"   ",
    ]
    return b"\n".join(line for pair in zip(good, faults, strict=True) for line in pair) + b"\n"


def table(documents: list[Document]) -> bytes:
    """CSV with line breaks inside of quoted fields."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["id", "text", "minutes"])
    for document in documents:
        writer.writerow([document.id, document.text, random.Random(document.id).randrange(20, 90)])
    return out.getvalue().encode()


def parquet(documents: list[Document]) -> bytes:
    """Parquet whose text lies in a field named `content`."""
    sink = pa.BufferOutputStream()
    columns = {"id": [d.id for d in documents], "content": [d.text for d in documents]}
    pq.write_table(pa.table(columns), sink, compression="zstd", row_group_size=16)
    return bytes(sink.getvalue())


def corpus() -> dict[str, bytes]:
    """Path below `examples/corpus` -> content."""
    garden = family("en_forum_garden", 48)
    forum = [
        d for topic in ("bicycle", "landlord", "newcomer") for d in family(f"en_forum_{topic}", 24)
    ] + garden[:24]
    council = family("en_news_council", 36)
    news = council[:24] + [
        d for topic in ("flood", "clinic", "festival") for d in family(f"en_news_{topic}", 24)
    ]
    recipes, letters = family("en_recipe", 40), family("en_letter", 12)
    people = [
        Document(f"template-bio-{i:02d}", compose("en_bio", str(i), person))
        for i, person in enumerate(read_slots()["en"]["person"])
    ]
    topics = ("de_web_stadt", "fr_web_marche", "es_web_barrio", "ja_web_machi", "ar_web_souq", "hi_web_gaon")
    abroad = [d for topic in (*topics, "sw_web_kijiji", "yo_web_oja") for d in family(topic, 9)]
    blameless = (d.text.replace("\n\n", " ") for d in garden[32:])
    low = [Document(f"low:{name}", text) for name, text in low_quality(blameless).items()]
    low += [Document(f"edited:{name}", text) for name, text in edited(blameless).items()]
    japanese = next(d for d in abroad if d.id.startswith("ja"))
    clipped = Document(f"dup-near-of:{japanese.id}", japanese.text.removesuffix("。"))
    planted = [*duplicates(forum + news), clipped]
    pages = abroad + low + planted
    random.Random("pages").shuffle(pages)
    hosts = (d.text for d in family("en_forum_bicycle", 29)[24:])
    news_rows = records(news, "www.gazette.example.com")
    whole = gzip.compress(jsonl(records(council[24:], "daily.example.net")), mtime=0)
    files = {
        "forum/posts-00.jsonl": jsonl(records(forum[:48], "forum.example.org")),
        "forum/posts-01.jsonl": jsonl(records(forum[48:], "forum.example.org")),
        "news/gazette.jsonl.gz": gzip.compress(jsonl(news_rows[:48]), mtime=0),
        "news/gazette-more.jsonl.zst": zstandard.compress(jsonl(news_rows[48:])),
        "news/daily-truncated.jsonl.gz": whole[: len(whole) * 2 // 3],
        "recipes/recipes.csv": table(recipes),
        "people/biographies.parquet": parquet(people),
        "web/pages.jsonl": jsonl(records(pages, "pages.example.com")),
        "web/quizzes.jsonl": jsonl(records(leaks(hosts), "quiz.example.net")),
        "web/broken.jsonl": broken(records(garden[24:32], "blog.example.org")),
        "web/empty.jsonl": b"",
        "web/mislabelled.parquet": b"<!doctype html><title>404</title><p>Not what its name says.</p>\n",
    }
    return files | {f"letters/{d.id}.txt": d.text.encode() for d in letters}


def main(folder: Path = HERE / "corpus") -> None:
    """Write the corpus below `folder`."""
    for name, content in corpus().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
