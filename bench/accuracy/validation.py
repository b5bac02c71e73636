#!/usr/bin/env python3
"""What the stage validation misses and invents: deliberately broken files, each with what must be found in it, and clean
ones, in which nothing may be.

usage: bench/accuracy/validation.py --docmill PATH [--seeds 5] [--keep DIR]

Counted are errors and warnings; notes (severity info) only where a case names them. Every picture is made `seeds` times
with other words, fonts and angles. Needs Debian's python3-pil, qpdf, fonts-dejavu-core, fonts-liberation.
"""
import argparse
import io
import json
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pages"))
try:
    from PIL import Image, ImageDraw, ImageFilter, ImageFont
except ImportError:  # Debian's python3-pil belongs to Debian's python3, which need not be the first on the PATH
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        sys.exit("validation.py: needs PIL: apt-get install python3-pil")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
from sentences import Writer  # noqa: E402

FONTS = pathlib.Path("/usr/share/fonts/truetype")
FACES = ["liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSans-Regular.ttf", "dejavu/DejaVuSerif.ttf"]
DPI = 300
PAGE = (2480, 3508)  # A4


# -- Pictures.

def lines_of(seed, count, width=70):
    words = " ".join(Writer(random.Random(seed)).sentence() for _ in range(60)).split()
    lines, line = [], ""
    for word in words:
        if len(line) + len(word) > width:
            lines.append(line)
            line = ""
        line = f"{line} {word}".strip()
    return (lines * 3)[:count]


def page(seed, ink=20, paper=250, margin=260, dpi=DPI, lines=40):
    scale = dpi / DPI
    image = Image.new("L", (round(PAGE[0] * scale), round(PAGE[1] * scale)), paper)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONTS / FACES[seed % len(FACES)]), round(46 * scale))
    for number, line in enumerate(lines_of(seed, lines)):
        draw.text((margin * scale, (300 + 70 * number) * scale), line, fill=ink, font=font)
    return image


def grained(image, seed, deviation=6):
    noise = Image.effect_noise(image.size, deviation)
    random.seed(seed)
    return Image.blend(image, noise, 0.06)


def as_file(image, kind="PNG", dpi=DPI):
    data = io.BytesIO()
    image.save(data, kind, dpi=(dpi, dpi))
    return data.getvalue()


# -- PDFs.

def pdf(pages, catalog=b"", extra=(), trailer=b""):
    """`pages`: (content, resources, further entries); `extra`: objects that follow, the first with number 3."""
    objects = [b"<< /Type /Catalog /Pages 2 0 R %s >>" % catalog, b"", *extra]
    kids = []
    for content, resources, entries in pages:
        stream = zlib.compress(content)
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream))
        box = b"" if b"/MediaBox" in entries else b"/MediaBox [0 0 595 842]"
        objects.append(b"<< /Type /Page /Parent 2 0 R %s /Contents %d 0 R /Resources << %s >> %s >>"
                       % (box, len(objects), resources, entries))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(pages), b" ".join(kids))
    body, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)
    return bytes(body)


def stream(entries, data):
    return b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(data), data)


def embedded_font():
    """Objects 3 to 5: a TrueType font with its file; 3 is the font."""
    data = (FONTS / "dejavu/DejaVuSans.ttf").read_bytes()
    packed = zlib.compress(data)
    return [b"<< /Type /Font /Subtype /TrueType /BaseFont /DejaVuSans /Encoding /WinAnsiEncoding /FirstChar 32 "
            b"/LastChar 126 /Widths [%s] /FontDescriptor 4 0 R >>" % b" ".join([b"600"] * 95),
            b"<< /Type /FontDescriptor /FontName /DejaVuSans /Flags 32 /FontBBox [-1021 -463 1793 1232] /ItalicAngle 0 "
            b"/Ascent 928 /Descent -236 /CapHeight 729 /StemV 80 /FontFile2 5 0 R >>",
            stream(b"/Filter /FlateDecode /Length1 %d" % len(data), packed)]


FONT = b"/Font << /F1 3 0 R >>"


