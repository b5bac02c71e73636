"""Where documents come from and outputs go: artifact stores (a directory, S3), addresses, results --fetch, remove."""
import http.server
import io
import json
import pathlib
import sys
import threading

import pytest
from conftest import SOURCE, draw, json_lines, records, wait_for
from test_distributed import artifact, long_pdf, start_worker, status, submit  # noqa: F401 (a fixture)

sys.path.insert(0, str(SOURCE / "tests/support"))
import s3_server  # noqa: E402


@pytest.fixture(scope="session")
def s3():
    if not s3_server.SERVER.exists():
        pytest.skip(f"no S3 server in {s3_server.SERVER}; tools/setup.sh test makes one")
    with s3_server.s3_server() as server:
        server.make_bucket("docmill")
        yield server


@pytest.fixture
def bucket(s3, docmill):
    """docmill keeps its artifacts in a bucket, and holds the keys to it."""
    docmill.environment.update(s3.environment, DOCMILL_STORE_URL=f"s3://docmill/{docmill.directory.name}")
    return s3


class Site:
    """A web server of this machine: path → (status, headers, body); what was asked for is noted."""

    def __init__(self):
        self.pages, self.asked = {}, []
        site = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                site.asked.append(self.path)
                code, headers, body = site.pages.get(self.path, (404, {}, b""))
                self.send_response(code)
                for name, value in {"Content-Length": str(len(body)), **headers}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *arguments):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def site():
    site = Site()
    yield site
    site.server.shutdown()
    site.server.server_close()


def png(text):
    file = io.BytesIO()
    draw(text).save(file, "PNG", dpi=(300, 300))
    return file.getvalue()


def finished(docmill, *arguments):
    done, events = docmill.events("submit", *arguments, "--wait")
    assert done.returncode in (0, 1), done.stderr
    return events[-1]


def test_fetch_makes_the_tree_that_run_makes(docmill, scans, start_worker, tmp_path):
    start_worker()
    formats = ("--format", "txt,json,pdf")
    job = finished(docmill, "ocr", "scans", "gone.png", *formats)["job"]
    fetched = docmill("results", job, "--fetch", "out")
    assert fetched.returncode == 0 and "10 files of 4 documents fetched into out" in fetched.stdout
    assert docmill("run", "ocr", "scans", "gone.png", "-o", "beside", *formats).returncode == 1
    names = [sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()
                    and ".docmill" not in path.parts) for root in (tmp_path / "out", tmp_path / "beside")]
    assert names[0] == names[1]
    text = next(name for name in names[0] if name.endswith("hello.png.txt"))
    assert "Hello docmill" in (tmp_path / "out" / text).read_text()
    assert {record["outcome"] for record in records(tmp_path / "out").values()} == {"ok", "failed"}


def test_fetching_again_leaves_alone_what_is_there(docmill, scans, start_worker, tmp_path):
    start_worker()
    job = finished(docmill, "ocr", "scans/hello.png")["job"]
    mine = tmp_path / "out/scans/hello.png.txt"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    first = json.loads(docmill("results", job, "--fetch", "out", "--json").stdout)
    assert (first["files"], first["there_already"], first["problems"]) == (1, 1, 0)
    assert mine.read_text() == "mine"
    assert docmill("results", job, "--fetch", "out", "--overwrite").returncode == 0
    assert "Hello" in mine.read_text()
    artifact(docmill, job, 0, "txt").unlink()
    lacking = docmill("results", job, "--fetch", "out", "--overwrite")
    assert lacking.returncode == 1 and "there is no output 'txt'" in lacking.stderr


def test_remove_also_removes_the_outputs(docmill, scans, start_worker):
    start_worker()
    jobs = [finished(docmill, "ocr", "scans")["job"] for _ in range(2)]
    removed = docmill("remove", jobs[0])
    assert removed.returncode == 0 and "its outputs from" in removed.stdout
    assert not artifact(docmill, jobs[0], 0, ".").exists()
    assert artifact(docmill, jobs[1], 0, "txt").exists()
    waiting = submit(docmill, "ocr", *(f"{number}.png" for number in range(3)), "--option", "language=eng")
    wait_for(lambda: status(docmill, waiting)["state"] == "finished", "its end")
    assert docmill("remove", waiting).returncode == 0


