#!/usr/bin/env python3
"""Character error rate of recognised pages, by kind of page.

usage: cer.py TRUTH-DIR OUTPUT-DIR

For each TRUTH-DIR/KIND-NNN.pdf.truth the output is OUTPUT-DIR/KIND-NNN.pdf.txt. White space counts as one blank. The rate
is edits (insert, delete, change a character) divided by characters of the truth; a missing output counts as empty.
"""
import pathlib
import sys


def normal(text: str) -> str:
    quotes = str.maketrans({"\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "\u2014": "-", "\u2013": "-"})
    return " ".join(text.replace("\f", " ").translate(quotes).split())


def edits(a: str, b: str) -> int:
    """Edit distance by Myers' bit vectors (as Hyyro put it): a column of the table is two big integers."""
    if not a:
        return len(b)
    places: dict[str, int] = {}
    for i, character in enumerate(a):
        places[character] = places.get(character, 0) | 1 << i
    mask = (1 << len(a)) - 1
    last = 1 << (len(a) - 1)
    positive, negative, distance = mask, 0, len(a)
    for character in b:
        match = places.get(character, 0)
        diagonal = (((match & positive) + positive) ^ positive) | match | negative
        up = negative | ~(diagonal | positive)
        down = positive & diagonal
        distance += bool(up & last) - bool(down & last)
        up = (up << 1 | 1) & mask
        positive = ((down << 1) | ~(diagonal | up)) & mask
        negative = up & diagonal
    return distance


def main() -> None:
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    truths, outputs = (pathlib.Path(name) for name in sys.argv[1:])
    wrong: dict[str, int] = {}
    total: dict[str, int] = {}
    for path in sorted(truths.glob("*.truth")):
        output = outputs / (path.stem + ".txt")
        truth = normal(path.read_text())
        found = normal(output.read_text()) if output.exists() else ""
        for kind in (path.name.split(".")[0].split("-")[0], "all"):
            wrong[kind] = wrong.get(kind, 0) + edits(truth, found)
            total[kind] = total.get(kind, 0) + len(truth)
    if not total:
        sys.exit(f"cer.py: no *.truth in {truths}")
    for kind in total:
        print(f"{kind} {wrong[kind] / max(total[kind], 1):.5f}")


if __name__ == "__main__":
    main()
