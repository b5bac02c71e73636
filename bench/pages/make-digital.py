#!/usr/bin/env python3
"""Makes born-digital PDFs: real text in standard fonts, compressed streams, 1 to 9 pages each. Deterministic.

usage: make-digital.py DIR --count N
"""
import argparse
import pathlib
import random
import zlib

WORDS = ("the of and to in that is was for it with as his on be at by this had not are but from or have an they which one "
         "you were all her she there would their we him been has when who will no more if out so said what up its about "
         "contract archive letter report committee record evidence minister agreement account payment witness harbour "
         "railway winter measure council district engine library market question answer morning river paper").split()


def page_content(random_source: random.Random) -> bytes:
    lines = []
    for _ in range(48):
        words = (random_source.choice(WORDS) for _ in range(random_source.randint(9, 13)))
        lines.append(f"({' '.join(words)}) Tj T*")
    return ("BT /F1 11 Tf 14 TL 60 780 Td\n" + "\n".join(lines) + "\nET").encode()


def pdf(random_source: random.Random) -> bytes:
    page_count = random_source.randint(1, 9)
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", b"",
               b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"]
    kids = []
    for _ in range(page_count):
        stream = zlib.compress(page_content(random_source))
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream))
        objects.append(b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R "
                       b"/Resources << /Font << /F1 3 0 R >> >> >>" % len(objects))
        kids.append(b"%d 0 R" % len(objects))
    objects[1] = b"<< /Type /Pages /Count %d /Kids [%s] >>" % (page_count, b" ".join(kids))

    body, offsets = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    body += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(body)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--count", type=int, required=True)
    arguments = parser.parse_args()
    arguments.directory.mkdir(parents=True, exist_ok=True)
    random_source = random.Random(1)
    for number in range(arguments.count):
        (arguments.directory / f"digital-{number:05}.pdf").write_bytes(pdf(random_source))


if __name__ == "__main__":
    main()