def text(seed, lines=30):
    return (b"BT /F1 11 Tf 16 TL 60 780 Td\n"
            + b"\n".join(b"(%s) Tj T*" % line.encode("latin-1", "replace").replace(b"(", b"").replace(b")", b"")
                         for line in lines_of(seed, lines, 60)) + b"\nET")


def digital(seed, count=2, catalog=b"", extra=(), entries=b""):
    pages = [(text(seed * 100 + number), FONT, entries if number == 0 else b"") for number in range(count)]
    return pdf(pages, catalog, [*embedded_font(), *extra])


def scanned(image, dpi=DPI):
    data = io.BytesIO()
    image.convert("L").save(data, "JPEG", quality=85)
    width, height = image.size
    box = (width * 72 / dpi, height * 72 / dpi)
    picture = stream(b"/Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 "
                     b"/Filter /DCTDecode" % (width, height), data.getvalue())
    return pdf([(b"%f 0 0 %f 0 0 cm /I Do" % box, b"/XObject << /I 3 0 R >>", b"/MediaBox [0 0 %f %f]" % box)],
               extra=[picture])


def by_qpdf(work, source, *arguments):
    (work / "source.pdf").write_bytes(source)
    subprocess.run(["qpdf", *arguments, work / "source.pdf", work / "made.pdf"], check=True)
    return (work / "made.pdf").read_bytes()


XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF
xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


# -- The cases: name of the file → (content, codes that must be found).

