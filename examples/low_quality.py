"""Documents that each fail a published quality rule, or lose text to one.

Left out: Gopher's limit of 100,000 words, since one such document would outweigh the whole corpus.
"""

from collections.abc import Iterator

SHORT = "I go up to it as he is in it and so we do it or no we do not if it is in my way so be it"
LONG = (
    "the electroencephalographical characterisation of immunohistochemistry and of "
    "counterrevolutionary internationalisation requires interdisciplinary professionalisation"
)
TAGS = "the sunset over the bay #sunset #bay #nofilter with friends #friends #summer and that view #view "
PAUSES = (
    "and so we waited ... and waited ... for the bus that never came ... with nothing to do ... but talk ... "
)
BULLETS = (
    "a tent that keeps out the rain",
    "a map of the coast and of the islands",
    "two pairs of socks for each day",
    "a knife with a blade that locks",
    "matches in a tin with a tight lid",
    "the number of the harbour master",
    "a rope that you have tied knots in before",
    "something to read when it rains",
)
TEASERS = (
    "You will not believe what the baker of this village found in the flour",
    "She opened the letter that had been lost for thirty years and then",
    "Ten things that the keepers of the zoo never tell you about otters",
    "He thought that it was an ordinary stone until the doctor turned it over",
    "The reason that nobody sits in the last row of this theatre is",
)
READINGS = " ".join(f"{hour:02d}:00 {11 + hour % 7}.{hour % 10} {hour * 7 % 360}" for hour in range(24))
KEYWORDS = (
    "cheap flights Manchester cheap hotels Lisbon rental cars Faro airport transfers Madrid city breaks "
    "Prague ski holidays Andorra last-minute offers Antalya cruise deals Oslo fjords camping Brittany "
    "villas Tuscany beach resorts Phuket safari Kenya whale watching Azores train passes Japan hostels "
    "Melbourne visas Vietnam insurance brokers currency exchange luggage storage ticket office seat selection"
)
SHANTY = "Row the boat, row the boat, row the boat until the morning comes."
SHANTY_VERSES = (
    "The tide was low when we set out, and the lamps along the quay were still burning.",
    "My sister sang the verses that our mother had taught her before the war.",
    "By noon the coast had gone, and there was nothing to look at except the water.",
    "We ate what we had, and we gave the rest to the gulls that followed us.",
)
LULLABY = "Hush now, the owl has closed her eyes and all the mice may dance."
LULLABY_VERSES = (
    "The miller has gone to bed with flour in his beard and a candle that he forgot to blow out.",
    "There is a moon in the bucket, and nobody dares to pour the water away.",
    "Your father will be home with the last bus, and he will bring you an orange.",
    "Under the stairs the spider is mending the hole that you made in her curtain.",
)
NOTICE = (
    "Visitors are asked to leave their bags at the desk before they enter the reading room of the library."
)
CLOSURE = (
    "The station will be closed from Friday night, and a bus will take its place until the end of the month."
)
PROGRAM = "function greet(name) { return 'hello ' + name; }"
COOKIES = "By using this page you accept our terms of use and our use of cookies."
MENU = (
    "Home",
    "About us",
    "Our team",
    "Opening hours",
    "How to find us",
    "Gift vouchers",
    "Contact",
    "Press",
)
SHOPPING = """the milk
two loaves
some cheese
olive oil
black tea
rice
that jam
a lemon
dog food
new pegs
string
a bulb
the paper
bin bags
red wine
paper cups
baby wipes
green beans
a sponge
ten eggs
cat litter
and chalk
for the wall
with a hook
and honey
of the good sort
to be paid later"""
CAPTIONS = (
    "The harbour from the north with the old customs house and the crane that was never used",
    "Two children with a kite on the breakwater, with the lighthouse behind them to the left",
    "The last of the herring boats on the day that she was sold to a museum in the south",
    "A wedding party that missed the ferry and had to be rowed across to the island",
    "The winter of the great ice, when people walked to the fort and back with lanterns",
)
BREATHLESS = (
    "A house by the sea with a garden that runs down to the water and a view of the islands and of the boats "
    "that pass them on their way to the market in the old town and that come home with the tide in the "
    "evening when the lamps are lit and the doors of the houses stand open to let in the cool of the night."
)


def low_quality(paragraphs: Iterator[str]) -> dict[str, str]:
    """`FILTER.REASON` -> a document that it removes; `paragraphs` are blameless, and each is used once."""
    return {
        "gopher_quality.too_few_words": "Thank you for this, it was exactly what I had been looking for.",
        "gopher_quality.words_too_short": f"{SHORT} and {SHORT}, to me, and {SHORT}.",
        "gopher_quality.words_too_long": " ".join(f"In part {n} {LONG}." for n in ("one", "two", "three")),
        "gopher_quality.too_many_hashes": TAGS * 4,
        "gopher_quality.too_many_ellipses": PAUSES * 3,
        "gopher_quality.too_many_bullet_lines": "\n".join(f"- {item}." for item in BULLETS),
        "gopher_quality.too_many_ellipsis_lines": "\n".join(f"{line}..." for line in TEASERS),
        "gopher_quality.too_few_words_with_letters": f"The readings of the day on the hill: {READINGS}.",
        "gopher_quality.too_few_stop_words": f"{KEYWORDS}.",
        "gopher_repetition.duplicate_lines": "\n".join(f"{verse}\n{SHANTY}" for verse in SHANTY_VERSES),
        "gopher_repetition.duplicate_paragraphs": "\n\n".join(
            f"{verse}\n\n{LULLABY}" for verse in LULLABY_VERSES
        ),
        "gopher_repetition.top_2_gram": "The shop was very good and the food was very good, " * 8
        + "and that is all.",
        "gopher_repetition.duplicate_10_grams": f"{(twice := next(paragraphs))} {twice} That is all.",
        "c4_quality.lorem_ipsum": f"{next(paragraphs)}\nLorem ipsum dolor sit amet.",
        "c4_quality.curly_bracket": f"{next(paragraphs)}\nThe whole program is one line long: {PROGRAM}.",
        "c4_quality.too_few_sentences": BREATHLESS,
        "fineweb_quality.too_few_punctuated_lines": "\n".join(CAPTIONS),
        "fineweb_quality.too_many_short_lines": "\n".join([*MENU, next(paragraphs).split(". ")[0] + "."]),
        "fineweb_quality.duplicate_characters": f"{next(paragraphs)}\n{NOTICE}\n{NOTICE}\n{NOTICE}",
        "fineweb_quality.too_many_newlines": SHOPPING,
    }


def edited(paragraphs: Iterator[str]) -> dict[str, str]:
    """`ENTITY.why` -> a document that loses a line or a mark, and stays; `paragraphs` as above."""
    many = " ".join(
        (next(paragraphs), *SHANTY_VERSES, *LULLABY_VERSES, *CAPTIONS, BREATHLESS)
    )  # keep the mean low
    return {
        "C4_LINE.javascript": f"{next(paragraphs)}\nPlease enable Javascript.\n{NOTICE}",
        "C4_LINE.policy": f"{next(paragraphs)}\n{COOKIES}",
        "C4_LINE.few_words": f"{next(paragraphs)}\nRead more.\nShare this.\n{CLOSURE}",
        "C4_LINE.long_word": f"{many}\nThe key is {'abcdefghij' * 101}.\n{CLOSURE}",
        "C4_CITATION.marks": next(paragraphs)
        .replace(". ", ".[1] ", 1)
        .replace(". ", ".[citation needed] ", 1),
    }
