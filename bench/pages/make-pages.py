#!/usr/bin/env python3
"""Makes scanned pages with known text: 300 dpi, A4, gray; several fonts, sizes and kinds. Deterministic.

usage: make-pages.py DIR --count N [--single] [--png] [--seed S] [--kinds clean,noisy,...]

Writes DIR/KIND-NNN.pdf, each a scan of one page, and beside it DIR/KIND-NNN.pdf.truth, its text in the order of reading.
Pages are compressed without loss. --single: one PDF of all pages instead, as JPEG, because long scans are never kept
without loss: DIR/book.pdf with its truth, pages parted by form feeds. --png: page images too.
"""
import argparse
import dataclasses
import functools
import io
import math
import multiprocessing
import os
import pathlib
import random
import statistics
import sys
import zlib

try:
    from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont
except ImportError:  # Debian's python3-pil belongs to Debian's python3, which need not be the first on the PATH
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        sys.exit("make-pages.py: needs PIL: apt-get install python3-pil")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])

from sentences import Writer

DPI = 300
WIDTH, HEIGHT = 2480, 3508  # A4
MARGIN = 260
FONTS = pathlib.Path("/usr/share/fonts/truetype")
FACES = ["liberation/LiberationSerif-Regular.ttf", "liberation/LiberationSans-Regular.ttf", "dejavu/DejaVuSerif.ttf",
         "dejavu/DejaVuSans.ttf", "liberation/LiberationMono-Regular.ttf", "liberation/LiberationSerif-Italic.ttf",
         "liberation/LiberationSerif-Bold.ttf", "liberation/LiberationSansNarrow-Regular.ttf"]
# clean: as good as scans get · noisy: a bad sensor and dust · skewed: by 1 to 2 degrees · columns: two, laid on the glass
# a little askew · small: 7 and 8 points · faint: a worn ribbon on yellowed paper
KINDS = ["clean", "noisy", "skewed", "columns", "small", "faint"]
# What a preprocessor is for; made only when asked for.
HARD_KINDS = ["tilted", "rotated", "shaded", "specked", "pale", "bordered", "curved", "bleeding"]


class Sheet:
    """A white page that is written on, and the lines that were written."""

    def __init__(self, rng: random.Random):
        self.rng = rng
        self.image = Image.new("L", (WIDTH, HEIGHT), 255)
        self.draw = ImageDraw.Draw(self.image)
        self.lines: list[str] = []

    def set_column(self, writer: Writer, left: int, right: int, top: int, bottom: int, points: float, face: str) -> None:
        """Fills a column with paragraphs."""
        font = ImageFont.truetype(str(FONTS / face), round(points * DPI / 72))
        leading = round(points * DPI / 72 * self.rng.uniform(1.25, 1.45))
        y = top
        while y + leading <= bottom:
            line = ""
            for word in writer.paragraph().split() + [""]:
                longer = f"{line} {word}".strip()
                if word and font.getlength(longer) <= right - left:
                    line = longer
                    continue
                if y + leading > bottom:
                    return
                self.draw.text((left, y), line, font=font, fill=20)
                self.lines.append(line)
                y += leading
                line = word
            y += leading // 2


def gaussian_noise(rng: random.Random, size: tuple[int, int], sigma: float) -> Image.Image:
    """Gray 128 with normal noise, from the seed alone."""
    normal = statistics.NormalDist(128, sigma)
    table = [max(0, min(255, round(normal.inv_cdf((i + 0.5) / 256)))) for i in range(256)]
    return Image.frombytes("L", size, rng.randbytes(size[0] * size[1])).point(table)


def speckled(rng: random.Random, image: Image.Image, share: float) -> Image.Image:
    """Single pixels turned black or white, as dust and bad sensors do."""
    draw = ImageDraw.Draw(image)
    for _ in range(round(image.width * image.height * share)):
        draw.point((rng.randrange(image.width), rng.randrange(image.height)), fill=rng.choice((0, 255)))
    return image


def scanned(rng: random.Random, image: Image.Image, sigma: float) -> Image.Image:
    """What a scanner adds to every page: its optics' blur and a little noise."""
    blurred = image.filter(ImageFilter.GaussianBlur(0.7))
    return ImageChops.add(blurred, gaussian_noise(rng, image.size, sigma), 1, -128)


