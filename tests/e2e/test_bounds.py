"""Memory does not grow with the length of a document: peaks of short and long ones, in one worker, not split."""
import random
import sys

from conftest import SOURCE, records

sys.path.insert(0, str(SOURCE / "tools"))
from pdf_writer import HELVETICA, Pdf  # noqa: E402

MIB = 1 << 20
SHORT, LONG = 120, 480
# What may grow is a row of the manifest, qpdf's objects and the compressed text of each page: some kB. Pages themselves
# have 200 to 480 kB here.
ALLOWED = 20 * MIB


def scan(folder, pages, pixels, width, height):
    """A PDF of `pages` images without compression; `pixels(number)` makes each."""
    pdf = Pdf()
    for number in range(pages):
        image = pdf.add(f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/ColorSpace/DeviceGray"
                        "/BitsPerComponent 8", pixels(number), compress=False)
        pdf.page(f"{width * 0.48} 0 0 {height * 0.48} 0 0 cm /Im Do", f"/XObject<</Im {image}>>", width * 0.48, height * 0.48)
    path = folder / f"{pages}.pdf"
    path.write_bytes(pdf.bytes())
    return path


def peak_of(docmill, pipeline, document, *options):
    output = docmill.directory / f"out-{document.stem}"
    done = docmill("run", pipeline, document, "-o", output, "-q", "-j", "1", "--part-pages", "0", *options)
    assert done.returncode == 0, done.stderr
    (record,) = records(output).values()
    assert record["outcome"] == "ok"
    return record["statistics"]["peak_memory_bytes"]


def test_searchable_pdfs(docmill, tmp_path):
    def white(_):
        return b"\xff" * (800 * 600)  # blank pages are done in no time

    peaks = [peak_of(docmill, "ocr", scan(tmp_path, pages, white, 800, 600), "--format", "txt,json,pdf,hocr,alto")
             for pages in (SHORT, LONG)]
    assert peaks[1] < peaks[0] + ALLOWED


def test_cleaned_pdfs(docmill, tmp_path):
    def noise(number):
        return random.Random(number).randbytes(500 * 400)

    peaks = [peak_of(docmill, "preprocessing", scan(tmp_path, pages, noise, 500, 400), "--steps", "contrast")
             for pages in (SHORT, LONG)]
    assert peaks[1] < peaks[0] + ALLOWED


def test_the_last_pages_of_a_long_pdf(docmill, tmp_path):
    def white(_):
        return b"\xff" * (800 * 600)

    peaks = [peak_of(docmill, "preprocessing", scan(tmp_path, pages, white, 800, 600), "--pages", f"{pages - 4}-end",
                     "--cleaned", "tiff") for pages in (SHORT, LONG)]
    assert peaks[1] < peaks[0] + ALLOWED


def test_texts_of_pages(docmill, tmp_path):
    def digital(pages):
        pdf = Pdf()
        font = pdf.add(HELVETICA)
        for number in range(pages):
            lines = "".join(f"(Page {number}, line {line} of what stands here) Tj T*" for line in range(50))
            pdf.page(f"BT /F 12 Tf 14 TL 60 780 Td {lines} ET", f"/Font<</F {font}>>")
        path = tmp_path / f"{pages}.pdf"
        path.write_bytes(pdf.bytes())
        return path

    peaks = [peak_of(docmill, "ocr", digital(pages), "--format", "txt,json,hocr,alto,tsv") for pages in (SHORT, LONG)]
    assert peaks[1] < peaks[0] + ALLOWED
