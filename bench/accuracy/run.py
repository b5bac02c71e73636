#!/usr/bin/env python3
"""Character error rate on pages as people scan them: docmill with and without preprocessing, against Tesseract's own
command line with the best of its settings, chosen per kind of page after the fact.

usage: bench/accuracy/run.py --docmill PATH [--pages 8] [--seed S] [--kinds a,b,…] [--steps auto] [--keep DIR]
       bench/accuracy/run.py --docmill PATH --corpus DIR [--offsets N] [--language eng] [--steps auto] [--keep DIR]

The pages are those of bench/pages/make-pages.py. With --corpus they are your own: page images below DIR, each with its
text beside it in NAME.gt.txt; directories are kinds. Such transcripts often leave out letterheads and handwriting, and
have columns in another order; so what counts there is the share of the transcript's words that are not found. With
--offsets each page is there N times more, a few of its first rows and columns cut off: that changes nothing but where the
pixels fall, so it shows what is chance.

Needs Debian's tesseract-ocr, tesseract-ocr-osd and python3-pil.
"""
import argparse
import collections
import concurrent.futures
import dataclasses
import itertools
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pages"))
try:
    from PIL import Image
except ImportError:  # Debian's python3-pil belongs to Debian's python3, which need not be the first on the PATH
    if os.path.realpath(sys.executable) == os.path.realpath("/usr/bin/python3"):
        sys.exit("run.py: needs PIL: apt-get install python3-pil")
    os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
from cer import edits, normal  # noqa: E402

KINDS = ["clean", "columns", "small", "faint", "skewed", "tilted", "rotated", "noisy", "specked", "pale", "shaded", "bordered",
         "curved", "bleeding"]
