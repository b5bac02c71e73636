#!/usr/bin/python3
"""Makes the sample documents: a small folder of the kinds of things that people have, the same bytes each time.

usage: tools/make-samples.py DIR

About 15 pages in scans (skewed a little, with noise), photographs, born-digital and mixed PDFs, English and German, in
subfolders and under awkward names; and two documents that cannot be read, so that failures are seen too. Needs Pillow
and the DejaVu and Liberation fonts (Debian: python3-pil, fonts-dejavu-core, fonts-liberation). Does nothing when DIR is
up to date.
"""

import io
import os
import pathlib
import random
import sys

from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import pdf_writer  # noqa: E402

DPI = 300
PAGE = (2480, 3508)  # A4
FONTS = {
    "serif": "/usr/share/fonts/truetype/liberation/LiberationSerif-Regular.ttf",
    "sans": "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "mono": "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "wide": "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
}

LETTER = """Harbour Road 14
Whitby, 3 March 1998

Dear Mr Ainsworth,

thank you for your letter of 21 February and for the two boxes of papers that came with it. We have now looked through all of them, and there is more in them than any of us expected.

The older box holds the harbour office's day books from 1871 to 1904. Water has reached the last three volumes, but every page can still be read. The younger box is mostly correspondence: about four hundred letters, among them the whole dispute about the east pier, which was believed to be lost.

I should like to propose that we have the day books photographed before anything else is done with them. The cost would be 1,240 pounds, of which the society can bear half. Please let me know by the end of the month whether your council agrees.

With kind regards,

Margaret Holloway
Secretary, Whitby Historical Society"""

BRIEF = [
    """Stadtwerke Grünberg
Am Mühlbach 7, 35305 Grünberg

Frau
Käthe Müller
Schloßstraße 22
35305 Grünberg

Grünberg, den 12. Oktober 2009

Ihre Anfrage vom 28. September: Wasserzähler

Sehr geehrte Frau Müller,

vielen Dank für Ihre Anfrage. Wir haben den Zähler Nr. 4471-09 am 5. Oktober geprüft. Er zeigt den Verbrauch richtig an; die Abweichung beträgt weniger als zwei Prozent und liegt damit innerhalb der zulässigen Grenzen.

Der höhere Verbrauch im Frühjahr erklärt sich nach unserer Einschätzung durch das undichte Ventil, das Ihr Installateur im Mai ausgetauscht hat. Seit Juni entspricht der Verbrauch wieder dem der Vorjahre.""",
    """Seite 2

Wir sind bereit, Ihnen die Hälfte der Mehrkosten zu erstatten. Das sind 86,40 Euro. Der Betrag wird mit der nächsten Abrechnung verrechnet, ohne dass Sie etwas veranlassen müssen.

Sollten Sie mit dieser Lösung nicht einverstanden sein, so können Sie innerhalb von vier Wochen schriftlich widersprechen. Die Schlichtungsstelle erreichen Sie unter der oben genannten Anschrift.

Mit freundlichen Grüßen

Jürgen Weiß
Kundendienst""",
]

LEASE = [
    """LEASE AGREEMENT

This agreement is made between Northgate Properties Ltd, called the landlord, and Samuel Okafor, called the tenant.

1. The landlord lets to the tenant the flat on the second floor of 9 Carver Street, together with one parking space in the yard.

2. The term begins on 1 September 2003 and ends on 31 August 2005. It is renewed by one year at a time unless one of the parties gives notice three months before its end.

3. The rent is 640 pounds a month, payable in advance on the first working day.""",
    """4. The tenant pays a deposit of two months' rent. It is held in a separate account and returned, with interest, within thirty days after the end of the term.

5. Repairs to the roof, the outer walls and the heating are the duty of the landlord. Small repairs up to 75 pounds in each case are the duty of the tenant.

6. No alterations are made without written consent. Consent is not refused without reason.

7. Pets may be kept if the neighbours are not disturbed.""",
    """8. Each party may end this agreement without notice if the other breaks it in a serious way and does not make good within fourteen days of a written warning.

9. Changes to this agreement are valid only in writing.

Signed in two copies at Sheffield on 18 August 2003.

For the landlord: R. Whitaker
The tenant: Samuel Okafor""",
]

