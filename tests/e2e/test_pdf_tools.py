"""The tools on whole PDFs, judged by the program qpdf; and normalized text."""
import json
import subprocess
import sys

import jsonschema
import pytest
from conftest import SOURCE, records

sys.path.insert(0, str(SOURCE / "tools"))
from pdf_writer import HELVETICA, Pdf, text  # noqa: E402

SCHEMA = json.loads((SOURCE / "docs/reference/record.schema.json").read_text())


def book(pages):
    pdf = Pdf()
    font = pdf.add(HELVETICA)
    for number in range(1, pages + 1):
        pdf.page(f"BT /F 12 Tf 60 780 Td {text(f'This is page {number}')} Tj ET", f"/Font<</F {font}>>")
    return pdf.bytes()


def qpdf(*arguments):
    """What qpdf says; any warning is a failure."""
    done = subprocess.run(["qpdf", *map(str, arguments)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def tools_of(output):
    (record,) = records(output).values()
    jsonschema.validate(record, SCHEMA)
    assert record["outcome"] == "ok"
    return record["pdf_tools"]


def test_a_damaged_pdf_is_repaired_under_its_own_name(docmill, tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a/broken.pdf").write_bytes(book(3)[:-20])
    done = docmill("run", "preprocessing", "a", "-o", "out", "--repair", "--linearize")
    assert done.returncode == 0, done.stdout + done.stderr
    repaired = tmp_path / "out/broken.pdf"
    qpdf("--check", repaired)
    qpdf("--check-linearization", repaired)
    assert qpdf("--show-npages", repaired).strip() == "3"
    said = tools_of(tmp_path / "out")
    assert said["rebuilt"] and said["problems"] >= 1


def test_a_pdf_of_many_pages_is_split_into_files_that_sort(docmill, tmp_path):
    (tmp_path / "book.pdf").write_bytes(book(120))
    done = docmill("run", "preprocessing", "book.pdf", "-o", "out", "--split-pages", "50")
    assert done.returncode == 0, done.stdout + done.stderr
    pieces = sorted((tmp_path / "out").glob("*.pdf"))
    assert [piece.name for piece in pieces] == [f"book.pdf.pages-{span}.pdf" for span in ("001-050", "051-100", "101-120")]
    for piece, pages in zip(pieces, (50, 50, 20)):
        qpdf("--check", piece)
        assert qpdf("--show-npages", piece).strip() == str(pages)
    assert docmill("run", "ocr", pieces[2], "-o", "read").returncode == 0
    assert "This is page 101" in next((tmp_path / "read").rglob("*.txt")).read_text()
    assert tools_of(tmp_path / "out")["problems"] == 0


def test_hundreds_of_pieces_are_written(docmill, tmp_path):
    (tmp_path / "book.pdf").write_bytes(book(900))
    assert docmill("run", "preprocessing", "book.pdf", "-o", "out", "--split-pages", "1").returncode == 0
    assert len(list((tmp_path / "out").glob("book.pdf.page-*.pdf"))) == 900


def test_no_piece_is_larger_than_asked_for(docmill, tmp_path):
    (tmp_path / "book.pdf").write_bytes(book(60))
    assert docmill("run", "preprocessing", "book.pdf", "-o", "out", "--split-size", "8kB").returncode == 0
    pieces = list((tmp_path / "out").glob("*.pdf"))
    assert len(pieces) > 1 and max(piece.stat().st_size for piece in pieces) <= 8000
    assert sum(int(qpdf("--show-npages", piece)) for piece in pieces) == 60


def test_an_encrypted_pdf_is_decrypted_with_its_password_only(docmill, tmp_path):
    plain = tmp_path / "plain.pdf"
    plain.write_bytes(book(2))
    qpdf("--encrypt", "secret", "owner", "256", "--", plain, tmp_path / "locked.pdf")
    plain.unlink()
    done = docmill("run", "preprocessing", "locked.pdf", "-o", "out", "--decrypt", "--json")
    assert done.returncode == 1
    (record,) = records(tmp_path / "out").values()
    assert record["error"]["code"] == "encrypted"
    assert docmill("run", "preprocessing", "locked.pdf", "-o", "open", "--decrypt", "--password", "secret").returncode == 0
    assert "not encrypted" in qpdf("--show-encryption", tmp_path / "open/locked.pdf")


def test_a_password_for_some_documents_does_no_harm_to_those_that_open_without(docmill, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "plain.pdf").write_bytes(book(2))
    qpdf("--encrypt", "", "owner", "256", "--", source / "plain.pdf", source / "restricted.pdf")
    qpdf("--encrypt", "grün", "owner", "256", "--", source / "plain.pdf", source / "locked.pdf")
    qpdf("--encrypt", "grün", "owner", "128", "--use-aes=y", "--", source / "plain.pdf", source / "locked-1.6.pdf")
    for command in (("preprocessing", "--decrypt"), ("ocr", "--format", "pdf"), ("validation",)):
        output = tmp_path / command[0]
        done = docmill("run", command[0], "in", "-o", output, "--password", "grün", *command[1:])
        assert done.returncode == 0, done.stdout
        for name in ("restricted.pdf", "locked.pdf", "locked-1.6.pdf") if command[0] != "validation" else ():
            assert "not encrypted" in qpdf("--show-encryption", output / name)
    done = docmill("merge", "-o", "all.pdf", "in", "--password", "grün")
    assert done.stdout == "all.pdf: 4 documents, 8 pages\n", done.stderr


@pytest.mark.parametrize("arguments, said", [
    (("preprocessing", "--repair", "--steps", "deskew"), "writes the PDF as it is"),
    (("preprocessing,ocr", "--split-pages", "3"), "by itself"),
    (("preprocessing", "--split-size", "large"), "a size like 10MB")])
def test_what_cannot_be_done_together_is_refused_at_once(docmill, tmp_path, arguments, said):
    (tmp_path / "a.pdf").write_bytes(book(1))
    pipeline, *options = arguments
    done = docmill("run", pipeline, "a.pdf", "-o", "out", *options)
    assert done.returncode == 2 and said in done.stderr
    assert not (tmp_path / "out/a.pdf").exists()


def test_pdfs_are_merged_in_the_order_given_with_a_bookmark_for_each(docmill, tmp_path):
    for name, pages in (("b", 2), ("a", 3), ("scans/c", 1), ("scans/d", 4)):
        (tmp_path / f"{name}.pdf").parent.mkdir(exist_ok=True)
        (tmp_path / f"{name}.pdf").write_bytes(book(pages))
    done = docmill("merge", "-o", "all.pdf", "b.pdf", "a.pdf", "scans")
    assert done.stdout == "all.pdf: 4 documents, 10 pages\n", done.stderr
    qpdf("--check", tmp_path / "all.pdf")
    outlines = json.loads(qpdf("--json", "--json-key=outlines", tmp_path / "all.pdf"))["outlines"]
    assert [(one["title"], one["destpageposfrom1"]) for one in outlines] == [("b", 1), ("a", 3), ("c", 6), ("d", 7)]
    refused = docmill("merge", "-o", "all.pdf", "b.pdf")
    assert refused.returncode == 2 and "--overwrite" in refused.stderr
    assert docmill("merge", "-o", "all.pdf", "b.pdf", "--overwrite").returncode == 0
    assert qpdf("--show-npages", tmp_path / "all.pdf").strip() == "2"
    refused = docmill("merge", "-o", "b.pdf", "a.pdf", "b.pdf", "--overwrite")
    assert refused.returncode == 2 and "inputs are never changed" in refused.stderr


def test_a_document_that_cannot_be_merged_is_named_and_nothing_is_written(docmill, tmp_path):
    (tmp_path / "good.pdf").write_bytes(book(1))
    (tmp_path / "cut.pdf").write_bytes(book(3)[:200])
    (tmp_path / "note.txt").write_text("no PDF")
    qpdf("--encrypt", "secret", "owner", "256", "--", tmp_path / "good.pdf", tmp_path / "locked.pdf")
    for name, said in (("cut.pdf", "cut.pdf"), ("note.txt", "is no PDF"), ("locked.pdf", "--password"), ("gone.pdf", "gone.pdf")):
        done = docmill("merge", "-o", "out.pdf", "good.pdf", name)
        assert done.returncode == 1 and said in done.stderr, done.stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["cut.pdf", "good.pdf", "locked.pdf", "note.txt"]
    assert docmill("merge", "-o", "out.pdf", "good.pdf", "locked.pdf", "--password", "secret").returncode == 0
    assert qpdf("--show-npages", tmp_path / "out.pdf").strip() == "2"


def test_offsets_of_nlp_are_about_the_normalized_text(docmill, tmp_path):
    (tmp_path / "a.txt").write_text("The o\ufb03ce is an exam-\nple. Write to ann@example.com to-\nday.\n")
    assert docmill("run", "nlp", "a.txt", "-o", "out", "--normalize-text", "all").returncode == 0
    written = (tmp_path / "out/a.txt.txt").read_text()
    assert written == "The office is an example.\nWrite to ann@example.com today.\n"
    (found,) = json.loads((tmp_path / "out/a.txt.nlp.json").read_text())["entities"]
    assert written[found["begin"]:found["end"]] == "ann@example.com"
