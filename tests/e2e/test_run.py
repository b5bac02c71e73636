"""docmill run: outputs, records, events, exit statuses."""
import json
import os
import pathlib
import subprocess

import jsonschema
import pytest
from conftest import DOCMILL, SOURCE, draw, json_lines, records, snapshot

SCHEMA = json.loads((SOURCE / "docs/reference/record.schema.json").read_text())


def test_a_folder_becomes_the_same_tree_of_texts(docmill, scans, tmp_path):
    done = docmill("run", "ocr", "scans", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert "3 documents done" in done.stdout and "4 pages" in done.stdout
    out = tmp_path / "out"
    assert "Hello docmill" in (out / "hello.png.txt").read_text()
    assert "Second page" in (out / "deep/second.jpg.txt").read_text()
    text = (out / "deep/er/two pages.pdf.txt").read_text()
    assert text.index("First leaf") < text.index("Other leaf")


def test_every_format_is_written_and_every_record_fits_the_schema(docmill, scans, tmp_path):
    done = docmill("run", "ocr", "scans", "gone.png", "-o", "out", "--format", "txt,json,hocr,alto,tsv,pdf")
    assert done.returncode == 1
    for suffix in (".txt", ".json", ".hocr", ".alto.xml", ".tsv", ".pdf"):
        assert (tmp_path / f"out/hello.png{suffix}").stat().st_size > 0
    assert (tmp_path / "out/deep/er/two pages.pdf").read_bytes().startswith(b"%PDF")
    found = records(tmp_path / "out")
    assert len(found) == 4
    for record in found.values():
        jsonschema.validate(record, SCHEMA)
    assert sorted(r["outcome"] for r in found.values()) == ["failed", "ok", "ok", "ok"]


def test_inputs_are_never_modified(docmill, scans):
    before = snapshot(scans)
    assert docmill("run", "ocr", "scans", "-o", "out", "--format", "txt,pdf").returncode == 0
    assert snapshot(scans) == before


def test_outputs_beside_the_inputs_spare_the_inputs(docmill, scans):
    before = snapshot(scans)
    for more in ([], ["--overwrite"]):
        done = docmill("run", "ocr", "scans", "-o", "scans", "--format", "txt,pdf", *more)
        assert done.returncode == 1
        assert "output_exists" in done.stdout
        after = snapshot(scans)
        assert {name: after[name] for name in before} == before
    assert "hello.png.txt" in after and "hello.png.pdf" in after


def test_a_foreign_file_is_not_overwritten_unless_asked(docmill, scans, tmp_path):
    foreign = tmp_path / "out/hello.png.txt"
    foreign.parent.mkdir()
    foreign.write_text("mine")
    done = docmill("run", "ocr", "scans/hello.png", "-o", "out")
    assert done.returncode == 0  # outputs of files lie as given: out/scans/hello.png.txt
    done = docmill("run", "ocr", "scans", "-o", "out")
    assert done.returncode == 1 and "output_exists" in done.stdout
    assert foreign.read_text() == "mine"
    assert docmill("run", "ocr", "scans", "-o", "out", "--overwrite").returncode == 0
    assert "Hello docmill" in foreign.read_text()


def test_a_missing_file_fails_alone(docmill, scans, tmp_path):
    done, events = docmill.events("run", "ocr", "scans", "missing.pdf", "-o", "out")
    assert done.returncode == 1
    ends = {os.path.basename(e["document"]): e for e in events if e["event"] == "document"}
    assert ends["missing.pdf"]["error"]["code"] == "not_found"
    assert sum(e["outcome"] == "ok" for e in ends.values()) == 3


def test_events_tell_the_whole_story(docmill, scans):
    done, events = docmill.events("run", "ocr", "scans", "-o", "out")
    assert done.returncode == 0
    kinds = [e["event"] for e in events]
    assert kinds[0] == "job" and kinds[-1] == "summary"
    assert kinds.count("started") == 3 and kinds.count("document") == 3
    assert sum(e["event"] == "page" for e in events) == 4
    summary = events[-1]
    assert (summary["documents"], summary["done"], summary["failed"], summary["pages"]) == (3, 3, 0, 4)


def test_quiet_says_nothing_but_failures(docmill, scans):
    done = docmill("run", "ocr", "scans", "-o", "out", "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    done = docmill("run", "ocr", "scans", "missing.pdf", "-o", "out", "-q")
    assert done.returncode == 1 and done.stdout == ""
    assert "missing.pdf: not_found:" in done.stderr


def test_a_long_document_is_split_and_merged(docmill, tmp_path):
    pages = [draw(f"Leaf {number}") for number in range(7)]
    pages[0].save(tmp_path / "long.pdf", resolution=300, save_all=True, append_images=pages[1:])
    done, events = docmill.events("run", "ocr", "long.pdf", "-o", "out", "--part-pages", "2")
    assert done.returncode == 0, done.stderr
    assert sum(e["event"] == "started" and e["kind"] == "part" for e in events) == 4
    text = (tmp_path / "out/long.pdf.txt").read_text()
    positions = [text.index(f"Leaf {number}") for number in range(7)]
    assert positions == sorted(positions)
    assert [page["page"] for page in records(tmp_path / "out").popitem()[1]["pages"]] == list(range(1, 8))


def test_ten_thousand_names_from_a_list(docmill):
    names = "".join(f"document-{number:05}.pdf\n" for number in range(10_000))
    done, events = docmill.events("run", "noop", "-", "-o", "out", "--isolation", "worker", stdin=names)
    assert done.returncode == 0, done.stderr
    assert events[-1]["done"] == 10_000
    assert sum(e["event"] == "document" for e in events) == 10_000


def test_paths_are_shown_as_they_are(docmill, tmp_path):
    """Without the mark in a document's name that says what its outputs mirror."""
    done = docmill("run", "ocr", "gone/a.png", "-o", "out")
    record = json.loads((tmp_path / "out/gone/a.png.json").read_text())
    assert record["error"]["message"] == f"no such file: {tmp_path}/gone/a.png"
    crashed = docmill("run", "noop", "gone/b.png", "-o", "out", "--fault", "crash", "--attempts", "1")
    assert f"docmill: {tmp_path}/gone/b.png: " in crashed.stderr
    assert "/./" not in done.stdout + done.stderr + crashed.stdout + crashed.stderr


def test_a_reader_who_goes_away_does_not_stop_the_work(docmill, scans, tmp_path):
    process = docmill.start("run", "ocr", "scans", "-o", "out", "--json")
    process.stdout.close()
    assert process.wait(60) == 0
    assert len(records(tmp_path / "out")) == 3
    process.stderr.close()


def test_the_exit_status_is_2_for_wrong_usage(docmill, scans):
    for arguments, sentence in [
        (["run", "orc", "scans", "-o", "out"], "did you mean 'ocr'?"),
        (["run", "ocr", "scans"], "--output"),
        (["run", "ocr", "-o", "out"], "nothing to read"),
        (["run", "ocr", "scans", "-o", ""], "--output is empty"),
        (["run", "ocr", "", "-o", "out"], "a PATH is empty"),
        (["run", "ocr", "scans", "-o", "out", "--mode", "atuo"], "did you mean 'auto'?"),
        (["run", "ocr", "scans", "-o", "out", "--oversample", "7"], "from 72 to 1200"),
        (["run", "ocr", "scans", "-o", "out", "--pages", "3-x"], "'3-x' is no page and no range"),
        (["run", "ocr", "scans", "-o", "out", "--pages", "-1"], "'-1' is no page and no range"),
        (["run", "noop", "scans", "-o", "out", "-l", "eng"], "no option 'language'"),
        (["run", "ocr", "scans", "-o", "out", "-j", "many"], "flag --jobs: 'workers.max' must be"),
        (["run", "ocr", "scans", "-o", "out", "-f", "-m", "skip"], "excludes"),
        (["rnu", "ocr"], "did you mean 'run'?"),
        ([], "docmill --help"),
    ]:
        done = docmill(*arguments)
        assert done.returncode == 2, arguments
        assert sentence in done.stderr and done.stderr.startswith("docmill: "), done.stderr
        assert done.stderr.count("\n") == 1
    assert not (pathlib.Path(docmill.directory) / "out").exists()


def test_a_new_job_clears_the_parts_that_earlier_ones_left(docmill, scans, tmp_path):
    left = tmp_path / "out/.docmill/parts/gone/0/1.txt"
    left.parent.mkdir(parents=True)
    left.write_text("left")
    assert docmill("run", "ocr", "scans", "-o", "out", "--durable", "true").returncode == 0
    assert not left.exists() and len(records(tmp_path / "out")) == 3


def test_an_unwritable_output_directory_is_told(docmill, scans):
    done = docmill("run", "ocr", "scans", "-o", "/proc/nowhere")
    assert done.returncode == 2
    assert "cannot write to the output directory /proc/nowhere" in done.stderr
    done = docmill("run", "ocr", "scans", "-o", "scans/hello.png")
    assert done.returncode == 2 and "cannot write to the output directory" in done.stderr


def test_a_full_output_directory_ends_the_run_and_the_same_command_goes_on(docmill, scans, tmp_path):
    out = tmp_path / "small"
    out.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", out], capture_output=True, text=True)
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a small file system: {mounted.stderr.strip()}")
    try:
        ballast = out / "ballast"
        ballast.write_bytes(b"x" * (640 << 10))
        done = docmill("run", "ocr", "scans", "-o", out, "--format", "txt,pdf")
        assert done.returncode in (1, 2), done.stdout
        told = done.stdout + done.stderr
        assert "output_unavailable" in told or "No space left" in told or "full" in told, told
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", out], check=True)
        again = docmill("run", "ocr", "scans", "-o", out, "--format", "txt,pdf")
        assert again.returncode == 0, again.stdout + again.stderr
        assert len(records(out)) == 3
    finally:
        subprocess.run(["umount", out], check=True)