def shadowed(rng: random.Random, image: Image.Image) -> Image.Image:
    """Lit from one side and with the shadow of a fold: the paper goes from white to half of that."""
    light = Image.linear_gradient("L").rotate(rng.choice((0, 90, 180, 270))).resize(image.size)
    light = light.point([round(110 + i * 145 / 255) for i in range(256)])
    fold = Image.new("L", image.size, 255)
    x = rng.randrange(image.width // 4, image.width * 3 // 4)
    ImageDraw.Draw(fold).rectangle((x - 30, 0, x + 30, image.height), fill=150)
    return ImageChops.multiply(ImageChops.multiply(image, light), fold.filter(ImageFilter.GaussianBlur(40)))


def bordered(rng: random.Random, image: Image.Image) -> Image.Image:
    """The scanner's lid is dark where there is no paper."""
    draw = ImageDraw.Draw(image)
    for box in ((0, 0, rng.randint(60, 160), HEIGHT), (0, HEIGHT - rng.randint(60, 160), WIDTH, HEIGHT)):
        draw.rectangle(box, fill=rng.randint(10, 50))
    return image


def curved(rng: random.Random, image: Image.Image) -> Image.Image:
    """A leaf of a bound book: towards the spine it rises from the glass, and its lines bend towards the middle of the page."""
    strip = 40
    depth = rng.uniform(0.03, 0.08)  # of the distance to the middle of the page
    is_left = rng.random() < 0.5
    middle = HEIGHT / 2

    def row(x: float, y: float) -> float:
        away = x / WIDTH if is_left else 1 - x / WIDTH
        return middle + (y - middle) / (1 - depth * math.exp(-4 * away))

    strips = []
    for left in range(0, WIDTH, strip):
        right = min(left + strip, WIDTH)
        strips.append(((left, 0, right, HEIGHT), (left, row(left, 0), left, row(left, HEIGHT),
                                                  right, row(right, HEIGHT), right, row(right, 0))))
    return image.transform(image.size, Image.Transform.MESH, strips, Image.Resampling.BICUBIC, fillcolor=255)


def bleeding(rng: random.Random, image: Image.Image) -> Image.Image:
    """Thin paper: the print of the other side shows through, mirrored and soft."""
    back = Sheet(rng)
    back.set_column(Writer(rng), MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN, rng.choice((9.5, 10, 11, 12)), rng.choice(FACES))
    darkest = rng.randint(165, 205)
    through = back.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2))
    return ImageChops.multiply(image, through.point([round(darkest + i * (255 - darkest) / 255) for i in range(256)]))


def spoilt(kind: str, rng: random.Random, image: Image.Image) -> Image.Image:
    """What befalls the pages of the hard kinds before the scanner adds its own."""
    if kind == "pale":
        return image.point([round(175 + i * 45 / 255) for i in range(256)])
    if kind == "shaded":
        return shadowed(rng, image)
    if kind == "bordered":
        return bordered(rng, image)
    if kind == "curved":
        return curved(rng, image)
    if kind == "bleeding":
        return bleeding(rng, image)
    if kind == "rotated":
        return image.transpose(rng.choice((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180,
                                           Image.Transpose.ROTATE_270)))
    return image


# Degrees by which pages of a kind are askew.
SKEW = {"skewed": (1, 2), "columns": (0.4, 1), "small": (0.2, 0.8), "faint": (0.2, 0.8),
        "tilted": (3, 8), "bordered": (0.5, 2), "rotated": (0.5, 1.5)}
# Of the scanner's noise, in gray levels.
SIGMA = {"noisy": 45, "faint": 6, "shaded": 8, "pale": 10, "tilted": 12, "rotated": 12}


