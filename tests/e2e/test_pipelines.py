"""Pipelines of several stages, as a user meets them."""
import json
import subprocess

import jsonschema
from conftest import FONT, SOURCE, records
from PIL import Image, ImageDraw, ImageFont

SCHEMA = json.loads((SOURCE / "docs/reference/record.schema.json").read_text())
LINES = ["The committee of the harbour measured the old bridge", "and decided that every winter would make it worse",
         "while the minister answered none of their letters", "The captain remembered the morning of the accident",
         "and described the weather to a patient secretary", "Nobody expected the library to be open on Sunday"] * 3


def letter():
    image = Image.new("L", (2000, 2000), 255)
    for number, line in enumerate(LINES):
        ImageDraw.Draw(image).text((200, 150 + 95 * number), line, fill=0, font=ImageFont.truetype(FONT, 42))
    return image


def the_page(output):
    (record,) = records(output).values()
    jsonschema.validate(record, SCHEMA)
    assert record["outcome"] == "ok"
    return record["pages"][0]


def test_a_page_on_its_side_is_read_after_preprocessing(docmill, tmp_path):
    letter().transpose(Image.Transpose.ROTATE_90).save(tmp_path / "side.png", dpi=(300, 300))
    done = docmill("run", "preprocessing,ocr", "side.png", "-o", "out", "--format", "txt,json,pdf")
    assert done.returncode == 0, done.stdout + done.stderr
    page = the_page(tmp_path / "out")
    assert (page["turned"], page["script"], page["width"]) == (90, "Latin", 2000)
    assert page["steps"][0] == "rotate"
    assert (tmp_path / "out/side.png.txt").read_text().split() == " ".join(LINES).split()
    assert page["blocks"][0]["box"][0] < 300  # in pixels of the upright page
    assert not (tmp_path / "out/side.png.cleaned.pdf").exists()


