"""What `ocr` writes, judged by other people's checkers: ALTO by its schema, hOCR by its specification, JSON by JSON Schema."""
import json
import os
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import jsonschema
import pytest
from conftest import FONT, SOURCE, Docmill, draw, installed, records
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(SOURCE / "tools"))
from pdf_writer import HELVETICA, Pdf, text  # noqa: E402

CHECKERS = installed("format-checkers")
REFERENCE = SOURCE / "docs/reference"
needs_checkers = pytest.mark.skipif(not (CHECKERS / "whole").exists(), reason="tools/setup.sh test has not installed checkers")


def schema(name):
    return json.loads((REFERENCE / f"{name}.schema.json").read_text())


def table():
    image = Image.new("L", (1200, 500), 255)
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(FONT, 36)
    for row in range(4):
        for column in range(3):
            box = (40 + column * 370, 30 + row * 110, 410 + column * 370, 140 + row * 110)
            pen.rectangle(box, outline=0, width=3)
            pen.text((box[0] + 30, box[1] + 30), f"Cell {row} {column}", fill=0, font=font)
    return image


def bilingual_and_hyphenated():
    image = Image.new("L", (1300, 520), 255)
    lines = ["The committee measured the old bridge and de-", "cided that it was safe & sound, <yes> \"really\".",
             "Die Gemeinde prüfte die alte Brücke und ent-", "schied über größere Maßnahmen für das Gewölbe."]
    for number, line in enumerate(lines):
        ImageDraw.Draw(image).text((60, 60 + 100 * number), line, fill=0, font=ImageFont.truetype(FONT, 40))
    return image


def odd_text_layer():
    """Text that XML cannot hold, no words at all, turned pages, words on top of each other and beyond the page."""
    pdf = Pdf()
    codes = pdf.add("", b"/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
                    b"1 begincodespacerange <00> <ff> endcodespacerange 3 beginbfchar\n"
                    b"<61> <0001> <62> <fffe> <63> <d800> endbfchar endcmap end end")
    odd = pdf.add("/Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode " + codes)
    fonts = f"/Font<</F {pdf.add(HELVETICA)}/O {odd}>>"
    sentence = text("Enough plain words for a page whose layer of text is read as it stands")
    for angle in (0, 90, 180, 270):
        pdf.page(f"BT /F 12 Tf 60 380 Td {sentence} Tj 0 -20 Td {sentence} Tj /O 12 Tf 0 -20 Td (xabcx) Tj ET",
                 fonts, 600, 400, f"/Rotate {angle}")
    pdf.page(f"BT /F 12 Tf 60 380 Td {sentence} Tj 0 0 Td {sentence} Tj 700 -900 Td {sentence} Tj ET", fonts, 600, 400)
    pdf.page("", "", 600, 400)
    return pdf.bytes()