def test_a_long_record_is_kept_in_the_store_and_shown_whole(docmill, start_worker, tmp_path):
    long_pdf(tmp_path / "long.pdf", 40)
    start_worker("--part-pages", "0", "--results-inline-limit", "4KiB")
    job = finished(docmill, "ocr", "long.pdf", "--format", "txt,json")["job"]
    rows = json_lines(docmill("results", job, "--format", "json").stdout)
    assert [page["page"] for page in rows[0]["pages"]] == list(range(1, 41)) and "blocks" not in rows[0]["pages"][0]
    artifact(docmill, job, 0, "json").unlink()
    cut = docmill("results", job, "--format", "json")
    manifest = json_lines(cut.stdout)[0]["manifest"]
    assert (manifest["artifact"], manifest["pages"], manifest["by_status"]) == ("json", 40, {"ok": 40})
    assert "its pages are not shown" in cut.stderr


def test_a_long_record_of_a_run_is_read_beside_its_outputs(docmill, tmp_path):
    long_pdf(tmp_path / "long.pdf", 12)
    docmill("run", "ocr", "long.pdf", "-o", "out", "--results-inline-limit", "4096")
    job = docmill.jobs("out")[0]["id"]
    shown = json_lines(docmill("results", job, "-o", "out", "--format", "json").stdout)[0]
    assert len(shown["pages"]) == 12 and "manifest" not in shown
    assert "nothing to do" in docmill("run", "ocr", "long.pdf", "-o", "out").stdout


def test_documents_behind_addresses_are_fetched(docmill, site, start_worker, tmp_path):
    site.pages = {"/a.png": (200, {"Last-Modified": "Tue, 24 Nov 2020 10:00:00 GMT"}, png("Fetched page")),
                  "/moved": (302, {"Location": "/a.png"}, b""), "/broken": (503, {}, b""),
                  "/secret": (403, {}, b""), "/large": (200, {}, b"x" * 200_000)}
    start_worker("--sources-allow-private", "true", "--sources-max-bytes", "100KiB")
    paths = ("a.png", "moved", "broken", "secret", "large", "gone")
    summary = finished(docmill, "ocr", *(f"{site.url}/{path}" for path in paths), "--retry-attempts", "2",
                       "--retry-backoff-base", "10ms")
    assert (summary["done"], summary["failed"]) == (2, 4)
    rows = {pathlib.Path(row["document"]).name: row
            for row in json_lines(docmill("results", summary["job"], "--format", "json").stdout)}
    codes = {name: rows[name]["error"]["code"] for name in paths[2:]}
    assert codes == {"broken": "source_unavailable", "secret": "access_denied", "large": "too_large", "gone": "not_found"}
    assert site.asked.count("/broken") == 2 and site.asked.count("/secret") == 1
    assert rows["a.png"]["source"]["modified"].startswith("2020-11-24T10:00:00")
    assert docmill("results", summary["job"], "--fetch", "out").returncode == 0
    assert "Fetched page" in (tmp_path / "out" / site.url.removeprefix("http://") / "a.png.txt").read_text()


def test_addresses_in_our_own_network_are_refused_also_behind_redirects_and_names(docmill, site, start_worker):
    site.pages = {"/a.png": (200, {}, png("Secret"))}
    start_worker()
    port = site.server.server_port
    addresses = [f"{site.url}/a.png", f"http://localhost:{port}/a.png", f"http://[::ffff:127.0.0.1]:{port}/a.png",
                 f"http://0.0.0.0:{port}/a.png", f"http://2130706433:{port}/a.png"]
    summary = finished(docmill, "ocr", *addresses)
    assert summary["failed"] == len(addresses) and not site.asked
    rows = json_lines(docmill("results", summary["job"], "--format", "json").stdout)
    assert {row["error"]["code"] for row in rows} == {"access_denied"}


