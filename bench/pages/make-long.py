#!/usr/bin/env python3
"""Makes one long PDF, page after page, without holding it in memory. Deterministic, no two pages alike unless asked for.

usage: make-long.py FILE --pages N [--kind digital|scanned|full|dense] [--width W] [--height H] [--different N]

digital: 48 lines of real text a page in a standard font. scanned: W x H pixels of noisy gray JPEG at 150 dpi with three
lines of text a page (100 to 200 kB as cleaned pages are kept); small, so that thousands are done in minutes. full: 48
lines (528 words) in black and white at 150 dpi, a little askew; dense: 66 lines (990 words) of small print at 200 dpi. Of
these, --different says how many are not alike, so that docmill's cache of pages knows the others; each page has an image of its own.
"""
import argparse
import functools
import io
import itertools
import multiprocessing
import os
import pathlib
import random
import sys
import zlib

try:
    from PIL import Image, ImageChops, ImageDraw, ImageFont
except ImportError:  # Debian's python3-pil belongs to Debian's python3, which need not be the first on the PATH
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        sys.exit("make-long.py: needs PIL: apt-get install python3-pil")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

from sentences import Writer

DPI = 150
FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
OBJECTS_OF_A_PAGE = 3
FIRST_PAGE = 4  # objects 1 to 3: catalog, page tree, font


def stream(entries: str, data: bytes) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def page_object(number: int, size: str, resources: str) -> bytes:
    return (f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {size}] /Contents {number + 1} 0 R "
            f"/Resources << {resources} >> >>").encode()


def digital_page(index: int) -> list[bytes]:
    writer = Writer(random.Random(f"digital/{index}"))
    words = f"Page {index + 1}. ".split() + " ".join(writer.paragraph() for _ in range(8)).split()
    lines = [" ".join(words[i:i + 11]) for i in range(0, len(words), 11)][:48]
    content = "BT /F1 11 Tf 14 TL 60 780 Td\n" + "\n".join(f"({line}) Tj T*" for line in lines) + "\nET"
    number = FIRST_PAGE + OBJECTS_OF_A_PAGE * index
    return [page_object(number, "595 842", "/Font << /F1 3 0 R >>"),
            stream("/Filter /FlateDecode", zlib.compress(content.encode())), b"null"]


def scanned_page(index: int, width: int, height: int) -> list[bytes]:
    rng = random.Random(f"scanned/{index}")
    image = Image.new("L", (width, height), 225)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 26)
    words = [f"Page {index + 1}."] + Writer(rng).paragraph().split()
    for line in range(3):
        draw.text((40, 60 + 50 * line), " ".join(words[4 * line:4 * line + 4]), font=font, fill=30)
    noise = Image.frombytes("L", (width, height), rng.randbytes(width * height)).point([108 + i // 6 for i in range(256)])
    data = io.BytesIO()
    ImageChops.add(image, noise, 1, -128).save(data, "JPEG", quality=75, dpi=(DPI, DPI))
    number = FIRST_PAGE + OBJECTS_OF_A_PAGE * index
    size = f"{width * 72 / DPI:.2f} {height * 72 / DPI:.2f}"
    return [page_object(number, size, f"/XObject << /Im {number + 2} 0 R >>"),
            stream("", f"{size.split()[0]} 0 0 {size.split()[1]} 0 0 cm /Im Do".encode()),
            stream(f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
                   "/BitsPerComponent 8 /Filter /DCTDecode", data.getvalue())]


@functools.cache
def full_image(number: int, dense: bool) -> tuple[int, int, bytes]:
    """Width, height and the compressed pixels of a page full of text, black and white, a little askew."""
    width, height, lines, words_of_line = (1654, 2339, 66, 15) if dense else (1240, 1754, 48, 11)
    rng = random.Random(f"full/{number}")
    image = Image.new("L", (width, height), 255)
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(FONT, 20)
    writer = Writer(rng)
    words = f"Page {number + 1}. ".split() + " ".join(writer.paragraph() for _ in range(20 if dense else 9)).split()
    for line in range(lines):
        draw.text((90, 110 + 32 * line), " ".join(words[words_of_line * line:words_of_line * (line + 1)]), font=font, fill=0)
    image = image.rotate(rng.uniform(-1.5, 1.5), Image.Resampling.BICUBIC, fillcolor=255).point(lambda v: v > 128 and 255)
    return width, height, zlib.compress(image.convert("1").tobytes())


def full_page(index: int, different: int, dense: bool) -> list[bytes]:
    width, height, data = full_image(index % different, dense)
    number = FIRST_PAGE + OBJECTS_OF_A_PAGE * index
    return [page_object(number, "595.2 841.92", f"/XObject << /Im {number + 2} 0 R >>"),
            stream("", b"595.2 0 0 841.92 0 0 cm /Im Do"),
            stream(f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray "
                   "/BitsPerComponent 1 /Filter /FlateDecode", data)]


def write(path: pathlib.Path, pages: int, page) -> None:
    kids = " ".join(f"{FIRST_PAGE + OBJECTS_OF_A_PAGE * i} 0 R" for i in range(pages))
    head = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>".encode(),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    offsets = []
    with path.open("wb") as file, multiprocessing.Pool() as pool:
        file.write(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        for objects in itertools.chain([head], pool.imap(page, range(pages), chunksize=32)):
            for body in objects:
                offsets.append(file.tell())
                file.write(b"%d 0 obj\n%s\nendobj\n" % (len(offsets), body))
        start = file.tell()
        file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1))
        file.writelines(b"%010d 00000 n \n" % offset for offset in offsets)
        file.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(offsets) + 1, start))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("--pages", type=int, default=5000)
    parser.add_argument("--kind", choices=["digital", "scanned", "full", "dense"], default="digital")
    parser.add_argument("--width", type=int, default=800)
    parser.add_argument("--height", type=int, default=600)
    parser.add_argument("--different", type=int, default=100)
    arguments = parser.parse_args()
    page = digital_page
    if arguments.kind in ("full", "dense"):
        page = functools.partial(full_page, different=arguments.different, dense=arguments.kind == "dense")
    if arguments.kind == "scanned":
        page = functools.partial(scanned_page, width=arguments.width, height=arguments.height)
    write(arguments.file, arguments.pages, page)


if __name__ == "__main__":
    main()