def make_page(kind: str, number: int, seed: int) -> tuple[Image.Image, str]:
    rng = random.Random(f"{seed}/{kind}/{number}")
    writer = Writer(rng)
    sheet = Sheet(rng)
    face = FACES[number % len(FACES)]
    points = rng.choice((7, 8)) if kind == "small" else rng.choice((9.5, 10, 11, 12))
    if kind == "columns":
        middle = WIDTH // 2
        sheet.set_column(writer, MARGIN, middle - 60, MARGIN, HEIGHT - MARGIN, points, face)
        sheet.set_column(writer, middle + 60, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN, points, face)
    else:
        sheet.set_column(writer, MARGIN, WIDTH - MARGIN, MARGIN, HEIGHT - MARGIN, points, face)
    image = sheet.image
    if least_and_most := SKEW.get(kind):
        angle = rng.choice((-1, 1)) * rng.uniform(*least_and_most)
        image = image.rotate(angle, Image.Resampling.BICUBIC, fillcolor=255)
    if kind == "faint":
        image = image.point([round(150 + i * 85 / 255) for i in range(256)])
    image = scanned(rng, spoilt(kind, rng, image), SIGMA.get(kind, 3))
    if share := {"noisy": 0.004, "specked": 0.012}.get(kind):
        image = speckled(rng, image, share)
    return image, "\n".join(sheet.lines) + "\n"


@dataclasses.dataclass
class Scan:
    """A page as it is stored."""
    name: str
    size: tuple[int, int]
    filter: bytes
    data: bytes
    truth: str


def make_scan(place: tuple[str, int], seed: int, jpeg: bool, png_directory: pathlib.Path | None) -> Scan:
    kind, number = place
    image, truth = make_page(kind, number, seed)
    name = f"{kind}-{number:03}"
    if png_directory:
        image.save(png_directory / f"{name}.png", dpi=(DPI, DPI))
    if not jpeg:
        return Scan(name, image.size, b"FlateDecode", zlib.compress(image.tobytes(), 6), truth)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=75, dpi=(DPI, DPI))
    return Scan(name, image.size, b"DCTDecode", data.getvalue(), truth)


def scan_pdf(scans: list[Scan]) -> bytes:
    """A PDF of page images, as a scanner's software writes it."""
    kids = " ".join(f"{3 + 3 * i} 0 R" for i in range(len(scans)))
    objects = [b"<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(scans)} >>".encode()]
    for i, scan in enumerate(scans):
        width, height = (round(side * 72 / DPI, 2) for side in scan.size)
        content = f"{width} 0 0 {height} 0 0 cm /Im0 Do".encode()
        first = 3 + 3 * i
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Contents {first + 1} 0 R "
                       f"/Resources << /XObject << /Im0 {first + 2} 0 R >> >> >>".encode())
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content))
        objects.append(b"<< /Type /XObject /Subtype /Image /Width %d /Height %d /ColorSpace /DeviceGray "
                       b"/BitsPerComponent 8 /Filter /%s /Length %d >>\nstream\n%s\nendstream"
                       % (*scan.size, scan.filter, len(scan.data), scan.data))
    out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--count", type=int, default=12)
    parser.add_argument("--single", action="store_true")
    parser.add_argument("--png", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kinds", default=",".join(KINDS))
    arguments = parser.parse_args()
    kinds = arguments.kinds.split(",")
    if unknown := set(kinds) - {*KINDS, *HARD_KINDS}:
        parser.error(f"no kind {', '.join(sorted(unknown))}; there are: {', '.join(KINDS + HARD_KINDS)}")
    arguments.directory.mkdir(parents=True, exist_ok=True)
    places = [(kinds[i % len(kinds)], i // len(kinds)) for i in range(arguments.count)]
    make = functools.partial(make_scan, seed=arguments.seed, jpeg=arguments.single,
                             png_directory=arguments.directory if arguments.png else None)
    book = []
    with multiprocessing.Pool() as pool:
        for scan in pool.imap(make, places):
            if arguments.single:
                book.append(scan)
                continue
            (arguments.directory / f"{scan.name}.pdf").write_bytes(scan_pdf([scan]))
            (arguments.directory / f"{scan.name}.pdf.truth").write_text(scan.truth)
    if arguments.single:
        (arguments.directory / "book.pdf").write_bytes(scan_pdf(book))
        (arguments.directory / "book.pdf.truth").write_text("\f".join(scan.truth for scan in book))


if __name__ == "__main__":
    main()
