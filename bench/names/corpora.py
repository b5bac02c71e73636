"""Annotated texts as documents of sentences, each a list of (token, label): labels are O, B-person, I-place, …"""
import json
import re

KINDS = {"PER": "person", "person": "person", "PERSON": "person",
         "ORG": "organisation", "corporation": "organisation", "group": "organisation",
         "LOC": "place", "location": "place", "GPE": "place", "FAC": "place"}


def label(iob, kind):
    kind = KINDS.get(kind)
    return f"{iob}-{kind}" if kind and iob != "O" else "O"


def with_beginnings(sentence):
    """Corpora that mark the inside only where names do not touch: the first token of each becomes B."""
    result = []
    before = "O"
    for token, tag in sentence:
        if tag.startswith("I-") and before[2:] != tag[2:]:
            tag = "B" + tag[1:]
        result.append((token, tag))
        before = tag
    return result


def without_frame(sentence):
    """OntoNotes, and so spaCy, counts "the" and "'s" as part of a name; the other corpora do not."""
    result = with_beginnings(sentence)
    for i, (token, tag) in enumerate(result):
        if tag.startswith("B-") and token.lower() == "the":
            result[i] = (token, "O")
            if i + 1 < len(result) and result[i + 1][1] == "I" + tag[1:]:
                result[i + 1] = (result[i + 1][0], tag)
        elif token in ("'s", "’s"):
            result[i] = (token, "O")
    return with_beginnings(result)


def columns(path, separator, token, tag, new_document):
    documents = [[]]
    sentence = []

    def finish():
        if sentence:
            documents[-1].append(with_beginnings(sentence))
            sentence.clear()

    with open(path, encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if new_document(line, documents[-1]):
                finish()
                documents.append([])
            if not line.strip() or line.startswith("# ") or "-DOCSTART-" in line:
                finish()
                continue
            fields = line.split(separator)
            iob, _, kind = fields[tag].partition("-")
            sentence.append((fields[token], label(iob, kind)))
    finish()
    return [document for document in documents if document]


def wikigold(path):
    return columns(path, " ", 0, -1, lambda line, _: "-DOCSTART-" in line)


def wnut(path):
    """Each tweet is a document."""
    return columns(path, "\t", 0, 1, lambda line, _: not line.strip())


def ewt(path):
    """The identifier of a sentence begins with that of its document."""
    last = [None]

    def is_new(line, _):
        match = re.match(r"# sent_id = (.*)-\d+$", line)
        if not match or match.group(1) == last[0]:
            return False
        last[0] = match.group(1)
        return True

    return columns(path, "\t", 1, 2, is_new)


def silver(path):
    """What silver.py wrote: one paragraph a line, with the number of its document."""
    documents = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            number, tokens, begins = json.loads(line)
            labelled = [(text, label(iob, kind)) for text, iob, kind in tokens]
            ends = begins[1:] + [len(tokens)]
            for begin, end in zip(begins, ends):
                if end - begin > 3:
                    documents.setdefault(number, []).append(without_frame(labelled[begin:end]))
    return list(documents.values())


def names(sentence):
    """(begin, end, kind) of the names, as places in the text of marked(), brackets left out."""
    found = []
    begin = 0
    for token, tag in sentence:
        end = begin + len(token)
        if tag.startswith("B-"):
            found.append([begin, end, tag[2:]])
        elif tag.startswith("I-") and found:
            found[-1][1] = end
        begin = end + 1
    return {tuple(name) for name in found}


def marked(sentence):
    """The line that name_features reads: tokens with spaces between, names as [[kind|name]]."""
    line = []
    for i, (token, tag) in enumerate(sentence):
        text = token.replace("[[", "((").replace("]]", "))").replace(" ", "_")
        if tag.startswith("B-"):
            text = f"[[{tag[2:]}|{text}"
        ends = i + 1 == len(sentence) or not sentence[i + 1][1].startswith("I-")
        line.append(text + ("]]" if tag != "O" and ends else ""))
    return " ".join(line)


def write(path, documents):
    with open(path, "w", encoding="utf-8") as file:
        for document in documents:
            file.write("#\n")
            for sentence in document:
                file.write(marked(sentence) + "\n")


def scores(expected, found):
    """Of lists of sets of names: {kind: (precision, recall, F1)}, with all of them as "all"."""
    result = {}
    for kind in ("person", "organisation", "place", "all"):
        def of(names):
            return [{name for name in sentence if kind in (name[2], "all")} for sentence in names]
        right = sum(len(a & b) for a, b in zip(of(expected), of(found)))
        precision = right / max(1, sum(map(len, of(found))))
        recall = right / max(1, sum(map(len, of(expected))))
        result[kind] = (precision, recall, 2 * precision * recall / max(1e-9, precision + recall))
    return result
