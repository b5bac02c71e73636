#!/usr/bin/env python3
"""Character error rate on pages as people scan them: docmill with and without preprocessing, against Tesseract's own
command line with the best of its settings, chosen per kind of page after the fact.

usage: bench/accuracy/run.py --docmill PATH [--pages-per-kind 3] [--seed S] [--kinds a,b,…] [--keep DIR]

Needs Debian's tesseract-ocr and tesseract-ocr-osd; the pages are those of bench/pages/make-pages.py.
"""
import argparse
import concurrent.futures
import itertools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "pages"))
from cer import edits, normal  # noqa: E402

KINDS = ["skewed", "tilted", "rotated", "noisy", "specked", "pale", "shaded", "bordered"]
# Page segmentation (3: automatic, 1: and the way up) and binarization (0: Otsu, 2: Sauvola).
SETTINGS = {f"--psm {mode}, thresholding {method}": ["--psm", str(mode), "-c", f"thresholding_method={method}"]
            for mode, method in itertools.product((3, 1), (0, 2))}


def tesseract(image: pathlib.Path, settings: list[str]) -> str:
    done = subprocess.run(["tesseract", image, "stdout", "-l", "eng", *settings], capture_output=True, text=True,
                          env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    return done.stdout  # a page that it gives up on is empty


def docmill(program: pathlib.Path, pipeline: str, pages: pathlib.Path, output: pathlib.Path, names: list[str]) -> list[str]:
    # Status 1: some documents failed. Their text is empty then.
    done = subprocess.run([program, "run", pipeline, pages, "-o", output, "-q"], capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"{program} run {pipeline}: exit {done.returncode}\n{done.stderr}")
    texts = [output / f"{name}.pdf.txt" for name in names]
    return [text.read_text() if text.exists() else "" for text in texts]


def rates(names: list[str], truths: list[str], texts: list[str]) -> dict[str, float]:
    """Edits per character of the truth, by kind."""
    found = {}
    for kind in sorted({name.split("-")[0] for name in names}):
        rows = [(normal(truth), normal(text)) for name, truth, text in zip(names, truths, texts)
                if name.startswith(kind + "-")]
        found[kind] = sum(edits(*row) for row in rows) / sum(len(truth) for truth, _ in rows)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docmill", type=pathlib.Path, required=True)
    parser.add_argument("--pages-per-kind", type=int, default=3)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--kinds", default=",".join(KINDS))
    parser.add_argument("--keep", type=pathlib.Path, help="leave pages and texts there")
    arguments = parser.parse_args()
    work = arguments.keep or pathlib.Path(tempfile.mkdtemp(prefix="docmill-accuracy-"))
    pages = work / "pages"
    kinds = arguments.kinds.split(",")
    count = arguments.pages_per_kind * len(kinds)
    subprocess.run([sys.executable, HERE.parent / "pages/make-pages.py", pages, "--png", "--count", str(count), "--kinds",
                    arguments.kinds, "--seed", arguments.seed], check=True)
    names = sorted(path.stem for path in pages.glob("*.pdf"))
    truths = [(pages / f"{name}.pdf.truth").read_text() for name in names]
    images = work / "images"
    images.mkdir()
    for image in pages.glob("*.png"):  # apart, so that docmill is not given every page twice
        image.rename(images / image.name)

    columns = {}
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        for title, settings in SETTINGS.items():
            texts = list(pool.map(lambda name: tesseract(images / f"{name}.png", settings), names))
            columns[title] = rates(names, truths, texts)
    best = {kind: min(columns[title][kind] for title in SETTINGS) for kind in sorted(kinds)}
    for pipeline in ("ocr", "preprocessing,ocr"):
        columns[pipeline] = rates(names, truths, docmill(arguments.docmill, pipeline, pages, work / pipeline, names))

    print(f"{count} pages; character error rate, and how much lower than Tesseract's with its best setting per kind\n")
    print("| kind | " + " | ".join(columns) + " | Tesseract's best | ocr: | preprocessing,ocr: |")
    print("| --- |" + " --- |" * (len(columns) + 3))
    for kind in sorted(kinds):
        lower = [f"{100 * (1 - columns[pipeline][kind] / best[kind]):.0f} % lower" if best[kind] > 0 else "none to lower"
                 for pipeline in ("ocr", "preprocessing,ocr")]
        print(f"| {kind} | " + " | ".join(f"{column[kind]:.5f}" for column in columns.values())
              + f" | {best[kind]:.5f} | " + " | ".join(lower) + " |")
    if not arguments.keep:
        shutil.rmtree(work)


if __name__ == "__main__":
    main()
