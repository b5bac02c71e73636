"""docmill run ocr --output-type pdfa: PDF/A by Ghostscript, or a plain PDF and the reason why."""
import json
import os
import pathlib
import shutil
import subprocess

import jsonschema
import pytest
from conftest import SOURCE, draw, wait_for
from PIL import Image

RECORD = json.loads((SOURCE / "docs/reference/record.schema.json").read_text())
PDFA = ("--format", "pdf,txt", "--output-type", "pdfa")

pytestmark = pytest.mark.skipif(shutil.which("gs") is None, reason="Ghostscript is not installed")


def record_of(path: pathlib.Path) -> dict:
    record = json.loads(path.read_text())
    jsonschema.validate(record, RECORD)
    return record


def a_gs(folder: pathlib.Path, script: str) -> dict[str, str]:
    """An environment in which another program is Ghostscript."""
    folder.mkdir()
    (folder / "gs").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "gs").chmod(0o755)
    return {"PATH": f"{folder}:{os.environ['PATH']}"}


def test_scans_and_images_become_pdfa(docmill, tmp_path):
    (tmp_path / "in").mkdir()
    draw("Hello docmill").save(tmp_path / "in/page.png", dpi=(300, 300))
    pages = [draw(text) for text in ("First page", "Second page", "Third page")]
    pages[0].save(tmp_path / "in/scan.pdf", save_all=True, append_images=pages[1:], resolution=300)
    done, events = docmill.events("run", "ocr", "in", "-o", "out", *PDFA, "--part-pages", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert events[-1]["pdfa"] == {"pdfa": 2, "plain": 0, "plain_documents": []}
    for record, name, text in (("page.png.json", "page.png.pdf", "Hello"), ("scan.pdf.json", "scan.pdf", "Third page")):
        assert record_of(tmp_path / "out" / record)["pdfa"] == {"conformance": "2b"}
        words = subprocess.run(["pdftotext", tmp_path / "out" / name, "-"], capture_output=True, text=True, check=True).stdout
        assert text in words
        subprocess.run(["qpdf", "--check", tmp_path / "out" / name], check=True, capture_output=True)
    judged = docmill("run", "validation", "out/scan.pdf", "out/page.png.pdf", "-o", "judged", "--report", "json")
    assert judged.returncode == 0, judged.stdout
    codes = [finding["code"] for report in (tmp_path / "judged").rglob("*.validation.json")
             for finding in json.loads(report.read_text())["findings"]]
    assert codes.count("claims_pdfa") == 2 and "pdfa_contradicted" not in codes


def test_a_pdf_that_cannot_be_one_stays_plain_and_says_so(docmill, tmp_path):
    Image.new("1", (150, 20), 1).save(tmp_path / "wide.pdf", resolution=0.5)  # 21,600 points
    done = docmill("run", "ocr", "wide.pdf", "-o", "out", *PDFA)
    assert done.returncode == 1 and "1 PDF is no PDF/A" in done.stdout + done.stderr
    assert "larger or smaller than PDF/A allows" in record_of(tmp_path / "out/wide.pdf.json")["pdfa"]["reason"]
    assert (tmp_path / "out/wide.pdf").read_bytes().startswith(b"%PDF")
    strict, events = docmill.events("run", "ocr", "wide.pdf", "-o", "strict", *PDFA, "--strict")
    assert strict.returncode == 1 and events[-1]["failed"] == 1
    assert "no PDF/A can be made of" in events[-1]["troubles"][0]["reason"]


def test_the_format_must_be_asked_for(docmill, tmp_path):
    draw("Hello").save(tmp_path / "page.png", dpi=(300, 300))
    done = docmill("run", "ocr", "page.png", "-o", "out", "--output-type", "pdfa")
    assert done.returncode == 2 and "--format pdf" in done.stderr


def test_without_ghostscript_the_package_is_named(docmill, tmp_path):
    draw("Hello").save(tmp_path / "page.png", dpi=(300, 300))
    (tmp_path / "empty").mkdir()
    done, events = docmill.events("run", "ocr", "page.png", "-o", "out", *PDFA, env={"PATH": str(tmp_path / "empty")})
    assert done.returncode in (1, 2)
    assert "install the package ghostscript" in done.stdout + done.stderr


def test_a_ghostscript_that_hangs_costs_its_document_and_leaves_nothing(docmill, tmp_path):
    draw("Hello").save(tmp_path / "page.png", dpi=(300, 300))
    marker = tmp_path / "gs.pid"
    environment = a_gs(tmp_path / "bin", f"echo $$ > {marker}; exec sleep 3600")
    done, events = docmill.events("run", "ocr", "page.png", "-o", "out", *PDFA, "--timeout", "3s", "--attempts", "1", env=environment)
    assert done.returncode == 1 and "timeout" in events[-1]["troubles"][0]["reason"]
    process = pathlib.Path("/proc") / marker.read_text().strip()
    wait_for(lambda: not process.exists() or "sleep" not in (process / "cmdline").read_text(), "Ghostscript to be killed")