IMAGES = {".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".bmp"}
OFFSETS = [(0, 0), (1, 0), (0, 1), (2, 3), (3, 1), (5, 2)]  # columns and rows; the first is the page itself
PIPELINES = ("ocr", "preprocessing,ocr")
# Page segmentation (3: automatic, 1: and the way up) and binarization (0: Otsu, 2: Sauvola).
SETTINGS = {f"--psm {mode}, thresholding {method}": ["--psm", str(mode), "-c", f"thresholding_method={method}"]
            for mode, method in itertools.product((3, 1), (0, 2))}


@dataclasses.dataclass
class Page:
    name: str
    kind: str
    document: pathlib.Path  # for docmill
    image: pathlib.Path     # for Tesseract: the same pixels
    truth: str


@dataclasses.dataclass
class Count:
    """On one page: what is wrong, of how much."""
    wrong: int
    total: int


def rate(counts: list[Count]) -> float:
    return sum(count.wrong for count in counts) / max(1, sum(count.total for count in counts))


def interval(counts: list[Count], rounds: int = 1000) -> tuple[float, float]:
    """Where the rate lies in 95 of 100 draws of as many pages out of these (bootstrap)."""
    rng = random.Random(1)
    drawn = sorted(rate(rng.choices(counts, k=len(counts))) for _ in range(rounds))
    return drawn[rounds * 25 // 1000], drawn[rounds * 975 // 1000 - 1]


def wrong_characters(truth: str, text: str) -> Count:
    truth = normal(truth)
    return Count(edits(truth, normal(text)), len(truth))


def lost_words(truth: str, text: str) -> Count:
    wanted = collections.Counter(normal(truth).split())
    return Count((wanted - collections.Counter(normal(text).split())).total(), wanted.total())


def made_pages(work: pathlib.Path, kinds: list[str], per_kind: int, seed: str) -> list[Page]:
    made, images = work / "pages", work / "images"
    images.mkdir()
    subprocess.run([sys.executable, HERE.parent / "pages/make-pages.py", made, "--png", "--count", str(per_kind * len(kinds)),
                    "--kinds", ",".join(kinds), "--seed", seed], check=True)
    pages = []
    for document in sorted(made.glob("*.pdf")):
        image = images / f"{document.stem}.png"
        document.with_suffix(".png").rename(image)  # apart, so that docmill is not given every page twice
        truth = document.with_suffix(".pdf.truth").read_text()
        pages.append(Page(document.stem, document.stem.split("-")[0], document, image, truth))
    return pages


def copy_without(image: pathlib.Path, copy: pathlib.Path, columns: int, rows: int) -> None:
    """A copy in gray of the image without its first columns and rows."""
    with Image.open(image) as opened:
        dpi = opened.info.get("dpi", (300, 300))
        opened.convert("L").crop((columns, rows, *opened.size)).save(copy, dpi=dpi)


def corpus_pages(work: pathlib.Path, corpus: pathlib.Path, offsets: int) -> list[Page]:
    """Copies of the images in one directory, numbered, because their names need not differ between directories."""
    (work / "pages").mkdir()
    pages = []
    for image in sorted(path for path in corpus.rglob("*") if path.suffix.lower() in IMAGES):
        truth = image.parent / (image.stem + ".gt.txt")
        if not truth.exists():
            continue
        name = str(image.relative_to(corpus))
        copy = work / "pages" / f"page-{len(pages):04}{image.suffix}"
        shutil.copyfile(image, copy)
        pages.append(Page(name, image.parent.name, copy, copy, truth.read_text()))
        for columns, rows in OFFSETS[1:offsets + 1]:
            copy = work / "pages" / f"page-{len(pages):04}.png"
            copy_without(image, copy, columns, rows)
            pages.append(Page(f"{name} from {columns}, {rows}", image.parent.name, copy, copy, truth.read_text()))
    if not pages:
        sys.exit(f"run.py: no page image with a NAME.gt.txt beside it below {corpus}")
    return pages


def tesseract(image: pathlib.Path, language: str, settings: list[str]) -> str:
    done = subprocess.run(["tesseract", image, "stdout", "-l", language, "--oem", "1", *settings], capture_output=True,
                          text=True, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    return done.stdout  # a page that it gives up on is empty


def docmill(program: pathlib.Path, pipeline: str, options: list[str], pages: list[Page], output: pathlib.Path) -> list[str]:
    # Status 1: some documents failed. Their text is empty then.
    done = subprocess.run([program, "run", pipeline, pages[0].document.parent, "-o", output, "-q", "--cache-size", "0",
                           *options], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{program} run {pipeline}: exit {done.returncode}\n{done.stderr}")
    texts = [output / f"{page.document.name}.txt" for page in pages]
    return [text.read_text() if text.exists() else "" for text in texts]


def compare(pages: list[Page], program: pathlib.Path, language: str, steps: str, work: pathlib.Path,
            count) -> dict[str, list[Count]]:
    """What each contestant gets wrong, page by page."""
    columns = {}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for title, settings in SETTINGS.items():
            texts = pool.map(lambda page: tesseract(page.image, language, settings), pages)
            columns[title] = [count(page.truth, text) for page, text in zip(pages, texts)]
    for pipeline in PIPELINES:
        options = ["-l", language] + (["--steps", steps] if "preprocessing" in pipeline else [])
        texts = docmill(program, pipeline, options, pages, work / pipeline)
        columns[pipeline] = [count(page.truth, text) for page, text in zip(pages, texts)]
    return columns


def cell(counts: list[Count]) -> str:
    low, high = interval(counts)
    return f"{rate(counts):.5f} ({low:.5f} to {high:.5f})"


def print_table(pages: list[Page], columns: dict[str, list[Count]], unit: str) -> None:
    print(f"| kind | pages | {unit} | Tesseract's best | its setting | ocr | preprocessing,ocr | lower by | pages on which "
          "preprocessing is better, worse |")
    print("| --- |" + " --- |" * 8)
    for kind in dict.fromkeys(page.kind for page in pages):
        rows = {title: [count for page, count in zip(pages, counts) if page.kind == kind] for title, counts in columns.items()}
        best = min(SETTINGS, key=lambda title: rate(rows[title]))
        plain, prepared = (rows[pipeline] for pipeline in PIPELINES)
        theirs = rate(rows[best])
        lower = f"{100 * (1 - rate(prepared) / theirs):.0f} %" if theirs > 0 else "none to lower"
        better = sum(a.wrong > b.wrong for a, b in zip(plain, prepared))
        worse = sum(a.wrong < b.wrong for a, b in zip(plain, prepared))
        print(f"| {kind} | {len(plain)} | {sum(count.total for count in plain)} | {cell(rows[best])} | {best} | {cell(plain)} | "
              f"{cell(prepared)} | {lower} | {better}, {worse} |", flush=True)


def print_harm(pages: list[Page], columns: dict[str, list[Count]]) -> None:
    """Pages that preprocessing makes worse by more than a hundredth of what there is to be read."""
    for page, plain, prepared in zip(pages, *(columns[pipeline] for pipeline in PIPELINES)):
        if prepared.wrong - plain.wrong > max(1, prepared.total / 100):
            print(f"worse with preprocessing: {page.name}: {plain.wrong} -> {prepared.wrong} of {plain.total}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docmill", type=pathlib.Path, required=True)
    parser.add_argument("--pages", type=int, default=8, help="of each kind")
    parser.add_argument("--seed", default="1")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--corpus", type=pathlib.Path, help="your own page images with NAME.gt.txt beside them")
    parser.add_argument("--offsets", type=int, choices=range(len(OFFSETS)), default=0, help="of the corpus' pages")
    parser.add_argument("--steps", default="auto", help="of preprocessing")
    parser.add_argument("--language", default="eng", help="model's name")
    parser.add_argument("--keep", type=pathlib.Path, help="leave pages and texts there")
    arguments = parser.parse_args()
    if arguments.pages < 1:
        parser.error("--pages must be at least 1")
    work = arguments.keep or pathlib.Path(tempfile.mkdtemp(prefix="docmill-accuracy-"))
    work.mkdir(parents=True, exist_ok=True)
    if arguments.corpus:
        pages = corpus_pages(work, arguments.corpus, arguments.offsets)
        unit, count = "words", lost_words
    else:
        pages = made_pages(work, arguments.kinds.split(","), arguments.pages, arguments.seed)
        unit, count = "characters", wrong_characters
    columns = compare(pages, arguments.docmill, arguments.language, arguments.steps, work, count)
    print("Rate of what is wrong, and in brackets where it lies in 95 of 100 draws of as many pages\n")
    print_table(pages, columns, unit)
    print_harm(pages, columns)
    if not arguments.keep:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
