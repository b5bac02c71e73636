"""Hostile documents and names, each with its stable error code."""
import json
import os
import subprocess

import pytest
from conftest import DOCMILL, draw, records

HEAVY = {b"hundred-thousand-pages.pdf", b"deflate-bomb.pdf", b"looping-pages.tiff"}  # below, with limits of their own


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory, corpus):
    """What became of each file of the corpus, by name; all in one run."""
    from conftest import Docmill
    folder = tmp_path_factory.mktemp("corpus")
    corpus.make(folder / "in")
    for name in HEAVY:
        os.unlink(os.fsencode(folder / "in") + b"/" + name)
    names = b"\0".join(b"in/" + n for n in corpus.FAULTS if n not in HEAVY)
    (folder / "list").write_bytes(names)
    done, events = Docmill(folder).events("run", "ocr", "--from", "list", "-0", "-o", "out", "--timeout", "60s")
    assert done.returncode == 1
    found = {os.path.basename(r["document"]): r for r in records(folder / "out").values()}
    return done, events, found


def shown(name):
    return name.decode("utf-8", "replace") if b"\xff" not in name else r"invalid-utf8-\xFF\xFE.png"


def test_each_broken_document_has_its_stable_code(verdicts, corpus):
    _, _, found = verdicts
    wrong = []
    for name, (_, expected) in corpus.FAULTS.items():
        if name in HEAVY:
            continue
        record = found[shown(name)]
        if expected == "ok":
            fits = record["outcome"] == "ok"
        elif isinstance(expected, dict):
            codes = {page["page"]: page["error"]["code"] for page in record.get("pages", []) if "error" in page}
            whole = record.get("error", {}).get("code")
            fits = codes == expected or whole in expected.values()
        else:
            fits = record.get("error", {}).get("code") == expected
        if not fits:
            wrong.append((name, expected, record["outcome"], record.get("error")))
    assert not wrong


def test_each_failure_has_a_sentence(verdicts):
    _, events, found = verdicts
    for record in found.values():
        if record["outcome"] == "failed":
            assert len(record["error"]["message"]) > 10, record
    assert all(e["error"]["message"] for e in events if e["event"] == "document" and e["outcome"] == "failed")


def test_a_password_opens_an_encrypted_document(docmill, corpus, tmp_path):
    (tmp_path / "secret.pdf").write_bytes(corpus.FAULTS[b"encrypted.pdf"][0]())
    done = docmill("run", "ocr", "secret.pdf", "-o", "out")
    assert done.returncode == 1 and "encrypted" in done.stdout
    done = docmill("run", "ocr", "secret.pdf", "-o", "out", "--password", "wrong")
    assert done.returncode == 1 and "encrypted" in done.stdout
    done = docmill("run", "ocr", "secret.pdf", "-o", "out", "--password", corpus.PASSWORD)
    assert done.returncode == 0, done.stdout
    assert corpus.PASSWORD not in next((tmp_path / "out").glob("*.json")).read_text()


def test_a_bomb_ends_at_a_limit(docmill, corpus, tmp_path):
    (tmp_path / "bomb.pdf").write_bytes(corpus.FAULTS[b"deflate-bomb.pdf"][0]())
    done, events = docmill.events("run", "ocr", "bomb.pdf", "-o", "out", "--timeout", "8s", "--memory-limit", "512M")
    assert done.returncode in (0, 1)
    end = [e for e in events if e["event"] == "document"][-1]
    assert end["outcome"] in ("ok", "partial") or end["error"]["code"] in ("timeout", "out_of_memory", "too_large",
                                                                            "unreadable")


def test_a_hundred_thousand_pages_are_over_a_limit_that_is_named(docmill, corpus, tmp_path):
    (tmp_path / "many.pdf").write_bytes(corpus.FAULTS[b"hundred-thousand-pages.pdf"][0]())
    done = docmill("run", "ocr", "many.pdf", "-o", "out", "--max-pages", "1000")
    assert done.returncode == 1
    assert "too_large" in done.stdout and "1000" in done.stdout.replace(",", "")