COLUMNS = [
    """The lighthouse keepers of the northern coast kept their journals with great care. Every evening they wrote down the wind, the height of the barometer and the ships that had passed. Few of them expected that anybody would ever read it.

A century later these notes have become a treasure for the study of the climate. They are long, they are regular, and they were made by people who had no theory to defend.""",
    """The work of copying them began in 1987 with nine volunteers. By the end of the first year they had finished eleven volumes. Today there are more than two hundred readers in six countries, and the last volume is expected to be done within the decade.

What they found surprised even the specialists: the storms of autumn have not become more frequent, but they arrive nearly three weeks later than they did in 1880.""",
]

NOTE = """Übersicht der Größen

Die Lieferung umfasst vierzehn Kisten. Jede Kiste enthält sechs Fächer aus Buchenholz, die sich einzeln herausnehmen lassen.

Äußere Maße: Länge 62 cm, Breite 41 cm, Höhe 33 cm.
Gewicht der leeren Kiste: 7,5 kg.

Bitte prüfen Sie die Vollständigkeit sofort nach Erhalt. Spätere Einwände können wir leider nicht berücksichtigen."""

RECEIPT = """GREEN LANE STORES
41 Green Lane

2 x Brown bread      3.60
1 x Butter 250 g     2.15
6 x Apples           2.40
1 x Coffee           4.95
-------------------------
TOTAL               13.10
CASH                20.00
CHANGE               6.90

Thank you for shopping
Monday 14:32"""

INVOICE = """Invoice 2016-0388

Brandt & Sons Joinery
To: The Old Mill Restaurant

Twelve oak chairs at 145.00 each: 1,740.00
One long table: 980.00
Delivery and fitting: 120.00

Total amount due: 2,840.00

Please pay within thirty days. Goods remain our property until payment has been received in full."""

REPORT = [
    ("Annual report", """The reading room was open on 281 days. It was visited by 9,412 people, a tenth more than in the year before. The new opening hours on Thursday evening are used well.

The catalogue grew by 3,270 entries. For the first time more than half of them can be found from outside the house.

Two large gifts deserve to be mentioned: the map collection of the Ordway family and the negatives of the photographer Ellen Marsh."""),
    ("Finances", """Income came to 412,000 and expenses to 398,500. The surplus goes into the repair of the roof, which cannot be put off any longer.

The largest expenses were wages (61 per cent), heating and light (14 per cent) and conservation (9 per cent)."""),
    ("Outlook", """In the coming year the two older catalogues will be merged. We expect that this work takes about eight months. During that time some titles may appear twice.

The board thanks everybody who has given time, money or books."""),
]


def wrap(draw, paragraph, font, width):
    line = ""
    for word in paragraph.split(" "):
        longer = f"{line} {word}" if line else word
        if line and draw.textlength(longer, font=font) > width:
            yield line
            line = word
        else:
            line = longer
    yield line


def write(draw, text, font, left, top, width):
    step = round(font.size * 1.35)
    for paragraph in text.split("\n"):
        for line in wrap(draw, paragraph, font, width):
            draw.text((left, top), line, font=font, fill=30)
            top += step
        top += step // 6
    return top


def sheet(size=PAGE):
    image = Image.new("L", size, 250)
    return image, ImageDraw.Draw(image)


def typeset(text, face="serif", points=12, size=PAGE, margin=290):
    image, draw = sheet(size)
    write(draw, text, ImageFont.truetype(FONTS[face], round(points * DPI / 72)), margin, margin, size[0] - 2 * margin)
    return image


def two_columns():
    image, draw = sheet()
    font = ImageFont.truetype(FONTS["serif"], round(11 * DPI / 72))
    write(draw, "Journals of the coast", ImageFont.truetype(FONTS["serif"], round(20 * DPI / 72)), 260, 260, 1900)
    for left, text in zip((260, 1300), COLUMNS):
        write(draw, text, font, left, 480, 920)
    return image


def scanned(image, seed, skew):
    """As a scanner would see it: turned by `skew` degrees, with the grain of paper and sensor."""
    turned = image.rotate(skew, resample=Image.Resampling.BICUBIC, fillcolor=250)
    grain = Image.frombytes("L", turned.size, random.Random(seed).randbytes(turned.width * turned.height))
    return Image.blend(turned, grain, 0.06)