def scan_with_a_broken_page():
    pdf = Pdf()
    for data in (draw("A sound page").tobytes(), b"no image"):
        filters = "" if len(data) > 10 else "/Filter/DCTDecode"
        image = pdf.add(f"/Type/XObject/Subtype/Image/Width 1000/Height 240/BitsPerComponent 8/ColorSpace/DeviceGray{filters}",
                        data, compress=not filters)
        pdf.page("q 240 0 0 57.6 0 0 cm /X Do Q", f"/XObject<</X {image}>>", 240, 57.6)
    return pdf.bytes()


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Documents of every kind, in every format."""
    folder = tmp_path_factory.mktemp("formats")
    inputs = folder / "in"
    inputs.mkdir()
    draw("Hello docmill").save(inputs / "plain & \"quoted\" <name>.png", dpi=(300, 300))
    draw("Odd name").save(os.fsencode(inputs) + b"/\xff\x01.png", "png", dpi=(300, 300))
    Image.new("L", (1000, 240), 255).save(inputs / "blank.png", dpi=(300, 300))
    table().save(inputs / "table.png", dpi=(200, 200))
    bilingual_and_hyphenated().save(inputs / "bilingual.png", dpi=(300, 300))
    bilingual_and_hyphenated().rotate(7, expand=True, fillcolor=255).save(inputs / "slanted.png", dpi=(300, 300))
    leaves = [bilingual_and_hyphenated().rotate(90 * turns, expand=True) for turns in range(4)]
    leaves[0].save(inputs / "turned.tiff", save_all=True, append_images=leaves[1:], dpi=(300, 300))
    (inputs / "layer.pdf").write_bytes(odd_text_layer())
    (inputs / "broken.pdf").write_bytes(scan_with_a_broken_page())
    (inputs / "none.pdf").write_bytes(b"%PDF-1.4 and no more")
    done = Docmill(folder)("run", "preprocessing,ocr,validation,nlp", "in", "-o", "out", "-l", "eng+deu", "--part-pages", "3",
                           "--format", "txt,json,hocr,alto,tsv,blocks", "--steps", "rotate")
    assert done.returncode == 1, done.stdout + done.stderr  # of one document nothing can be read
    return folder / "out"


def checked(*command):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def copies(written, suffix, folder):
    """The files of one format under names that every program can bear."""
    files = [folder / f"{number}{suffix}" for number in range(9)]
    for file, original in zip(files, sorted(written.rglob("*" + suffix)), strict=True):
        shutil.copy(original, file)
    return files


def test_the_documents_are_of_every_kind(written):
    found = records(written)
    assert len(found) == 10
    pages = [page for record in found.values() for page in record.get("pages", [])]
    assert {"ok", "read", "blank", "failed"} <= {page["status"] for page in pages}
    assert {90, 180, 270} <= {page.get("turned") for page in pages}


@needs_checkers
def test_alto_fits_its_schema(written, tmp_path):
    files = copies(written, ".alto.xml", tmp_path)
    check = SOURCE / "tests/support/check_alto.py"
    checked(CHECKERS / "bin/python", check, *files)
    broken = tmp_path / "broken.xml"  # the checker does see faults
    broken.write_text(files[0].read_text().replace("WIDTH=", "WIDHT=", 1))
    refused = subprocess.run([CHECKERS / "bin/python", check, broken], capture_output=True, text=True)
    assert refused.returncode == 1 and "WIDHT" in refused.stdout


@needs_checkers
def test_hocr_keeps_its_specification(written, tmp_path):
    files = copies(written, ".hocr", tmp_path)
    said = checked(CHECKERS / "bin/hocr-spec", "--format", "text", *files)
    assert said.count("Document is valid") == 9 and "[ERROR]" not in said
    broken = tmp_path / "broken.hocr"
    broken.write_text(files[0].read_text().replace("title=\"bbox", "title=\"box"))
    assert subprocess.run([CHECKERS / "bin/hocr-spec", broken], capture_output=True).returncode != 0


def test_json_fits_the_published_schemas(written):
    for name in ("record", "nlp", "validation"):
        jsonschema.Draft202012Validator.check_schema(schema(name))
    validators = {name: jsonschema.Draft202012Validator(schema(name)) for name in ("record", "nlp", "validation")}
    counts = dict.fromkeys(validators, 0)
    for path in (path for path in written.rglob("*.json") if ".docmill" not in path.parts and "blocks" not in path.name):
        name = path.name.split(".")[-2] if path.name.endswith((".nlp.json", ".validation.json")) else "record"
        validators[name].validate(json.loads(path.read_bytes()))
        counts[name] += 1
    assert counts == {"record": 10, "nlp": 9, "validation": 9}


def test_all_formats_tell_the_same_words(written):
    """One recognition: the words of ALTO, hOCR, TSV and the record, in the same order."""
    for path in written.rglob("*.alto.xml"):
        stem = path.name.removesuffix(".alto.xml")
        record = json.loads(path.with_name(f"{stem}.json").read_bytes())
        words = [word["text"] for page in record["pages"] for block in page.get("blocks", [])
                 for paragraph in block["paragraphs"] for line in paragraph["lines"] for word in line["words"]]
        alto = [e.get("CONTENT") for e in ElementTree.parse(path).iter() if e.tag.endswith("}String")]
        hocr = [e.text or "" for e in ElementTree.parse(path.with_name(f"{stem}.hocr")).iter() if e.get("class") == "ocrx_word"]
        tsv = [row.split("\t")[11] for row in path.with_name(f"{stem}.tsv").read_text().splitlines() if row.startswith("5\t")]
        assert alto == hocr, path
        assert tsv == words, path
        assert alto == [without_controls(word) for word in words], path


def without_controls(word):
    """As XML 1.0 can hold it."""
    return "".join(c for c in word if c >= " " and c not in "\ufffe\uffff")
