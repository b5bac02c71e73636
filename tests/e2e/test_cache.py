"""Page images that come again, and are not recognised again."""
import json
import shutil
import subprocess
import sys
import threading

import jsonschema
import pytest
from conftest import SOURCE, draw, records

SCHEMA = json.loads((SOURCE / "docs/reference/record.schema.json").read_text())


def entries(directory):
    return sorted(path for path in directory.iterdir() if not path.name.startswith("new-"))


def remembered(output):
    """Document → for each page whether it was not recognised again."""
    for record in records(output).values():
        jsonschema.validate(record, SCHEMA)
    return {name.rsplit("/", 1)[-1]: [page.get("remembered", False) for page in record["pages"]]
            for name, record in records(output).items()}


def summary(docmill, *arguments):
    done, events = docmill.events("run", "ocr", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return events[-1]


@pytest.fixture
def twins(tmp_path):
    """A document with the same page twice, and a copy of it."""
    folder = tmp_path / "in"
    folder.mkdir()
    page, other = draw("The same page"), draw("Another page")
    page.save(folder / "a.tif", dpi=(300, 300), save_all=True, append_images=[other, page])
    shutil.copy(folder / "a.tif", folder / "b.tif")
    return folder


def test_the_same_page_is_recognised_once(docmill, twins, tmp_path):
    end = summary(docmill, twins, "-o", "out", "-j1")
    found = remembered(tmp_path / "out")
    assert sorted(found.values()) == [[False, False, True], [True, True, True]]
    assert (end["pages"], end["remembered"]) == (6, 4)
    texts = {path.read_text() for path in (tmp_path / "out").glob("*.txt")}
    assert len(texts) == 1 and texts.pop().count("The same page") == 2
    assert len(entries(tmp_path / "out/.docmill/cache")) == 2


def without_times(path):
    """The bytes of an output; of a record what is the same at each reading."""
    if path.suffix != ".json" or not (record := json.loads(path.read_bytes())).get("pages"):
        return path.read_bytes()
    return [{k: v for k, v in page.items() if k not in ("seconds", "remembered")} for page in record["pages"]]


def test_all_outputs_are_those_of_a_fresh_reading(docmill, tmp_path):
    kinds = ("skewed", "noisy", "columns")
    subprocess.run([sys.executable, SOURCE / "bench/pages/make-pages.py", tmp_path / "in", "--count", "3", "--kinds",
                    ",".join(kinds)], check=True, capture_output=True)
    documents = sorted((tmp_path / "in").glob("*.pdf"))
    assert len(documents) == len(kinds)
    shared = ("-j1", "--cache-directory", tmp_path / "cache", "--format", "txt,json,hocr,alto,tsv,pdf,blocks")
    assert summary(docmill, *documents, "-o", "fresh", *shared)["remembered"] == 0
    assert summary(docmill, *documents, "-o", "remembered", *shared)["remembered"] == len(documents)
    outputs = [path for path in (tmp_path / "fresh").rglob("*") if path.is_file() and ".docmill" not in path.parts]
    assert len(outputs) == 7 * len(documents)
    for path in outputs:
        again = tmp_path / "remembered" / path.relative_to(tmp_path / "fresh")
        assert without_times(again) == without_times(path), path.name


def test_the_summary_says_so(docmill, twins):
    done = docmill("run", "ocr", twins, "-o", "out", "-j1")
    assert "; 4 of them recognised before" in done.stdout


def test_parts_and_preprocessed_pages_are_remembered_too(docmill, twins, tmp_path):
    done = docmill("run", "preprocessing,ocr", twins / "a.tif", "-o", "out", "-j1", "--part-pages", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert remembered(tmp_path / "out") == {"a.tif": [False, False, True]}


def test_other_options_are_not_confused(docmill, twins, tmp_path):
    shared = ("-j1", "--cache-directory", tmp_path / "cache")
    (tmp_path / "words").write_text("docmill\n")
    summary(docmill, twins / "a.tif", "-o", "one", *shared)
    assert summary(docmill, twins / "a.tif", "-o", "two", *shared, "--format", "txt,hocr")["remembered"] == 3
    assert summary(docmill, twins / "a.tif", "-o", "three", *shared, "--tesseract-pagesegmode", "6")["remembered"] == 1
    assert summary(docmill, twins / "a.tif", "-o", "four", *shared, "--user-words", "words")["remembered"] == 1


def test_it_can_be_switched_off(docmill, twins, tmp_path):
    assert summary(docmill, twins, "-o", "out", "-j1", "--cache-size", "0")["remembered"] == 0
    assert not (tmp_path / "out/.docmill/cache").exists()


def test_the_bound_holds(docmill, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(12):
        draw(f"Page number {number}").save(folder / f"{number:02}.png", dpi=(300, 300))
    summary(docmill, folder, "-o", "out", "-j1", "--cache-size", "32K")
    assert 1 <= len(entries(tmp_path / "out/.docmill/cache")) <= 8  # each takes a block of 4 KiB


@pytest.mark.parametrize("damage", ["altered", "cut off", "empty", "of another page"])
def test_a_damaged_entry_is_ignored_and_made_again(docmill, twins, tmp_path, damage):
    shared = ("-j1", "--cache-directory", tmp_path / "cache")
    summary(docmill, twins / "a.tif", "-o", "one", *shared)
    expected = (tmp_path / "one/a.tif.txt").read_text()
    whole = {path: path.read_bytes() for path in entries(tmp_path / "cache")}
    for path, content in whole.items():
        broken = {"altered": content.replace(b"page", b"PAGE"), "cut off": content[:-40], "empty": b"",
                  "of another page": b"docmill entry 1 " + b"0" * 64 + b"\n{}\n"}[damage]
        path.write_bytes(broken)
    assert summary(docmill, twins / "a.tif", "-o", "two", *shared)["remembered"] == 1  # its own first page
    assert (tmp_path / "two/a.tif.txt").read_text() == expected
    assert summary(docmill, twins / "a.tif", "-o", "three", *shared)["remembered"] == 3


def test_two_runs_at_once_share_one_directory(docmill, twins, tmp_path):
    ends = {}

    def run(name):
        ends[name] = summary(docmill, twins, "-o", name, "--cache-directory", tmp_path / "cache")

    threads = [threading.Thread(target=run, args=(name,)) for name in ("one", "two")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    texts = [(tmp_path / name / f"{document}.tif.txt").read_text() for name in ends for document in "ab"]
    assert len(ends) == 2 and len(set(texts)) == 1
    assert len(entries(tmp_path / "cache")) == 2
    assert summary(docmill, twins, "-o", "three", "--cache-directory", tmp_path / "cache")["remembered"] == 6


def test_a_directory_that_cannot_be_used_costs_nothing(docmill, twins, tmp_path):
    (tmp_path / "file").write_text("in the way")
    assert summary(docmill, twins, "-o", "out", "--cache-directory", tmp_path / "file")["remembered"] == 0