def test_a_scan_of_which_half_is_lost_is_read_in_part_and_says_so(docmill, tmp_path):
    letter().save(tmp_path / "whole.jpg", dpi=(300, 300))
    content = (tmp_path / "whole.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(content[:len(content) // 2])
    done = docmill("run", "ocr", "half.jpg", "-o", "out")
    assert done.returncode == 1
    assert "half.jpg: unreadable: The image of the page is damaged" in done.stderr + done.stdout
    (record,) = records(tmp_path / "out").values()
    jsonschema.validate(record, SCHEMA)
    (page,) = record["pages"]
    assert (record["outcome"], page["status"], page["error"]["code"]) == ("partial", "degraded", "unreadable")
    text = (tmp_path / "out/half.jpg.txt").read_text()
    assert LINES[0] in text and len(text.splitlines()) < len(LINES)
    assert docmill("run", "ocr", "half.jpg", "-o", "strict", "--strict").returncode == 1
    (record,) = records(tmp_path / "strict").values()
    assert (record["outcome"], record["error"]["code"]) == ("failed", "unreadable")


def test_ocr_asks_for_the_steps_that_it_is_told_of(docmill, tmp_path):
    letter().rotate(9, Image.Resampling.BICUBIC, fillcolor=255, expand=True).save(tmp_path / "tilted.png", dpi=(300, 300))
    assert docmill("run", "ocr", "tilted.png", "-o", "out", "--deskew", "-r").returncode == 0
    page = the_page(tmp_path / "out")
    assert page["steps"] == ["deskew"]
    assert (tmp_path / "out/tilted.png.txt").read_text().split() == " ".join(LINES).split()


def test_preprocessing_alone_writes_a_cleaned_pdf_that_ocr_reads(docmill, tmp_path):
    letter().transpose(Image.Transpose.ROTATE_180).save(tmp_path / "over.png", dpi=(300, 300))
    done = docmill("run", "preprocessing", "over.png", "-o", "out", "--steps", "rotate,binarize", "--keep-steps")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Page 1: binarize" in (tmp_path / "out/over.png.steps.html").read_text()
    assert docmill("run", "ocr", "out/over.png.cleaned.pdf", "-o", "read").returncode == 0
    text = (tmp_path / "read/out/over.png.cleaned.pdf.txt").read_text()
    assert text.split() == " ".join(LINES).split()


def test_a_page_that_is_no_scan_keeps_its_text_in_the_cleaned_pdf_of_any_pipeline(docmill, corpus, tmp_path):
    (tmp_path / "born.pdf").write_bytes(corpus.simple_pdf(1).bytes())
    before = subprocess.run(["pdftotext", "born.pdf", "-"], cwd=tmp_path, capture_output=True, check=True).stdout
    assert before.strip()
    assert docmill("run", "preprocessing,ocr", "born.pdf", "-o", "out", "--cleaned", "pdf").returncode == 0
    cleaned = tmp_path / "out/born.pdf.cleaned.pdf"
    assert subprocess.run(["pdftotext", cleaned, "-"], capture_output=True, check=True).stdout == before


def test_a_document_that_is_split_is_cleaned_and_read_as_one(docmill, tmp_path):
    pages = [letter().transpose(Image.Transpose.ROTATE_180).resize((1000, 1000)) for _ in range(3)]
    pages[0].save(tmp_path / "book.tiff", save_all=True, append_images=pages[1:], dpi=(150, 150))
    arguments = ("preprocessing,ocr", "book.tiff", "--cleaned", "pdf,tiff", "--format", "txt")
    assert docmill("run", *arguments, "-o", "whole").returncode == 0
    assert docmill("run", *arguments, "-o", "parts", "--part-pages", "1").returncode == 0
    for name in ("book.tiff.txt", "book.tiff.cleaned.pdf", "book.tiff.cleaned.tiff"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes(), name


def test_ocrmypdfs_options_are_understood(docmill, tmp_path):
    letter().save(tmp_path / "a.png", dpi=(300, 300))
    (tmp_path / "words").write_text("harbour\nminister\n")
    done = docmill("run", "ocr", "a.png", "-o", "out", "--format", "pdf,blocks", "--sidecar", "--user-words", "words",
                   "--user-patterns", "words", "--tesseract-oem", "1", "--skip-big", "50", "--retry-below", "0.5")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "out/a.png.txt").read_text().split() == " ".join(LINES).split()
    blocks = json.loads((tmp_path / "out/a.png.blocks.json").read_text())["Blocks"]
    assert [block["Text"] for block in blocks if block["BlockType"] == "LINE"] == LINES
    missing = docmill("run", "ocr", "a.png", "-o", "out2", "--user-words", "no-such-file")
    assert missing.returncode == 2 and "no-such-file" in missing.stderr


def test_orders_and_options_that_make_no_sense_are_refused_at_submission(docmill, tmp_path):
    letter().save(tmp_path / "a.png")
    for arguments, message in ((("ocr,preprocessing",), "must stand before 'ocr'"),
                               (("noop,ocr",), "stands alone"),
                               (("preprocessing", "--steps", "rotat"), "did you mean 'rotate'?"),
                               (("ocr", "--steps", "rotate"), "has no option 'steps'"),
                               (("ocr", "--langauge=eng"), "no option '--langauge'; did you mean '--language'?"),
                               (("nlp", "--redact", "all", "--sumary-sentences", "1"), "'--summary-sentences'?"),
                               (("validation", "--languages", "en+deutsch"), "no language is called 'deutsch'"),
                               (("validation", "--max-pages-x", "1"), "no option '--max-pages-x'"),
                               (("validation", "--min-pages", "-1"), "from 0 to 1000000")):
        done = docmill("run", *arguments, "a.png", "-o", "out")
        assert done.returncode == 2, arguments
        assert message in done.stderr, done.stderr
    assert not (tmp_path / "out").exists()
