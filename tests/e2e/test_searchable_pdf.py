"""The searchable PDF, read by programs of others: Poppler's pdftotext and pdfinfo, MuPDF's mutool, qpdf."""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree

import pytest
from conftest import FONT, SOURCE, records
from PIL import Image, ImageDraw, ImageFont, features

sys.path.insert(0, str(SOURCE / "tools"))
from pdf_writer import Pdf  # noqa: E402

FALLBACK = "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
MODELS = list(pathlib.Path("/usr/share/tesseract-ocr").glob("*/tessdata"))
BIDI_MARKS = dict.fromkeys([0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
WIDTH, HEIGHT = 384, 144  # points, of every page as it is shown
# No letter below the baseline, so that boxes of words end there.
LINES = ["The harbour master watched two islands", "and wrote about all the weather there"]

pytestmark = pytest.mark.skipif(shutil.which("mutool") is None or shutil.which("pdftotext") is None,
                                reason="tools/setup.sh test has not installed other readers")


def picture(lines, font=FONT, size=58, direction=None):
    """Lines on a page of WIDTH x HEIGHT points at 300 dpi."""
    image = Image.new("L", (WIDTH * 300 // 72, HEIGHT * 300 // 72), 255)
    for number, line in enumerate(lines):
        at, anchor = ((1500, 180 + 190 * number), "rs") if direction == "rtl" else ((100, 180 + 190 * number), "ls")
        ImageDraw.Draw(image).text(at, line, fill=0, font=ImageFont.truetype(font, size), anchor=anchor, direction=direction)
    return image


def add_scan(pdf, image, rotate=0, x=0, y=0, margin=0, extra=""):
    """A page that shows `image`, whatever its boxes and its rotation are; the crop box is `margin` within the media box."""
    data = pdf.add(f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}/BitsPerComponent 8"
                   "/ColorSpace/DeviceGray", image.tobytes())
    w, h = (WIDTH, HEIGHT) if rotate % 180 == 0 else (HEIGHT, WIDTH)
    matrix = {0: (WIDTH, 0, 0, HEIGHT, x, y), 90: (0, WIDTH, -HEIGHT, 0, x + w, y),
              180: (-WIDTH, 0, 0, -HEIGHT, x + w, y + h), 270: (0, -WIDTH, HEIGHT, 0, x, y + h)}[rotate]
    contents = pdf.add("", f"q {' '.join(map(str, matrix))} cm /X Do Q".encode())
    pdf.pages.append(pdf.add(
        f"/Type/Page/Parent 2 0 R/MediaBox[{x - margin} {y - margin} {x + w + margin} {y + h + margin}]"
        f"/CropBox[{x} {y} {x + w} {y + h}]/Rotate {rotate}/Resources<</XObject<</X {data}>>>>/Contents {contents}{extra}"))


def tool(*command):
    """What another program says; any warning of qpdf is a failure."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def words_by_poppler(path):
    """Per page: (text, left, top, right, bottom) of each word, in points of the page as it is shown."""
    document = ElementTree.fromstring(tool("pdftotext", "-cropbox", "-bbox", path, "-"))
    return [[(word.text, *(float(word.get(side)) for side in ("xMin", "yMin", "xMax", "yMax")))
             for word in page.iter("{http://www.w3.org/1999/xhtml}word")]
            for page in document.iter("{http://www.w3.org/1999/xhtml}page")]


def words_by_mupdf(path):
    """The same by MuPDF, which knows characters: words are what stands between spaces."""
    pages = []
    for page in ElementTree.fromstring(tool("mutool", "draw", "-q", "-F", "stext", path)).iter("page"):
        words = []
        for line in page.iter("line"):
            characters = [(c.get("c"), [float(n) for n in c.get("quad").split()]) for c in line.iter("char")]
            for run in re.finditer(r"\S+", "".join(c for c, _ in characters)):
                quads = [quad for _, quad in characters[run.start():run.end()]]
                xs, ys = [n for quad in quads for n in quad[::2]], [n for quad in quads for n in quad[1::2]]
                words.append((run.group(), min(xs), min(ys), max(xs), max(ys)))
        pages.append(words)
    return pages


def recognised(record):
    """The same of what docmill says it has read."""
    pages = []
    for page in record["pages"]:
        scale = WIDTH / page["width"]
        words = [word for block in page["blocks"] for paragraph in block["paragraphs"] for line in paragraph["lines"]
                 for word in line["words"]]
        pages.append([(word["text"], *(side * scale for side in word["box"])) for word in words])
    return pages


def read(docmill, document, *options):
    done = docmill("run", "ocr", document, "-o", "out", "--format", "pdf,json", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    (record,) = records(docmill.directory / "out").values()
    written = docmill.directory / "out" / document
    tool("qpdf", "--check", written)
    return record, written


GEOMETRIES = [dict(rotate=rotate, **boxes) for rotate in (0, 90, 180, 270)
              for boxes in ({}, dict(x=-70, y=35, margin=25), dict(x=10, margin=40, extra="/UserUnit 2"))]


@pytest.mark.parametrize("reader", [words_by_poppler, words_by_mupdf])
def test_words_stand_where_they_were_read(docmill, tmp_path, reader):
    pdf = Pdf()
    for geometry in GEOMETRIES:
        add_scan(pdf, picture(LINES), **geometry)
    (tmp_path / "turned.pdf").write_bytes(pdf.bytes())
    record, written = read(docmill, "turned.pdf")
    for geometry, found, expected in zip(GEOMETRIES, reader(written), recognised(record), strict=True):
        assert [word[0] for word in expected] == " ".join(LINES).split(), geometry
        assert [word[0] for word in found] == [word[0] for word in expected], geometry
        unit = 2 if reader is words_by_mupdf and "UserUnit" in geometry.get("extra", "") else 1  # Poppler knows none
        for (text, *box), (_, *place) in zip(found, expected):
            assert [side / unit for side in box] == pytest.approx(place, abs=1.5), (geometry, text)


SCRIPTS = {
    "rus": (["Старый мост через реку", "построили очень давно"], FONT, 64, None),
    "heb": (["ספר זה נכתב בירושלים", "לפני שנים רבות"], FONT, 64, "rtl"),
    "ara": (["هذا الكتاب قديم جدا"], FONT, 76, "rtl"),
    "chi_sim": (["中国人民共和国北京市", "今天天气很好我们学习"], FALLBACK, 64, None),  # a line is a word
}


@pytest.mark.parametrize("language", SCRIPTS)
def test_every_script_can_be_searched_and_copied(docmill, tmp_path, language):
    lines, font, size, direction = SCRIPTS[language]
    if not any((folder / f"{language}.traineddata").exists() for folder in MODELS) or not pathlib.Path(font).exists():
        pytest.skip("tools/setup.sh test has not installed the language or its font")
    if direction and not features.check("raqm"):
        pytest.skip("this Pillow cannot draw text from right to left")
    pdf = Pdf()
    add_scan(pdf, picture(lines, font, size, direction))
    (tmp_path / "script.pdf").write_bytes(pdf.bytes())
    record, written = read(docmill, "script.pdf", "-l", language)
    (expected,) = recognised(record)
    texts = [word[0] for word in expected]
    assert len(set(texts) & set(" ".join(lines).split())) >= 2, texts  # enough of it was read
    assert tool("pdftotext", written, "-").translate(BIDI_MARKS).split() == texts
    assert tool("mutool", "draw", "-q", "-F", "txt", written).translate(BIDI_MARKS).split() == texts
    for (text, *box), (word, *place) in zip(words_by_mupdf(written)[0], expected, strict=True):
        assert text == word and box[::2] == pytest.approx(place[::2], abs=1.5)
        assert place[1] - 6 < box[1] < box[3] < place[3] + 6


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'


def furnished(pages):
    """Scans with a link, a bookmark, information and XMP."""
    pdf = Pdf()
    link = pdf.add("/Type/Annot/Subtype/Link/Rect[20 20 90 40]/A<</S/URI/URI(https://example.org/page)>>")
    for number in range(pages):
        add_scan(pdf, picture([f"Page {number} of a longer book", *LINES[1:]]), 90 * number, extra=f"/Annots[{link}]")
    outlines = f"{pdf.next_number + 1} 0 R"
    item = pdf.add(f"/Title(Chapter two)/Parent {outlines}/Dest[{pdf.pages[1]}/Fit]")
    pdf.catalog = f"/Outlines {pdf.add(f'/Type/Outlines/First {item}/Last {item}/Count 1')}"
    pdf.catalog += f"/PageLabels<</Nums[0<</S/r>>]>>/Lang(en-GB)/Metadata {pdf.add('/Type/Metadata/Subtype/XML', XMP, compress=False)}"
    pdf.trailer = f"/Info {pdf.add('/Title(The title)/Author(Ada Author)/CreationDate(D:20240131120000Z)')}"
    return pdf.bytes()


def test_all_else_survives_and_the_file_grows_by_the_text_alone(docmill, tmp_path):
    original = tmp_path / "book.pdf"
    original.write_bytes(furnished(3))
    _, written = read(docmill, "book.pdf")
    assert "book" in tool("pdftotext", written, "-")
    for look in (["pdfinfo", "-meta"], ["pdfinfo", "-url"], ["pdfinfo", "-box", "-l", "-1"]):
        before, after = ([line for line in tool(*look, path).splitlines() if not line.startswith("File size")]
                         for path in (original, written))
        assert before == after
    for key in ("outlines", "pagelabels"):
        before, after = (json.loads(tool("qpdf", "--json=1", f"--json-key={key}", path))[key] for path in (original, written))
        assert [{**entry, "object": None, "dest": None} for entry in before] == [{**entry, "object": None, "dest": None} for entry in after]
        assert before
    assert "The title" in tool("pdfinfo", written) and "https://example.org/page" in tool("pdfinfo", "-url", written)
    images = [tool("pdfimages", "-list", path).split("\n")[2:] for path in (original, written)]
    assert [line.split()[2:10] for line in images[0]] == [line.split()[2:10] for line in images[1]]
    assert 0 < written.stat().st_size - original.stat().st_size < 3 * 3_000 + 6_000


def test_every_pdf_that_is_written_is_sound(docmill, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for suffix in ("png", "jpg", "tiff", "webp", "jp2", "bmp", "pnm"):
        picture(LINES).save(folder / f"image.{suffix}")
    picture(LINES).convert("1").save(folder / "leaves.tiff", save_all=True, append_images=[picture(LINES).convert("1")] * 4)
    (folder / "plain.pdf").write_bytes(furnished(2))
    for name, options in {"linear": ["--linearize"], "packed": ["--object-streams=generate"],
                          "locked": ["--encrypt", "", "owner", "256", "--"]}.items():
        tool("qpdf", *options, folder / "plain.pdf", folder / f"{name}.pdf")
    for stages, options in (("ocr", ["--format", "pdf"]), ("preprocessing,ocr", ["--format", "pdf"]), ("preprocessing", [])):
        done = docmill("run", stages, "in", "-o", "out", "--part-pages", "2", *options)
        assert done.returncode == 0, done.stdout + done.stderr
        written = [path for path in (tmp_path / "out").rglob("*.pdf") if ".docmill" not in path.parts]
        assert len(written) == 12
        for path in written:
            tool("qpdf", "--check", path)
            if path.name == "linear.pdf":
                tool("qpdf", "--check-linearization", path)
        shutil.rmtree(tmp_path / "out")
