"""Documents that lie, loop or have no end, through every stage: each ends with a result, and harms no other."""
import os
import pathlib
import re
import subprocess
import sys

import pytest
from conftest import Docmill, SOURCE, draw, json_lines, records

sys.path[:0] = [str(SOURCE / "tools"), str(SOURCE / "tests/corpus")]
import hostile_documents  # noqa: E402

CODES = set(re.findall(r'ErrorCode::\w+, "(\w+)"', (SOURCE / "src/core/error.hpp").read_text()))
TIGHT = {"DOCMILL_LIMITS_BASE_TIMEOUT": "1s", "DOCMILL_LIMITS_PAGE_TIMEOUT": "1s", "DOCMILL_LIMITS_STALL_TIMEOUT": "3s"}


def answer(record):
    """An outcome, or the code of the error."""
    return record["error"]["code"] if record["outcome"] == "failed" else record["outcome"]


def left_running(home):
    """Processes that were started by a docmill whose HOME this is."""
    found = []
    for environment in pathlib.Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"HOME={home}".encode() in environment.read_bytes().split(b"\0"):
                found.append(environment.parent.name)
        except OSError:
            pass  # gone, or another user's
    return found


def run(folder, stages, documents, limits=None, seconds=120):
    """What became of `documents` ({name: bytes}) and of a sound one among them, by name; with what must always hold."""
    (folder / "in").mkdir()
    for name, content in documents.items():
        (folder / "in" / name).write_bytes(content)
    draw("Sound neighbour").save(folder / "in/neighbour.png", dpi=(300, 300))
    names = [*documents, "neighbour.png"]
    docmill = Docmill(folder)
    docmill.environment.update(limits or {})
    process = docmill.start("run", stages, "--from", "-", "-o", "out", "--json", "-j", "2", "--memory-limit", "512M",
                            stdin=subprocess.PIPE)
    try:
        output, errors = process.communicate("".join(f"in/{name}\n" for name in names), seconds)
    finally:
        docmill.close()
    found = {os.path.basename(r["document"]): r for r in records(folder / "out").values()}
    assert sorted(found) == sorted(names), errors
    for name, record in found.items():
        if record["outcome"] == "failed":
            assert record["error"]["code"] in CODES - {"crashed", "internal"}, (name, record["error"])
            assert len(record["error"]["message"]) > 10, (name, record["error"])
    failed = [name for name, record in found.items() if record["outcome"] != "ok"]
    judged = json_lines(output)[-1].get("validation", {}).get("invalid", 0)
    assert process.returncode == (1 if failed or judged else 0), (failed, judged, errors)
    assert not left_running(folder)
    return found


def made(table):
    return {f"{name}.pdf": maker() for name, (maker, _) in table.items()}


def test_ocr_answers_each_fault_as_it_deserves(tmp_path):
    found = run(tmp_path, "ocr", made(hostile_documents.FAULTS))
    answers = {name: answer(found[f"{name}.pdf"]) for name in hostile_documents.FAULTS}
    assert answers == {name: expected for name, (_, expected) in hostile_documents.FAULTS.items()}
    assert answer(found["neighbour.png"]) == "ok"
    assert "Sound neighbour" in (tmp_path / "out/in/neighbour.png.txt").read_text()
    failed = [page for page in found["one-bad-page-of-a-hundred.pdf"]["pages"] if page["status"] == "failed"]
    assert [page["page"] for page in failed] == [50]


@pytest.mark.parametrize("stage", ["preprocessing", "validation,nlp"])
def test_other_stages_answer_each_fault(tmp_path, stage):
    found = run(tmp_path, stage, made(hostile_documents.FAULTS))
    assert answer(found["neighbour.png"]) == "ok"


@pytest.mark.parametrize("stage", ["ocr", "preprocessing", "validation,nlp"])
def test_what_has_no_end_ends_at_a_limit(tmp_path, stage):
    documents = {f"{name}.pdf": maker() for name, maker in hostile_documents.WITHOUT_END.items()}
    found = run(tmp_path, stage, documents, TIGHT)
    answers = {answer(found[name]) for name in documents}
    assert answers <= {"ok", "partial", "timeout", "out_of_memory", "too_large", "unreadable"}


@pytest.mark.parametrize("stage", ["ocr", "validation,nlp"])
def test_a_page_without_end_costs_itself(tmp_path, stage):
    documents = {"short.pdf": hostile_documents.page_without_end(5, 3),
                 "split.pdf": hostile_documents.page_without_end(40, 22)}
    found = run(tmp_path, stage, documents, TIGHT)
    for name, bad in (("short.pdf", 3), ("split.pdf", 22)):
        failed = [(page["page"], page["error"]["code"]) for page in found[name]["pages"] if page["status"] == "failed"]
        assert failed == [(bad, "timeout")], name
        text = (tmp_path / f"out/in/{name}.txt").read_text()
        assert f"page {bad - 1}" in text and f"page {bad + 1}" in text


def test_texts_are_answered_by_nlp(tmp_path):
    found = run(tmp_path, "nlp", {name: maker() for name, (maker, _) in hostile_documents.TEXTS.items()})
    answers = {name: answer(found[name]) for name in hostile_documents.TEXTS}
    assert answers == {name: expected for name, (_, expected) in hostile_documents.TEXTS.items()}
    for path in (tmp_path / "out").rglob("*"):
        assert not path.is_file() or b"root:" not in path.read_bytes(), path
