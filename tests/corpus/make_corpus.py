#!/usr/bin/env python3
"""Makes the hostile corpus: one file per fault, named by it, the same bytes each time. Standard library only.

usage: make_corpus.py DIR          writes the files
       make_corpus.py --expected   prints, per file, its name in hex and what is expected of it (see FAULTS)
"""

import base64
import io
import os
import pathlib
import random
import struct
import sys
import zipfile
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tools"))
from pdf_writer import HELVETICA, Pdf, text  # noqa: E402

PASSWORD = "geheim"


def png(width=40, height=30, rows=None):
    """A gray PNG; with `rows` only so many of them have data."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    pixels = b"".join(b"\0" + bytes((x * 6 + y) % 256 for x in range(width)) for y in range(rows or height))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(pixels, 9))
            + chunk(b"IEND", b""))


def huge_png():
    """60,000 x 60,000 pixels by its header, some hundred bytes by its size."""
    header = struct.pack(">IIBBBBB", 60000, 60000, 8, 0, 0, 0, 0)
    small = png(1, 1)
    ihdr = b"IHDR" + header
    return small[:12] + ihdr + struct.pack(">I", zlib.crc32(ihdr)) + small[33:]


JPEG = base64.b64decode("""
/9j/4AAQSkZJRgABAQEAlgCWAAD/2wBDABQODxIPDRQSEBIXFRQYHjIhHhwcHj0sLiQySUBMS0dARkVQWnNiUFVtVkVGZIhlbXd7gYKBTmCNl4
x9lnN+gXz/wAALCABAAGABAREA/8QAGgABAAMBAQEAAAAAAAAAAAAAAAQFBgcDAv/EADkQAAAEAwQGBQsFAAAAAAAAAAABAgMEBREGEjWyE0FR
c3SxFCE2YcIWMURTVIGCg5Kj0RUiUnHS/9oACAEBAAA/ANmAAAAAAAAOZeVk69t+0j8Dew8ehqRw0dHO0I2W1OLu61EWoi2mPJm0cqfeQ01FXn
HFElJaNZVM+otQtQAAAAAcZHQpl2Eb4ZjmgZGUYxA8Q3mIbK1Uyi5d0Xojuj0l+9+0jrS7Tzl3mI1mJvHR8wcain9IgmjURXEl11LYXeLqJnMB
CPqZffuOJpUrijpUq6iHvBxkPHNG7DOaRBKumdDLr9/9iQAAA4yOhTLsI3wzHNAyMoxiB4hvMQ09uPQfmeERLGYs7uDzJHlaTHIn4cpC+shhbu
/PKkU/69Mvaftp/A1TMUlEsZiYldCNtClqprMi1F3mPhubwLriW0P1UoySRXFdZn7hOAcZHQpl2Eb4ZjmgZGUYxA8Q3mIae3HoPzPCIljMWd3B
5kjytJjkT8OUhfWQwt3fnlSMsNdF9l0blrwihgMQht6nmQ2wDjI6FMuwjfDMc0DIyjGIHiG8xDT249B+Z4REsZizu4PMkeVpMcifhykL6yGFu7
88qRlhrovsujcteEUMBiENvU8yG2AZnyGlnr4v60/5Fw/K2H5SmWrU4TKUIReIyvUTSmqmrYK6GsjAQ0S0+h6JNbSyWkjUmlSOv8RPmsnh5tou
kLdToq0uGReem0j2DzlkhhZXEKfYceUpSDQZLMjKlSPURbB8xtnoSOilxDrjxLXSpJUVOoqbO4S5dL2pawplhS1JUq8ZrMjOtCLUXcIHkxBeti
PqT+BYuQLbkAUGpS9GSUpqRlWhUpyENmQwrLyHUuPGpCiUVTKlS9wtQAAAAAAAB//Z
""")


def simple_pdf(pages=2):
    pdf = Pdf()
    font = pdf.add(HELVETICA)
    for number in range(1, pages + 1):
        lines = "".join(f"{text(f'Page {number}, line {line} of what is written here')} Tj T*" for line in range(40))
        pdf.page(f"BT /F 12 Tf 14 TL 60 780 Td {lines} ET", f"/Font<</F {font}>>")
    return pdf


def page_tree_loop():
    return (b"%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
            b"2 0 obj <</Type/Pages/Kids[3 0 R]/Count 2>> endobj\n"
            b"3 0 obj <</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 2>> endobj\n"
            b"trailer <</Root 1 0 R/Size 4>>\n%%EOF\n")


def self_drawing_form():
    pdf = Pdf()
    number = pdf.next_number
    form = pdf.add(f"/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Resources<</XObject<</X {number} 0 R>>>>",
                   b"0 0 10 10 re f /X Do /X Do")
    pdf.page("/X Do", f"/XObject<</X {form}>>")
    return pdf.bytes()


def absurd_page():
    """200 inches by 1,000,000 inches."""
    pdf = simple_pdf(1)
    pdf.page("0 0 100 100 re f", width=14400, height=72000000)
    return pdf.bytes()


def many_pages(count=100000):
    """Really has them, in some hundred kilobytes: page objects packed into object streams."""
    per_stream = 10000
    out = bytearray(b"%PDF-1.5\n")
    xref = {0: (0, 0, 65535)}

    def add(number, body, data=None):
        xref[number] = (1, len(out), 0)
        if data is None:
            out.extend(f"{number} 0 obj\n<<{body}>>\nendobj\n".encode())
        else:
            packed = zlib.compress(data, 9)
            out.extend(f"{number} 0 obj\n<<{body}/Filter/FlateDecode/Length {len(packed)}>>\nstream\n".encode())
            out.extend(packed + b"\nendstream\nendobj\n")

    first_page = 100
    first_node = 10
    nodes = count // per_stream
    add(1, "/Type/Catalog/Pages 2 0 R")
    kids = " ".join(f"{first_node + n} 0 R" for n in range(nodes))
    add(2, f"/Type/Pages/Kids[{kids}]/Count {count}/MediaBox[0 0 200 100]")
    add(3, "", b"BT ET")
    for n in range(nodes):
        numbers = range(first_page + n * per_stream, first_page + (n + 1) * per_stream)
        add(first_node + n, f"/Type/Pages/Parent 2 0 R/Count {per_stream}/Kids["
            + " ".join(f"{number} 0 R" for number in numbers) + "]")
        body = f"<</Type/Page/Parent {first_node + n} 0 R/Contents 3 0 R/Resources<<>>>> "
        index = " ".join(f"{number} {k * len(body)}" for k, number in enumerate(numbers)) + " "
        stream_number = first_node + nodes + n
        add(stream_number, f"/Type/ObjStm/N {per_stream}/First {len(index)}", (index + body * per_stream).encode())
        for k, number in enumerate(numbers):
            xref[number] = (2, stream_number, k)
    own = 5
    size = first_page + count
    xref[own] = (1, len(out), 0)
    table = b"".join(struct.pack(">BIH", *xref.get(number, (0, 0, 0))) for number in range(size))
    packed = zlib.compress(table, 9)
    start = len(out)
    out.extend(f"{own} 0 obj\n<</Type/XRef/Size {size}/W[1 4 2]/Root 1 0 R/Filter/FlateDecode"
               f"/Length {len(packed)}>>\nstream\n".encode())
    out.extend(packed + f"\nendstream\nendobj\nstartxref\n{start}\n%%EOF\n".encode())
    return bytes(out)


def claims_many_pages():
    return simple_pdf(1).bytes().replace(b"/Count 1>", b"/Count 100000>")


def spaces_deflated(chunks, chunk=b" " * (1 << 24)):
    """A zlib stream of `chunks` times 16 MiB of spaces, without compressing all of them: flushed blocks repeat."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    count = chunks * len(chunk)
    modulus = 65521
    low = (1 + count * 32) % modulus
    high = (count + 32 * count * (count + 1) // 2) % modulus
    return b"\x78\xda" + block * chunks + b"\x03\x00" + struct.pack(">HH", high, low)


def deflate_bomb():
    """A page's content of 4.25 GiB, deflated twice to a few kilobytes."""
    pdf = Pdf()
    twice = zlib.compress(spaces_deflated(272), 9)
    contents = pdf.add("/Filter[/FlateDecode/FlateDecode]", twice, compress=False)
    pdf.pages.append(pdf.add(f"/Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents {contents}"))
    return pdf.bytes()


def tiff(pages, tail=0):
    """Gray TIFF pages of 32 x 16 pixels, each as (compression, data). `tail`: where the last directory leads."""
    out = bytearray(b"II*\0")
    link = 4
    out += struct.pack("<I", 0)
    for compression, data in pages:
        strip = len(out)
        out += data + b"\0" * (len(data) % 2)
        directory = len(out)
        fields = [(256, 3, 32), (257, 3, 16), (258, 3, 8), (259, 3, compression), (262, 3, 1), (273, 4, strip),
                  (277, 3, 1), (278, 3, 16), (279, 4, len(data))]
        out[link:link + 4] = struct.pack("<I", directory)
        out += struct.pack("<H", len(fields))
        for tag, kind, value in fields:
            out += struct.pack("<HHII", tag, kind, 1, value)
        link = len(out)
        out += struct.pack("<I", tail)
    return bytes(out)


def gray(seed):
    return bytes((seed * 40 + i) % 256 for i in range(32 * 16))


def archive():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        file.writestr(zipfile.ZipInfo("inside.txt", (2024, 1, 1, 0, 0, 0)), "not a document")
    return buffer.getvalue()


NONE, DEFLATE = 1, 8

# name: (maker, what is expected)
#   an error code: opening fails with it · "ok": everything can be read
#   a dict of pages to error codes: it opens, those pages fail, the others do not
FAULTS = {
    b"zero-bytes.pdf": (lambda: b"", "unreadable"),
    b"png-named.pdf": (png, "ok"),
    b"truncated.pdf": (lambda: simple_pdf(6).bytes()[:1200], "unreadable"),
    b"without-end.pdf": (lambda: simple_pdf(2).bytes()[:-20], "ok"),
    b"without-trailer.pdf": (lambda: simple_pdf(2).bytes()[:-400], "unreadable"),
    b"page-tree-loop.pdf": (page_tree_loop, {1: "unreadable", 2: "unreadable"}),
    b"self-drawing-form.pdf": (self_drawing_form, "ok"),
    b"absurd-page.pdf": (absurd_page, {2: "too_large"}),
    b"hundred-thousand-pages.pdf": (many_pages, "ok"),
    b"claims-hundred-thousand-pages.pdf": (claims_many_pages, "unreadable"),
    b"deflate-bomb.pdf": (deflate_bomb, {1: "too_large"}),
    b"encrypted.pdf": (lambda: simple_pdf(1).bytes(PASSWORD), "encrypted"),
    b"random-bytes.pdf": (lambda: random.Random(7).randbytes(5000), "unsupported_type"),
    b"header-only.pdf": (lambda: b"%PDF-1.7\n", "unreadable"),
    b"archive.zip": (archive, "unsupported_type"),
    b"60000x60000.png": (huge_png, {1: "too_large"}),
    b"truncated.png": (lambda: png(200, 200)[:-400], {1: "unreadable"}),
    b"truncated.jpg": (lambda: JPEG[:len(JPEG) * 2 // 3], {1: "unreadable"}),
    b"header-only.jpg": (lambda: JPEG[:10], "unreadable"),
    b"whole.jpg": (lambda: JPEG, "ok"),
    b"one-broken-page.tiff": (
        lambda: tiff([(NONE, gray(1)), (DEFLATE, b"this is no zlib stream"), (NONE, gray(3))]), {2: "unreadable"}),
    b"lost-pages.tiff": (lambda: tiff([(NONE, gray(1)), (NONE, gray(2))], tail=1 << 20), {3: "unreadable"}),
    b"looping-pages.tiff": (lambda: tiff([(NONE, gray(1)), (NONE, gray(2))], tail=520), "ok"),
    b"header-only.tiff": (lambda: b"II*\0", "unreadable"),
    b"new\nline.png": (png, "ok"),
    b"invalid-utf8-\xff\xfe.png": (png, "ok"),
    b"-leading dash.png": (png, "ok"),
}


def make(directory):
    """Writes every file into `directory` (made if need be)."""
    directory = os.fsencode(directory)
    os.makedirs(directory, exist_ok=True)
    for name, (maker, _) in FAULTS.items():
        with open(os.path.join(directory, name), "wb") as file:
            file.write(maker())


def print_expected():
    for name, (_, expected) in FAULTS.items():
        if isinstance(expected, dict):
            expected = ",".join(f"{page}:{code}" for page, code in expected.items())
        print(name.hex(), expected)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    elif sys.argv[1] == "--expected":
        print_expected()
    else:
        make(sys.argv[1])
