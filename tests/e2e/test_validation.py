"""docmill run validation: verdicts on a folder of documents."""
import json
import pathlib
import zipfile

import jsonschema
from conftest import SOURCE, draw, records
from PIL import Image

SCHEMA = json.loads((SOURCE / "docs/reference/validation.schema.json").read_text())
RECORD = json.loads((SOURCE / "docs/reference/record.schema.json").read_text())
STORY = "The committee decided in March that the old bridge should be measured again, and nobody was surprised by that.\n"


def a_folder(folder: pathlib.Path) -> None:
    folder.mkdir()
    (folder / "story.txt").write_text(STORY)
    (folder / "copy.txt").write_text(STORY)
    (folder / "story.html").write_text(f"<html><body><p>{STORY}</p></body></html>")
    (folder / "torn.pdf").write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog")
    draw("Hello docmill").save(folder / "wrong.pdf", "PNG", dpi=(300, 300))
    Image.new("L", (600, 800), 255).save(folder / "empty.png", dpi=(150, 150))


def report(output: pathlib.Path, name: str) -> dict:
    found = json.loads((output / f"{name}.validation.json").read_text())
    jsonschema.validate(found, SCHEMA)
    jsonschema.validate(json.loads((output / f"{name}.json").read_text()), RECORD)
    assert (output / f"{name}.validation.html").read_text().startswith("<!DOCTYPE html>")
    return found


def codes(found: dict) -> list[str]:
    return [finding["code"] for finding in found["findings"]]


def test_a_folder_gets_its_verdicts(docmill, tmp_path):
    a_folder(tmp_path / "in")
    done, events = docmill.events("run", "validation", "in", "-o", "out")
    assert done.returncode == 1, done.stderr
    out = tmp_path / "out"
    assert codes(report(out, "story.txt")) == [] and report(out, "story.txt")["verdict"] == "valid"
    assert codes(report(out, "torn.pdf")) == ["unreadable"] and report(out, "torn.pdf")["score"] == 0
    assert codes(report(out, "wrong.pdf")) == ["type_mismatch"]
    assert codes(report(out, "empty.png")) == ["blank_document", "blank_page"]
    summary = events[-1]["validation"]
    assert events[-1]["failed"] == 0 and summary["documents"] == 6
    assert (summary["valid"], summary["warning"], summary["invalid"]) == (3, 0, 3)
    assert summary["findings"]["unreadable"] == 1
    assert {pathlib.Path(item["document"]).name for item in summary["invalid_documents"]} == {"torn.pdf", "wrong.pdf", "empty.png"}
    (same,) = summary["duplicates"]
    assert sorted(pathlib.Path(name).name for name in same["documents"]) == ["copy.txt", "story.txt"]
    (alike,) = summary["near_duplicates"]
    assert "story.html" in {pathlib.Path(name).name for name in alike["documents"]}
    shown = docmill("results", events[-1]["job"], "-o", "out", "--verdicts")
    assert "verdicts: 3 valid, 0 warning, 3 invalid" in shown.stdout and "torn.pdf: unreadable" in shown.stdout


def test_a_repeated_run_still_says_what_is_invalid(docmill, tmp_path):
    a_folder(tmp_path / "in")
    assert docmill("run", "validation", "in", "-o", "out").returncode == 1
    again = docmill("run", "validation", "in", "-o", "out")
    assert again.returncode == 1, again.stderr
    assert "6 documents are done already, 3 of them invalid (docmill results JOB -o out --verdicts names them)" in again.stdout + again.stderr
    (tmp_path / "in" / "more.txt").write_text("One more document, which is as it should be.\n")
    more, events = docmill.events("run", "validation", "in", "-o", "out")
    assert more.returncode == 1, "the new one is valid, the old ones are not"
    assert (events[-1]["invalid_already"], events[-1]["validation"]["invalid"]) == (3, 0)


