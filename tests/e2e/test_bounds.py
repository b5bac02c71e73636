"""What does not grow with the length of a document: memory (peaks of short and long ones, in one worker, not split), and
the disk that a split one needs beside its outputs."""
import contextlib
import os
import pathlib
import random
import sys
import time

from conftest import SOURCE, records, wait_for

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


def noise(number):
    return random.Random(number).randbytes(500 * 400)


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


# -- The disk. Its cleaned pages have 140 kB each, 66 MB in all, of which a merge keeps 16 MB until its end.

MOST_BESIDE = 32 * MIB
SPLIT = ("run", "preprocessing", "480.pdf", "-q", "-j", "2", "--steps", "contrast", "-o")


def room(paths):
    """What files take of the disk."""
    total = 0
    for path in paths:
        with contextlib.suppress(FileNotFoundError):
            total += path.stat().st_blocks * 512
    return total


def files_below(directory):
    return [pathlib.Path(root) / name for root, _, names in os.walk(directory) for name in names]


def test_a_split_document_needs_little_room_beside_its_outputs(docmill, tmp_path):
    scan(tmp_path, LONG, noise, 500, 400)
    process = docmill.start(*SPLIT, "out")
    most = 0
    while process.poll() is None:
        most = max(most, room(files_below(tmp_path / "out")))
        time.sleep(0.005)
    assert process.returncode == 0, process.communicate()
    outputs = [path for path in files_below(tmp_path / "out") if ".docmill" not in path.parts]
    assert room(outputs) > 48 * MIB
    assert most - room(outputs) < MOST_BESIDE


def is_given_back(tmp_path):
    """Whether a merge has begun to give back the room of what it read."""
    trees = list((tmp_path / "out/.docmill/parts").rglob("*.tree"))
    with contextlib.suppress(FileNotFoundError):
        return any(path.stat().st_blocks * 512 < path.stat().st_size / 2 for path in trees)
    return False


def test_a_merge_that_was_killed_is_done_anew(docmill, tmp_path):
    scan(tmp_path, LONG, noise, 500, 400)
    process = docmill.start(*SPLIT, "out")
    wait_for(lambda: is_given_back(tmp_path) or process.poll() is not None, "the merge")
    process.kill()
    process.communicate()
    assert not (tmp_path / "out/480.pdf.cleaned.pdf").exists(), "the merge was too fast to be killed"
    done = docmill(*SPLIT, "out")
    assert done.returncode == 0, done.stderr
    (record,) = records(tmp_path / "out").values()
    assert record["outcome"] == "ok" and len(record["pages"]) == LONG

    in_peace = docmill(*SPLIT, "peace")
    assert in_peace.returncode == 0, in_peace.stderr
    cleaned = [(tmp_path / name / "480.pdf.cleaned.pdf").read_bytes() for name in ("out", "peace")]
    assert cleaned[0] == cleaned[1]