def saved(image, kind, **options):
    buffer = io.BytesIO()
    image.save(buffer, kind, dpi=(DPI, DPI), **options)
    return buffer.getvalue()


def add_scan(pdf, image):
    """A page that is nothing but this image."""
    data = saved(image, "JPEG", quality=70)
    scan = pdf.add(f"/Type/XObject/Subtype/Image/Width {image.width}/Height {image.height}/ColorSpace/DeviceGray"
                   "/BitsPerComponent 8/Filter/DCTDecode", data, compress=False)
    width, height = image.width * 72 / DPI, image.height * 72 / DPI
    pdf.page(f"q {width:.2f} 0 0 {height:.2f} 0 0 cm /Scan Do Q", f"/XObject<</Scan {scan}>>",
             width=f"{width:.2f}", height=f"{height:.2f}")


def add_text(pdf, fonts, title, body):
    measure = ImageDraw.Draw(Image.new("L", (1, 1)))
    font = ImageFont.truetype(FONTS["sans"], 11)
    lines = [line for paragraph in body.split("\n") for line in wrap(measure, paragraph, font, 440)]
    shown = " ".join(f"{pdf_writer.text(line)} Tj T*" for line in lines)
    pdf.page(f"BT /B 20 Tf 72 760 Td {pdf_writer.text(title)} Tj ET BT /F 11 Tf 16 TL 72 720 Td {shown} ET",
             f"/Font<</F {fonts[0]}/B {fonts[1]}>>")


def scan_pdf(*images):
    pdf = pdf_writer.Pdf()
    for image in images:
        add_scan(pdf, image)
    return pdf.bytes()


def digital_pdf(pages, scans=(), password=None):
    pdf = pdf_writer.Pdf()
    fonts = pdf.add(pdf_writer.HELVETICA), pdf.add(pdf_writer.HELVETICA_BOLD)
    for title, body in pages:
        add_text(pdf, fonts, title, body)
    for scan in scans:
        add_scan(pdf, scan)
    return pdf.bytes(password)


def lease_tiff():
    pages = [scanned(typeset(text, "serif", 12), 30 + n, 0.4).point(lambda value: 255 * (value > 140)).convert("1")
             for n, text in enumerate(LEASE)]
    return saved(pages[0], "TIFF", compression="group4", save_all=True, append_images=pages[1:])


SAMPLES = {
    "letters/scanned letter.pdf": lambda: scan_pdf(scanned(typeset(LETTER), 1, 0.8)),
    "letters/Brief an Frau Müller.pdf":
        lambda: scan_pdf(*(scanned(typeset(text, "sans", 11), 2 + n, -0.6) for n, text in enumerate(BRIEF))),
    "contracts/lease agreement.tif": lease_tiff,
    "receipts/receipt.jpg":
        lambda: saved(scanned(typeset(RECEIPT, "mono", 10, (1240, 1100), 120), 5, 1.2), "JPEG", quality=80),
    "receipts/invoice.png": lambda: saved(typeset(INVOICE, "wide", 11), "PNG"),
    "reports/annual report.pdf": lambda: digital_pdf(REPORT),
    "reports/mixed, text and scan.pdf": lambda: digital_pdf(REPORT[:1], [scanned(typeset(LETTER, "sans"), 6, -0.5)]),
    "reports/two columns.pdf": lambda: scan_pdf(scanned(two_columns(), 7, 0.5)),
    "notes/Übersicht Größen.png": lambda: saved(scanned(typeset(NOTE, "serif", 13), 8, 0.0), "PNG"),
    "unreadable/locked.pdf": lambda: digital_pdf(REPORT[1:2], password="secret"),
    "unreadable/torn.pdf": lambda: digital_pdf(REPORT)[:900],
}


def is_current(directory):
    sources = [pathlib.Path(__file__), pathlib.Path(pdf_writer.__file__)]
    changed = max(source.stat().st_mtime for source in sources)
    return all((directory / name).exists() and (directory / name).stat().st_mtime > changed for name in SAMPLES)


def main(directory):
    if is_current(directory):
        return
    for name, make in SAMPLES.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside first: interrupted, no half sample passes for a whole one.
        partial = path.with_name(path.name + ".partial")
        partial.write_bytes(make())
        os.replace(partial, path)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(pathlib.Path(sys.argv[1]))