def test_rules_come_from_a_file_and_from_flags(docmill, tmp_path):
    (tmp_path / "a.txt").write_text(STORY)
    (tmp_path / "rules.toml").write_text("required_patterns = ['bridge', 'a{1,2}']\nlanguages = 'de'\n"
                                         "[severity]\nlanguage_not_allowed = 'warning'\n")
    done = docmill("run", "validation", "a.txt", "-o", "out", "--rules", "rules.toml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert codes(report(tmp_path / "out", "a.txt")) == ["language_not_allowed"]
    done = docmill("run", "validation", "a.txt", "-o", "out2", "--rules", "rules.toml", "--languages", "en",
                   "--forbidden-patterns", "(?i)COMMITTEE", "--forbidden-patterns", "no,such")
    assert done.returncode == 1
    assert codes(report(tmp_path / "out2", "a.txt")) == ["pattern_found"]
    (tmp_path / "rules.toml").write_text("min_pages = 1\nmin_page = 2\n")
    for arguments, message in ((("--rules", "rules.toml"), "option 'rules': line 2"),
                               (("--forbidden-patterns", "(a"), "no regular expression"),
                               (("--severity", "skewd=off"), "did you mean 'skewed'?")):
        wrong = docmill("run", "validation", "a.txt", "-o", "out3", *arguments)
        assert wrong.returncode == 2 and message in wrong.stderr, wrong.stderr


def test_it_stands_between_ocr_and_nlp(docmill, tmp_path):
    draw("Hello docmill").save(tmp_path / "a.png", dpi=(300, 300))
    (tmp_path / "torn.pdf").write_bytes(b"%PDF-1.7\n")
    done = docmill("run", "preprocessing,ocr,validation,nlp", "a.png", "torn.pdf", "-o", "out")
    assert done.returncode == 1
    found = records(tmp_path / "out")
    record = next(record for name, record in found.items() if name.endswith("a.png"))
    jsonschema.validate(record, RECORD)
    assert record["validation"]["verdict"] == "valid" and record["nlp"]["words"] == 2
    torn = next(record for name, record in found.items() if name.endswith("torn.pdf"))
    assert torn["outcome"] == "failed" and torn["error"]["code"] == "unreadable"
    for pipeline, message in (("validation,ocr", "must stand before"), ("nlp,validation", "must stand before")):
        wrong = docmill("run", pipeline, "a.png", "-o", "out2")
        assert wrong.returncode == 2 and message in wrong.stderr


def test_a_document_that_is_split_is_judged_as_one(docmill, tmp_path):
    pages = [draw(f"Page {number}", (1000, 600)) for number in range(3)]
    pages[1] = Image.new("L", (1000, 600), 255)
    pages[0].save(tmp_path / "book.tiff", save_all=True, append_images=pages[1:], dpi=(100, 100))
    for output, size in (("whole", "32"), ("parts", "1")):
        assert docmill("run", "validation", "book.tiff", "-o", output, "--part-pages", size).returncode == 0
    for name in ("book.tiff.validation.json", "book.tiff.validation.html"):
        assert (tmp_path / "whole" / name).read_bytes() == (tmp_path / "parts" / name).read_bytes(), name
    assert "<figure>" in (tmp_path / "whole/book.tiff.validation.html").read_text()


def test_an_office_file_of_pictures_alone_is_not_blank(docmill, tmp_path):
    (tmp_path / "in").mkdir()
    body = '<w:document xmlns:w="w"><w:body><w:p/></w:body></w:document>'
    for name, others in (("empty", []), ("pictures", ["word/media/image1.png"])):
        with zipfile.ZipFile(tmp_path / f"in/{name}.docx", "w") as file:
            for member in ("word/document.xml", *others):
                file.writestr(member, body)
    docmill("run", "validation", "in", "-o", "out")
    empty, pictures = (report(tmp_path / "out", f"{name}.docx") for name in ("empty", "pictures"))
    assert (codes(empty), empty["verdict"]) == (["blank_document"], "invalid")
    assert (codes(pictures), pictures["verdict"]) == (["not_all_inspected"], "valid")
