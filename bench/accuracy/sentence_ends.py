#!/usr/bin/env python3
"""Scores pysbd on a gold set of sentences as nlp_bench scores docmill: pip install pysbd; sentence_ends.py FILE"""
import sys

import pysbd


def paragraphs(path):
    """(language, sentences) of each."""
    with open(path, encoding="utf-8") as file:
        for block in file.read().strip().split("\n\n"):
            language, *sentences = block.split("\n")
            yield language, sentences


def main(path):
    right = wrong = missed = 0
    for language, sentences in paragraphs(path):
        text = " ".join(sentences)
        expected = {len(" ".join(sentences[:i])) for i in range(1, len(sentences))}
        found = set()
        at = 0
        for piece in pysbd.Segmenter(language=language, clean=False).segment(text):
            at = text.find(piece.strip(), at) + len(piece.strip())
            found.add(at)
        found.discard(len(text))
        right += len(found & expected)
        wrong += len(found - expected)
        missed += len(expected - found)
    print(f"pysbd   precision {100 * right / (right + wrong):.1f} %   recall {100 * right / (right + missed):.1f} %   "
          f"({right} right, {wrong} wrong, {missed} missed)")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