def broken_pdfs(seed, work):
    whole = digital(seed)
    helvetica = [b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]
    foreign = [b"<< /Type /Font /Subtype /TrueType /BaseFont /Garamond /Encoding /WinAnsiEncoding >>"]
    js = b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>"
    file = [b"<< /Type /Filespec /F (tool.exe) /EF << /F 7 0 R >> >>", stream(b"/Type /EmbeddedFile", b"MZ")]
    link = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S %s >> >>]"
    return {
        "truncated.pdf": (whole[:len(whole) * 3 // 4], {"pdf_truncated|pdf_cross_references|unreadable"}),
        "tail.pdf": (whole[:-30], {"pdf_truncated|pdf_cross_references|unreadable"}),
        "head.pdf": (whole[:300], {"unreadable"}),
        "xref.pdf": (whole.replace(b"startxref\n", b"startxref\n9"), {"pdf_cross_references"}),
        "stream.pdf": (whole.replace(b"endstream", b"endstrexm", 1), {"pdf_stream|pdf_object"}),
        "junk-in-front.pdf": (b"GET / HTTP/1.1\r\n\r\n" + whole, {"pdf_header"}),
        "empty.pdf": (b"", {"unreadable"}),
        "garbage.pdf": (random.Random(seed).randbytes(5000), {"unsupported_type"}),
        "picture.pdf": (as_file(page(seed)), {"type_mismatch"}),
        "javascript.pdf": (digital(seed, catalog=js), {"javascript"}),
        "page-script.pdf": (digital(seed, entries=b"/AA << /O << /S /JavaScript /JS (a\\(\\)) >> >>"), {"javascript"}),
        "launch.pdf": (digital(seed, catalog=b"/OpenAction << /S /Launch /F (cmd.exe) >>"), {"launch_action"}),
        "launch-link.pdf": (digital(seed, entries=link % b"/Launch /F (run.sh)"), {"launch_action"}),
        "embedded.pdf": (digital(seed, catalog=b"/Names << /EmbeddedFiles << /Names [(tool.exe) 6 0 R] >> >>",
                                 extra=file), {"embedded_file"}),
        "elsewhere.pdf": (digital(seed, entries=link % b"/GoToR /F (other.pdf) /D [0 /Fit]"), {"external_reference"}),
        "submit.pdf": (digital(seed, entries=link % b"/SubmitForm /F (http://example.org/in)"), {"external_reference"}),
        "font.pdf": (pdf([(text(seed), FONT, b"")], extra=foreign), {"font_missing"}),
        "standard-font.pdf": (pdf([(text(seed), FONT, b"")], extra=helvetica), {"standard_font_missing"}),
        "blank-page.pdf": (pdf([(text(seed), FONT, b""), (b"", b"", b"")], extra=embedded_font()), {"blank_page"}),
        "blank.pdf": (pdf([(b"", b"", b"")]), {"blank_document", "blank_page"}),
        "not-pdfa.pdf": (digital(seed, catalog=b"/Metadata 6 0 R " + js, extra=[stream(b"/Type /Metadata /Subtype /XML", XMP)]),
                         {"pdfa_contradicted", "javascript"}),
        "password.pdf": (by_qpdf(work, whole, "--encrypt", "user", "owner", "256", "--"), {"encrypted"}),
        "restricted.pdf": (by_qpdf(work, whole, "--encrypt", "", "owner", "256", "--print=none", "--extract=n", "--"),
                           {"encryption", "permissions"}),
        "rc4.pdf": (by_qpdf(work, whole, "--encrypt", "", "owner", "128", "--use-aes=n", "--", "--allow-weak-crypto"),
                    {"encryption"}),
    }


def broken_pictures(seed, _work):
    dice = random.Random(seed)
    straight = page(seed)
    angle = dice.choice([-1, 1]) * dice.uniform(2, 8)
    skewed = straight.rotate(angle, Image.Resampling.BICUBIC, fillcolor=250)
    blurred = straight.filter(ImageFilter.GaussianBlur(dice.uniform(6, 9)))
    pale = page(seed, ink=190, paper=240)
    cut = straight.crop((260 + 30, 0, PAGE[0], PAGE[1]))
    cut_above = straight.crop((0, 322, PAGE[0], PAGE[1]))
    cut_right = page(seed, margin=20).crop((0, 0, 1000, PAGE[1]))
    coarse = page(seed, dpi=100)
    half = as_file(straight)
    return {
        "skewed.png": (as_file(skewed), {"skewed"}),
        "skewed.pdf": (scanned(skewed), {"skewed"}),
        "blurred.png": (as_file(blurred), {"blurred"}),
        "blurred.pdf": (scanned(grained(blurred, seed)), {"blurred"}),
        "pale.png": (as_file(pale), {"low_contrast"}),
        "pale.pdf": (scanned(pale), {"low_contrast"}),
        "cut-left.png": (as_file(cut), {"clipped"}),
        "cut-above.png": (as_file(cut_above), {"clipped"}),
        "cut-right.pdf": (scanned(cut_right), {"clipped"}),
        "coarse.png": (as_file(coarse, dpi=100), {"low_resolution"}),
        "coarse.pdf": (scanned(coarse, dpi=100), {"low_resolution"}),
        "blank-scan.png": (as_file(grained(Image.new("L", PAGE, 250), seed)), {"blank_page", "blank_document"}),
        "half.png": (half[:len(half) // 2], {"page_unreadable"}),
        "half.jpg": (as_file(straight, "JPEG")[:20000], {"page_unreadable|unreadable"}),
        "jpeg.png": (as_file(straight, "JPEG"), {"type_mismatch"}),
    }


def docx(words):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/'
                         f'2006/main"><w:body><w:p><w:r><w:t>{words}</w:t></w:r></w:p></w:body></w:document>')
    return data.getvalue()


def broken_texts(seed, _work):
    words = " ".join(lines_of(seed, 5))
    return {
        "word.pdf": (docx(words), {"type_mismatch"}),
        "text.pdf": (words.encode(), {"type_mismatch"}),
        "torn.docx": (docx(words)[:200], {"unreadable|unsupported_type"}),
        "nothing.txt": (b" \n\n", {"blank_document"}),
    }


def clean(seed, work):
    words = " ".join(lines_of(seed, 5))
    straight = page(seed)
    link = b"/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /URI /URI (https://example.org) >> >>]"
    return {
        "digital.pdf": digital(seed, 3), "linked.pdf": digital(seed, entries=link),
        "linear.pdf": by_qpdf(work, digital(seed), "--linearize"),
        "packed.pdf": by_qpdf(work, digital(seed), "--object-streams=generate"),
        "pdfa.pdf": digital(seed, catalog=b"/Metadata 6 0 R", extra=[stream(b"/Type /Metadata /Subtype /XML", XMP)]),
        "scan.pdf": scanned(straight), "grain.pdf": scanned(grained(straight, seed, 30)),
        "fine.pdf": scanned(page(seed, dpi=600), 600), "coarser.pdf": scanned(page(seed, dpi=200), 200),
        "short.pdf": scanned(page(seed, lines=4)), "gray.pdf": scanned(page(seed, ink=70, paper=215)),
        "scan.png": as_file(straight), "scan.jpg": as_file(straight, "JPEG"), "scan.tif": as_file(straight, "TIFF"),
        "black.png": as_file(straight.convert("1")),
        "slightly.png": as_file(straight.rotate(0.4, Image.Resampling.BICUBIC, fillcolor=250)),
        "soft.png": as_file(straight.filter(ImageFilter.GaussianBlur(1.5))),
        "small.png": as_file(straight.resize((PAGE[0] * 2 // 3, PAGE[1] * 2 // 3)), dpi=200),
        "text.txt": words.encode(), "page.html": f"<html><body><p>{words}</p></body></html>".encode(),
        "word.docx": docx(words), "notes.md": f"# Notes\n\n{words}\n".encode(),
        "mail.eml": f"From: ann@example.com\nTo: bob@example.com\nSubject: x\n\n{words}\n".encode(),
    }


# -- The count.

def found_in(output, name):
    report = json.loads((output / f"{name}.validation.json").read_text())
    return {finding["code"]: finding["severity"] for finding in report["findings"]}


def misses(expected, found):
    return {codes for codes in expected if not set(codes.split("|")) & set(found)}


def inventions(expected, found):
    known = {code for codes in expected for code in codes.split("|")}
    # What cannot be helped: a cut file has damage of other kinds, too; one that opens badly has blank pages.
    if known & {"pdf_truncated", "pdf_cross_references", "pdf_stream", "pdf_header"}:
        known |= {"pdf_truncated", "pdf_cross_references", "pdf_stream", "pdf_object", "pdf_page_tree", "blank_page",
                  "blank_document", "pdf_header"}
    return {code for code, severity in found.items() if severity != "info" and code not in known}


def write(folder, seed, kind, cases):
    for name, case in cases.items():
        path = folder / f"{kind}-{seed}" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(case[0] if isinstance(case, tuple) else case)
        yield f"{kind}-{seed}/{name}", case[1] if isinstance(case, tuple) else set()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--docmill", type=pathlib.Path, required=True)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--keep", type=pathlib.Path)
    arguments = parser.parse_args()
    work = arguments.keep or pathlib.Path(tempfile.mkdtemp(prefix="docmill-validation-"))
    folder, output = work / "in", work / "out"
    expected = {}
    for seed in range(1, arguments.seeds + 1):
        for make in (broken_pdfs, broken_pictures, broken_texts, clean):
            expected.update(write(folder, seed, make.__name__, make(seed, work)))
    first = next(iter(expected))
    (folder / "again.pdf").write_bytes((folder / first).read_bytes())
    done = subprocess.run([arguments.docmill.resolve(), "run", "validation", folder, "-o", output, "--json"],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"docmill: exit {done.returncode}\n{done.stderr}")
    summary = json.loads(done.stdout.splitlines()[-1])
    counts = {}
    for name, codes in expected.items():
        found = found_in(output, name)
        missed, invented = misses(codes, found), inventions(codes, found)
        row = counts.setdefault(name.split("-")[0] if name.startswith("clean") else name.split("/")[0].rsplit("-", 1)[0],
                                [0, 0, 0, 0])
        row[0] += 1
        row[1] += len(codes)
        row[2] += len(missed)
        row[3] += len(invented)
        if missed or invented:
            print(f"{name}: missed {sorted(missed)}, invented {sorted(invented)}, found {sorted(found)}")
    print("| | files | to be found | missed | invented |\n| --- | --- | --- | --- | --- |")
    for kind, row in counts.items():
        print(f"| {kind.replace('_', ' ')} | " + " | ".join(map(str, row)) + " |")
    same = {len(group["documents"]) for group in summary["validation"]["duplicates"]}
    print(f"duplicates: {len(summary['validation']['duplicates'])} groups of {sorted(same)}; failed: {summary['failed']}")
    if not arguments.keep:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
