"""docmill run nlp: a folder of texts."""
import json
import pathlib
import subprocess
import zipfile

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs/reference/nlp.schema.json").read_text())
RECORD = json.loads((ROOT / "docs/reference/record.schema.json").read_text())

STORY = ("The committee decided on 5 March 2024 that the old bridge should be measured again. It had cost $3.2 million. "
         "Engineers found rust on the main cables, and the main cables carry the bridge. Ask ann@example.com for the "
         "report about the main cables. Nobody had expected that the council would pay for the painting of the bridge.\n")
GERMAN = ("Der Ausschuss hat beschlossen, dass die alte Brücke noch einmal vermessen wird. Das kostet 300 Euro. Die "
          "Ingenieure haben Rost an den Kabeln gefunden, und die Kabel tragen die Brücke.\n")


def write_texts(folder: pathlib.Path) -> None:
    folder.mkdir()
    (folder / "story.txt").write_text(STORY)
    (folder / "copy.html").write_text(f"<html><body><p>{STORY}</p></body></html>")
    (folder / "deutsch.md").write_text(GERMAN)
    (folder / "mail.eml").write_text("From: ann@example.com\nTo: bob@example.com\nSubject: Bridge\n\n"
                                     "Please send the bill to me before 1 June 2024.\n")


def check_record(path: pathlib.Path) -> dict:
    record = json.loads(path.read_text())
    jsonschema.validate(record, RECORD)
    return record