def test_run_reads_addresses_too_and_does_nothing_twice(docmill, site, tmp_path):
    site.pages = {"/a.png": (200, {}, png("Fetched page"))}
    command = ("run", "ocr", f"{site.url}/a.png", "-o", "out", "--sources-allow-private", "true")
    assert docmill(*command).returncode == 0
    assert "Fetched page" in next((tmp_path / "out").rglob("a.png.txt")).read_text()
    assert "nothing to do" in docmill(*command).stdout and len(site.asked) == 1


def test_outputs_and_documents_in_a_bucket(docmill, bucket, scans, start_worker, tmp_path):
    long_pdf(tmp_path / "long.pdf", 8)
    bucket.write("docmill", "in/some%20scan.png", png("From the bucket"))
    workers = [start_worker("-j", "1", "--part-pages", "2") for _ in range(2)]
    summary = finished(docmill, "ocr", "scans", "long.pdf", "s3://docmill/in/some scan.png", "s3://docmill/in/none.png",
                       "--format", "txt,pdf")
    assert (summary["done"], summary["failed"], summary["pages"]) == (5, 1, 13), summary["troubles"]
    prefix = f"{tmp_path.name}/{summary['job']}/"
    keys = {key.removeprefix(prefix) for key in bucket.keys("docmill", prefix)}
    assert {f"{index}/json" for index in range(6)} <= keys and not any("parts" in key for key in keys)
    assert sum(len(worker.log("done")) for worker in workers) >= 4 + 4
    assert docmill("results", summary["job"], "--fetch", "out").returncode == 0
    text = (tmp_path / "out/long.pdf.txt").read_text()
    assert [text.index(f"Leaf {number}") for number in range(8)] == sorted(text.index(f"Leaf {n}") for n in range(8))
    assert "From the bucket" in (tmp_path / "out/docmill/in/some scan.png.txt").read_text()
    failed = json_lines(docmill("results", summary["job"], "--failed", "--format", "json").stdout)
    assert [row["error"]["code"] for row in failed] == ["not_found"]
    assert docmill("remove", summary["job"]).returncode == 0
    assert bucket.keys("docmill", prefix) == []
    assert bucket.keys("docmill", "in/") == ["in/some scan.png"]


def test_a_store_that_refuses_costs_no_attempt(docmill, bucket, scans, start_worker):
    right = docmill.environment["AWS_SECRET_ACCESS_KEY"]
    docmill.environment["AWS_SECRET_ACCESS_KEY"] = "wrong"
    stuck = start_worker()
    job = submit(docmill, "ocr", "scans/hello.png")
    notice = wait_for(lambda: stuck.log("notice"), "a notice")[0]["message"]
    assert "outputs cannot be written" in notice and "SignatureDoesNotMatch" in notice
    assert stuck.end() == 0
    assert status(docmill, job)["documents"]["failed"] == 0
    docmill.environment["AWS_SECRET_ACCESS_KEY"] = right
    start_worker()
    wait_for(lambda: status(docmill, job)["state"] == "finished", "its end")
    assert json_lines(docmill("results", job, "--format", "json").stdout)[0]["statistics"]["attempts"] == 1


def test_doctor_tries_the_store(docmill, tmp_path):
    def outputs(**environment):
        return [(f["level"], f["text"]) for f in json_lines(docmill("doctor", "--json", env=environment).stdout)
                if f["subject"] == "outputs"]
    assert outputs() == []
    assert outputs(DOCMILL_STORE_URL=str(tmp_path / "store")) == [("ok", f"{tmp_path}/store can be written")]
    assert [path.name for path in (tmp_path / "store").iterdir()] == ["tmp"]
    (tmp_path / "file").write_text("")
    assert outputs(DOCMILL_STORE_URL=str(tmp_path / "file"))[0][0] == "problem"
    assert outputs(DOCMILL_STORE_URL="s3:///x")[0][0] == "problem"


def test_doctor_tries_the_bucket(docmill, bucket):
    well = docmill("doctor")
    assert well.returncode == 0 and "can be written" in well.stdout
    assert bucket.keys("docmill", docmill.directory.name) == []
    refused = docmill("doctor", env={"AWS_SECRET_ACCESS_KEY": "mistaken"})
    assert refused.returncode == 1 and "SignatureDoesNotMatch" in refused.stdout
    assert "mistaken" not in refused.stdout