def test_an_unknown_language_names_the_package(docmill, scans):
    for language, sentence in (("fra", "apt-get install tesseract-ocr-fra"), ("eng+enf", "did you mean 'eng'?")):
        done = docmill("run", "ocr", "scans", "-o", "out", "-l", language)
        assert done.returncode == 2 and done.stderr.count("\n") == 1 and sentence in done.stderr, done.stderr
    assert not (scans.parent / "out").exists(), "told once, before anything is begun"


def test_an_unreadable_file_is_denied(docmill, scans, tmp_path):
    if os.geteuid() == 0:
        pytest.skip("root may read every file")
    (scans / "hello.png").chmod(0)
    done = docmill("run", "ocr", "scans", "-o", "out")
    assert done.returncode == 1 and "access_denied" in done.stdout


def test_pipes_and_directories_in_a_list_do_not_hang(docmill, tmp_path):
    os.mkfifo(tmp_path / "pipe.pdf")
    done = docmill("run", "ocr", "pipe.pdf", "-o", "out")
    assert done.returncode == 1 and "unsupported_type" in done.stdout


def test_a_directory_without_documents_is_wrong_usage(docmill, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty/notes.txt").write_text("x")
    done = docmill("run", "ocr", "empty", "-o", "out")
    assert done.returncode == 2
    assert "there are no documents in empty (left out: 1 file not named like a PDF or an image;" in done.stderr
    none = docmill("run", "ocr", "-", "-o", "out", stdin="")
    assert none.returncode == 2 and "there are no documents in the list on stdin" in none.stderr


def test_names_never_leave_the_output_directory(docmill, tmp_path):
    (tmp_path / "work").mkdir()
    draw("Above").save(tmp_path / "above.png", dpi=(300, 300))
    done = docmill("run", "ocr", "../above.png", "-o", "out", cwd=tmp_path / "work")
    assert done.returncode == 0, done.stderr
    assert "Above" in (tmp_path / "work/out/above.png.txt").read_text()
    assert not (tmp_path / "above.png.txt").exists()


def test_names_of_any_bytes_are_listed_safely(docmill, tmp_path):
    name = os.fsencode(tmp_path) + b"/new\nline-\xff.png"
    draw("Odd name").save(tmp_path / "plain.png", dpi=(300, 300))
    os.rename(tmp_path / "plain.png", name)
    done = docmill("run", "ocr", "-", "-0", "-o", "out", stdin=os.fsdecode(name) + "\0gone\nfile\0")
    assert done.returncode == 1
    assert r"gone\nfile: not_found" in done.stdout
    assert os.path.exists(os.fsencode(tmp_path) + b"/out/new\nline-\xff.png.txt")
    job = docmill.jobs("out")[0]["id"]
    listed = docmill("results", job, "-o", "out").stdout
    assert r"new\nline-\xFF.png" in listed.replace("\\\\", "\\")


def test_two_documents_with_the_same_outputs_are_refused(docmill, tmp_path):
    for folder in ("a/s", "b/s"):
        (tmp_path / folder).mkdir(parents=True)
        draw("x").save(tmp_path / folder / "x.png")
    done = docmill("run", "ocr", "a/s", "b/s", "-o", "out")
    assert done.returncode == 2
    assert "a/s/x.png" in done.stderr and "b/s/x.png" in done.stderr


def test_a_document_whose_parts_all_fail_leaves_its_record(docmill, corpus):
    pdf = corpus.simple_pdf(1)
    for _ in range(4):
        pdf.page("0 0 100 100 re f", width=14400, height=72000000)
    (docmill.directory / "tall.pdf").write_bytes(pdf.bytes())
    done = docmill("run", "ocr", "tall.pdf", "-o", "out", "--pages", "2-5", "--part-pages", "2")
    assert done.returncode == 1
    assert done.stderr.count("tall.pdf: too_large") + done.stdout.count("tall.pdf: too_large") == 1
    record = json.loads((docmill.directory / "out/tall.pdf.json").read_text())
    assert record["outcome"] == "failed"
    assert (record["error"]["code"], record["error"]["page"]) == ("too_large", 2)
    assert not list((docmill.directory / "out/.docmill/parts").rglob("*.*"))