def test_a_folder_of_texts(docmill, tmp_path):
    write_texts(tmp_path / "in")
    done = docmill("run", "nlp", tmp_path / "in", "-o", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    for name in ("story.txt", "copy.html", "deutsch.md", "mail.eml"):
        findings = json.loads((tmp_path / f"out/{name}.nlp.json").read_text())
        jsonschema.validate(findings, SCHEMA)
        record = check_record(tmp_path / f"out/{name}.json")
        assert record["nlp"]["language"] == ("de" if name == "deutsch.md" else "en")
        text = (tmp_path / f"out/{name}.txt").read_text()
        for entity in findings["entities"]:
            assert text[entity["begin"]:entity["end"]] == entity["text"]
    assert (tmp_path / "out/copy.html.txt").read_text() == STORY
    again = docmill("run", "nlp", tmp_path / "in", "-o", tmp_path / "out")
    assert "nothing to do" in again.stdout


def test_the_job_is_summed_up(docmill, tmp_path):
    write_texts(tmp_path / "in")
    done, events = docmill.events("run", "nlp", tmp_path / "in", "-o", tmp_path / "out")
    texts = events[-1]["texts"]
    assert texts["documents"] == 4 and texts["languages"] == {"de": 1, "en": 3}
    assert texts["entities"]["email"] == 4 and texts["entities"]["date"] == 3
    (group,) = texts["near_duplicates"]
    assert sorted(pathlib.Path(name).name for name in group["documents"]) == ["copy.html", "story.txt"]
    job = events[-1]["job"]
    shown = docmill("results", job, "-o", tmp_path / "out", "--texts").stdout
    assert "languages: en 3, de 1" in shown and "nearly the same" in shown


def test_redaction_leaves_nothing_behind(docmill, tmp_path):
    write_texts(tmp_path / "in")
    done = docmill("run", "nlp", tmp_path / "in", "-o", tmp_path / "out", "--redact", "email,money",
                   "--analyses", "sentences,tokens,phrases,summary,entities")
    assert done.returncode == 0, done.stderr
    for path in (tmp_path / "out").rglob("*"):
        if path.is_file() and ".docmill" not in path.parts:
            assert "example.com" not in path.read_text() and "3.2 million" not in path.read_text(), path
    assert check_record(tmp_path / "out/story.txt.json")["nlp"]["redacted"] == {"email": 1, "money": 1}


def test_names_are_found_and_masked_when_asked_for(docmill, tmp_path):
    text = ("On Monday the chancellor Angela Merkel travelled from Berlin to London, where she spoke with David Cameron "
            "on 5 March 2024 about the plans of the United Nations.\n")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/news.txt").write_text(text)
    kinds = {}
    for name, options in {"plain": [], "all": ["--redact", "all"], "names": ["--names"],
                          "masked": ["--redact", "person,place"]}.items():
        done, events = docmill.events("run", "nlp", tmp_path / "in", "-o", tmp_path / name, *options)
        assert done.returncode == 0, done.stderr
        findings = json.loads((tmp_path / name / "news.txt.nlp.json").read_text())
        jsonschema.validate(findings, SCHEMA)
        check_record(tmp_path / name / "news.txt.json")
        kinds[name] = [entity["kind"] for entity in findings["entities"]]
        if name in ("plain", "names"):
            assert all(entity["text"] == text[entity["begin"]:entity["end"]] for entity in findings["entities"])
        if name == "names":
            assert events[-1]["texts"]["entities"] == {"date": 1, "organisation": 1, "person": 2, "place": 2}
    assert kinds["plain"] == kinds["all"] == ["date"]
    assert kinds["names"] == kinds["masked"] == ["person", "place", "place", "person", "date", "organisation"]
    assert "Merkel" in (tmp_path / "all/news.txt.txt").read_text()
    for path in (tmp_path / "masked").glob("*"):
        if path.is_file():
            assert not any(name in path.read_text() for name in ("Merkel", "Berlin", "London", "Cameron")), path


def test_in_place_does_not_feed_on_itself(docmill, tmp_path):
    write_texts(tmp_path / "in")
    for expected in ("4 documents done", "nothing to do"):
        done = docmill("run", "nlp", tmp_path / "in", "-o", tmp_path / "in")
        assert expected in done.stdout, done.stdout


def test_bad_texts_end_with_a_code(docmill, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "fake.docx").write_bytes(b"PK\x03\x04" + bytes(range(256)) * 8)
    (folder / "noise.txt").write_bytes(bytes(range(256)) * 40)
    (folder / "deep.html").write_text("<div>" * 100_000 + "deep")
    done = docmill("run", "nlp", folder, "-o", tmp_path / "out")
    assert done.returncode == 1
    codes = {name: json.loads((tmp_path / f"out/{name}.json").read_text()).get("error", {}).get("code")
             for name in ("fake.docx", "noise.txt", "deep.html")}
    assert codes == {"fake.docx": "unreadable", "noise.txt": "unsupported_type", "deep.html": None}


def test_parts_that_cannot_be_read_are_named(docmill, tmp_path):
    with zipfile.ZipFile(tmp_path / "a.docx", "w") as file:
        file.writestr("word/document.xml", f"<w:p><w:t>{STORY}</w:t></w:p>")
        file.writestr("word/comments.xml", "<w:comments")
    done = docmill("run", "validation,nlp", "a.docx", "-o", "out")
    assert done.returncode == 1
    assert "left out: The part word/comments.xml is no well-formed XML" in done.stdout
    record = check_record(tmp_path / "out/a.docx.json")
    assert record["outcome"] == "partial" and len(record["left_out"]) == 1
    assert record["validation"]["codes"] == {"part_unreadable": 1} and record["validation"]["verdict"] == "warning"
    assert "main cables" in (tmp_path / "out/a.docx.txt").read_text()
    done = docmill("run", "nlp", "a.docx", "-o", "strict", "--strict")
    assert check_record(tmp_path / "strict/a.docx.json")["error"]["code"] == "unreadable", done.stdout


def test_scans_are_read_first(docmill, scans, tmp_path):
    done = docmill("run", "ocr,nlp", "scans", "-o", "out", "--format", "txt,json")
    assert done.returncode == 0, done.stderr
    record = check_record(tmp_path / "out/hello.png.json")
    assert "Hello docmill" in (tmp_path / "out/hello.png.txt").read_text()
    assert record["nlp"]["words"] > 0 and record["pages"][0]["blocks"]
    refused = docmill("run", "ocr,nlp", "scans", "-o", "masked", "--format", "json", "--redact", "all")
    assert refused.returncode != 0
    assert "would show what is masked" in refused.stdout + refused.stderr


def test_scans_and_texts_are_read_in_one_run(docmill, scans, tmp_path):
    write_texts(scans / "texts")
    done = docmill("run", "preprocessing,ocr,validation,nlp", "scans", "-o", "out", "--format", "txt,hocr")
    assert done.returncode == 0, done.stdout + done.stderr
    scan = check_record(tmp_path / "out/hello.png.json")
    assert "hocr" in [artifact["name"] for artifact in scan["artifacts"]]
    mail = check_record(tmp_path / "out/texts/mail.eml.json")
    assert [artifact["name"] for artifact in mail["artifacts"]] == ["nlp.json", "txt", "validation.html",
                                                                    "validation.json"]
    assert mail["pages"][0]["status"] == "read" and mail["nlp"]["entities"]["date"] == 1
    assert "before 1 June 2024" in (tmp_path / "out/texts/mail.eml.txt").read_text()
    again = docmill("run", "ocr", "scans", "-o", "out2")
    assert again.returncode == 0 and not (tmp_path / "out2/texts").exists()


def test_an_installed_language_model_is_asked_first(docmill, tmp_path):
    lines = [f"__label__{label} {sentence}" for label, text in (("tlh", STORY), ("nds", GERMAN))
             for sentence in text.split(". ")] * 20
    (tmp_path / "lines").write_text("\n".join(lines))
    subprocess.run(["fasttext", "supervised", "-input", "lines", "-output", "model", "-dim", "8", "-minn", "2", "-maxn", "4",
                    "-bucket", "2000", "-epoch", "20", "-lr", "0.5", "-thread", "1", "-verbose", "0"], cwd=tmp_path, check=True)
    write_texts(tmp_path / "in")
    model = {"FASTTEXT_MODEL": str(tmp_path / "model.bin")}
    done = docmill("run", "nlp", "in", "-o", "out", env=model)
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "out/story.txt.nlp.json").read_text())["language"]["code"] == "tlh"
    assert json.loads((tmp_path / "out/deutsch.md.nlp.json").read_text())["language"]["code"] == "nds"
    assert f"{tmp_path}/model.bin" in docmill("doctor", env=model).stdout


def test_a_language_model_that_cannot_be_read_is_no_secret(docmill, tmp_path):
    (tmp_path / "story.txt").write_text(STORY)
    (tmp_path / "broken.bin").write_text("no model")
    done, events = docmill.events("run", "nlp", "story.txt", "-o", "out", env={"FASTTEXT_MODEL": str(tmp_path / "broken.bin")})
    assert done.returncode == 1
    assert "the language model" in events[-1]["troubles"][0]["reason"] and "broken.bin" in events[-1]["troubles"][0]["reason"]
