"""The other commands, also beside a run that is at work; configuration; documentation."""
import json
import re
import signal
import subprocess

import jsonschema
import pytest
from conftest import DOCMILL, SOURCE, installed, json_lines, wait_for


@pytest.fixture
def at_work(docmill):
    """A run with a long way to go, and its job."""
    process = docmill.start("run", "noop", "--from", "-", "-o", "out", "-j", "2", "--sleep-ms", "200", "--json", stdin=-1)
    process.stdin.write("".join(f"d{number}\n" for number in range(2000)))
    process.stdin.close()
    process.stdin = None

    def look():
        jobs = docmill.jobs("out")
        return jobs and jobs[0]["documents"]["done"] > 0 and jobs[0]
    yield process, wait_for(look, "a first document")["id"]
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.communicate()


def state_of(docmill, job):
    return json.loads(docmill("status", job, "-o", "out", "--json").stdout)


def test_a_run_is_watched_paused_resumed_and_cancelled_from_another_process(docmill, at_work):
    process, job = at_work
    short = job[:6]
    assert state_of(docmill, short)["state"] == "running"
    assert "running" in docmill("status", short, "-o", "out").stdout
    assert docmill("pause", short, "-o", "out").returncode == 0
    assert state_of(docmill, job)["state"] == "paused"
    still = wait_for(lambda: (s := state_of(docmill, job))["documents"]["leased"] == 0 and s, "the end of what ran")
    assert process.poll() is None
    assert docmill("resume", short, "-o", "out").returncode == 0
    wait_for(lambda: state_of(docmill, job)["documents"]["done"] > still["documents"]["done"], "work going on")
    refused = docmill("remove", short, "-o", "out")
    assert refused.returncode == 2 and refused.stderr.startswith("docmill: ")
    assert docmill("cancel", short, "-o", "out").returncode == 0
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1
    assert json_lines(output)[-1]["left"] > 0
    watched = docmill("watch", job, "-o", "out", "--json")
    assert json_lines(watched.stdout)[-1]["state"] == "cancelled"
    assert docmill("remove", job, "-o", "out").returncode == 0
    assert docmill.jobs("out") == []


def test_results_show_what_became_of_each_document(docmill, scans):
    docmill("run", "ocr", "scans", "gone.pdf", "-o", "out")
    job = docmill.jobs("out")[0]["id"]
    rows = json_lines(docmill("results", job, "-o", "out", "--format", "json").stdout)
    assert sorted(row["outcome"] for row in rows) == ["failed", "ok", "ok", "ok"]
    failed = docmill("results", job[:5], "-o", "out", "--failed").stdout
    assert failed.count("\n") == 1 and "not_found" in failed
    table = docmill("results", job, "-o", "out").stdout
    assert table.count("\n") == 4


def test_a_run_that_is_cancelled_from_another_process_says_so(docmill):
    names = "".join(f"d{number}\n" for number in range(20_000))
    process = docmill.start("run", "noop", "--from", "-", "-o", "out", "--sleep-ms", "50", stdin=-1)
    process.stdin.write(names)
    process.stdin.close()
    process.stdin = None
    job = wait_for(lambda: docmill.jobs("out"), "the job")[0]["id"]
    assert docmill("cancel", job, "-o", "out").returncode == 0
    output, _ = process.communicate(timeout=30)
    assert process.returncode == 1 and re.search(r", \d\d,\d{3} cancelled;", output), output


def test_only_a_paused_job_goes_on(docmill):
    docmill("run", "noop", "a", "-o", "out")
    job = docmill.jobs("out")[0]["id"]
    assert docmill("resume", job, "-o", "out").stdout == f"job {job}: finished, not paused\n"


def test_retry_lets_the_failed_wait_again(docmill):
    docmill("run", "ocr", "gone.pdf", "-o", "out")
    job = docmill.jobs("out")[0]["id"]
    said = docmill("retry", job, "-o", "out")
    assert said.returncode == 0 and f"job {job}: 1 document will be tried again" in said.stdout
    assert state_of(docmill, job)["documents"]["waiting"] == 1
    assert docmill("run", "ocr", "gone.pdf", "-o", "out").returncode == 1


def test_jobs_that_do_not_exist_and_queues_that_do_not_exist_are_told(docmill):
    nowhere = docmill("jobs", "-o", "out")
    assert nowhere.returncode == 2 and "there is no queue in out/.docmill" in nowhere.stderr
    docmill("run", "noop", "a", "-o", "out")
    unknown = docmill("status", "nojob", "-o", "out")
    assert unknown.returncode == 2 and "there is no job nojob" in unknown.stderr
    docmill("run", "noop", "b", "-o", "out")
    ambiguous = docmill("status", "", "-o", "out")
    assert ambiguous.returncode == 2 and "JOB is empty" in ambiguous.stderr


def test_the_configured_data_directory_is_looked_at_without_o(docmill):
    docmill("run", "noop", "a", "-o", "out")
    listed = docmill("jobs", "--data-dir", "out/.docmill", "--json")
    assert len(json_lines(listed.stdout)) == 1
    assert docmill("jobs", "--json", env={"DOCMILL_STORE_DATA_DIR": "out/.docmill"}).stdout == listed.stdout


def test_doctor_finds_all_well_and_says_what_is_wrong(docmill, tmp_path):
    well = docmill("doctor", "--json")
    assert well.returncode == 0, well.stdout
    subjects = {finding["subject"]: finding for finding in json_lines(well.stdout)}
    assert subjects["worker"]["level"] == "ok" and "eng" in subjects["languages"]["text"]
    assert {"cores", "memory", "Landlock", "seccomp"} <= subjects.keys()
    assert docmill("doctor").stdout.count("\n") == len(subjects)
    broken = docmill("doctor", env={"DOCMILL_WORKER": "/nowhere/docmill-worker", "TESSDATA_PREFIX": str(tmp_path)})
    assert broken.returncode == 1
    assert "[problem] worker: workers.executable" in broken.stdout and "tesseract-ocr-eng" in broken.stdout


def test_doctor_finds_a_damaged_database(docmill, tmp_path):
    docmill("run", "noop", "a", "-o", "out")
    (tmp_path / "out/.docmill/queue.db").write_bytes(b"no database " * 1000)
    for leftover in ("queue.db-wal", "queue.db-shm"):
        (tmp_path / "out/.docmill" / leftover).unlink(missing_ok=True)
    done = docmill("doctor", "-o", "out")
    assert done.returncode == 1 and "[problem] queue" in done.stdout


def test_config_shows_values_and_where_they_come_from(docmill, tmp_path):
    (tmp_path / "docmill.toml").write_text('[limits]\nmemory = "1GiB"\n\n[workers]\nmax = 3\n')
    shown = json.loads(docmill("config", "--json", "--timeout", "5m", env={"MAX_WORKERS": "4"}).stdout)
    assert (shown["limits.memory"]["value"], shown["limits.memory"]["origin"]) == ("1GiB", "docmill.toml:2")
    assert (shown["workers.max"]["value"], shown["workers.max"]["origin"]) == ("4", "environment MAX_WORKERS")
    assert (shown["limits.task_timeout"]["value"], shown["limits.task_timeout"]["origin"]) == ("5m", "flag --timeout")
    assert shown["log.level"]["origin"] == "default"
    assert 'memory = "1GiB"  # docmill.toml:2' in docmill("config").stdout


@pytest.mark.parametrize("text, sentence", [
    ("[limits]\nmemroy = 1\n", "docmill.toml:2: there is no configuration key 'limits.memroy'; did you mean 'limits.memory'?"),
    ("[workers]\n\nmax = -1\n", "docmill.toml:3: 'workers.max' must be a whole number from 0 to 4096, not '-1'"),
    ("[workers\n", "docmill.toml:1"),
    ("[workers]\nmin = 4\nmax = 2\n", "workers.min (4, docmill.toml:2) is more than workers.max (2, docmill.toml:3)"),
])
def test_a_wrong_configuration_is_refused_with_file_line_and_key(docmill, tmp_path, text, sentence):
    (tmp_path / "docmill.toml").write_text(text)
    for command in (["config"], ["run", "noop", "a", "-o", "out"], ["jobs", "-o", "out"], ["doctor"]):
        done = docmill(*command)
        assert done.returncode == 2
        assert sentence in done.stderr and done.stderr.count("\n") == 1


def test_a_configuration_file_that_was_named_must_exist(docmill):
    done = docmill("--config", "mine.toml", "config")
    assert done.returncode == 2 and "mine.toml" in done.stderr


def test_a_missing_worker_is_wrong_configuration(docmill, scans):
    done = docmill("run", "ocr", "scans", "-o", "out", env={"DOCMILL_WORKER": "/nowhere"})
    assert done.returncode == 2 and "/nowhere" in done.stderr


def test_a_worker_that_is_killed_before_it_says_what_it_can_do_is_asked_again(docmill, tmp_path):
    """It fares like this where memory is short while a node starts."""
    worker = tmp_path / "worker"
    worker.write_text(f"""#!/bin/sh
if [ "$1" = --offers ]; then
  echo asked >> {tmp_path}/asked
  [ "$(wc -l < {tmp_path}/asked)" -gt "$KILLED" ] || kill -9 $$
fi
exec {DOCMILL}-worker "$@"
""")
    worker.chmod(0o755)
    assert docmill("doctor", env={"DOCMILL_WORKER": str(worker), "KILLED": "2"}).returncode == 0
    always = docmill("doctor", env={"DOCMILL_WORKER": str(worker), "KILLED": "100"})
    assert f"[problem] worker: {worker} does not say what it can do: it was killed by signal 9\n" in always.stdout


def test_version_and_help_explain_the_program(docmill):
    version = docmill("--version")
    assert version.returncode == 0 and re.fullmatch(r"docmill \d+\.\d+\.\d+\n", version.stdout)
    text = docmill("--help").stdout
    for command in "run jobs status watch results cancel pause resume retry remove doctor config options".split():
        assert re.search(rf"^  {command} ", text, re.MULTILINE), command
    run = docmill("run", "--help").stdout
    for flag in ("--language", "--force-ocr", "--format", "--pages", "--password", "--from", "--null", "--overwrite",
                 "--jobs", "--isolation", "--part-pages", "--memory-limit", "--timeout", "--quiet", "--json"):
        assert flag in run, flag


def test_a_missing_or_unknown_command_is_told(docmill):
    for arguments, sentence in (((), "no command was given; see docmill --help"), (("ruun",), "did you mean 'run'?")):
        done = docmill(*arguments)
        assert done.returncode == 2 and sentence in done.stderr and done.stderr.count("\n") == 1


def test_the_help_of_run_has_no_options_of_noop(docmill):
    assert "--sleep-ms" not in docmill("run", "--help").stdout
    assert "--sleep-ms" in docmill("options", "noop").stdout


def test_the_reference_pages_are_what_docmill_prints(docmill):
    config = (SOURCE / "docs/reference/config.md").read_text()
    assert docmill("config", "--markdown").stdout.strip() in config, "docs/reference/config.md: docmill config --markdown"
    cli = (SOURCE / "docs/reference/cli.md").read_text()
    for stage in ("ocr", "preprocessing"):
        printed = docmill("options", stage, "--markdown").stdout.strip()
        assert printed in cli, f"docs/reference/cli.md: docmill options {stage} --markdown"


def test_the_schema_of_options_takes_what_docmill_takes_and_refuses_what_it_refuses(docmill):
    schema = json.loads(docmill("options", "preprocessing,ocr", "--schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    assert validator.is_valid({name: value["default"] for name, value in schema["properties"].items()})
    for options, flags in (({"mode": "force"}, ["--mode", "force"]), ({"format": ["txt", "pfd"]}, ["--format", "txt,pfd"]),
                           ({"oversample": 71}, ["--oversample", "71"]), ({"modes": 1}, ["--modes", "1"])):
        answer = docmill("run", "preprocessing,ocr", "gone.pdf", "-o", "out", *flags)
        assert validator.is_valid(options) == (answer.returncode != 2), answer.stderr


OPENAPI_CHECKER = installed("openapi-checker")


@pytest.mark.skipif(not (OPENAPI_CHECKER / "whole").exists(), reason="tools/setup.sh test installs the checker")
def test_the_openapi_description_of_options_is_one(docmill, tmp_path):
    stages = "preprocessing,ocr,validation,nlp"
    described = docmill("options", stages, "--openapi").stdout
    schema = json.loads(docmill("options", stages, "--schema").stdout)
    assert json.loads(described)["components"]["schemas"]["JobOptions"] == schema
    for name, content, status in (("right.json", described, 0), ("wrong.json", described.replace('"title"', '"titel"', 1), 1)):
        (tmp_path / name).write_text(content)
        checked = subprocess.run([OPENAPI_CHECKER / "bin/openapi-spec-validator", tmp_path / name], capture_output=True)
        assert checked.returncode == status, checked.stdout


def test_options_of_stages_stand_in_the_configuration_too(docmill, scans):
    (docmill.directory / "docmill.toml").write_text('[ocr]\nformat = ["tsv"]\n\n[document]\npassword = "secret"\n')
    assert docmill("run", "ocr", "scans", "-o", "out").returncode == 0
    assert not list((docmill.directory / "out").rglob("*.txt")) and list((docmill.directory / "out").rglob("*.tsv"))
    assert docmill("run", "ocr", "scans", "-o", "other", "--format", "txt").returncode == 0
    assert list((docmill.directory / "other").rglob("*.txt")) and not list((docmill.directory / "other").rglob("*.tsv"))
    shown = docmill("config").stdout
    assert 'format = ["tsv"]  # docmill.toml:2' in shown and 'password = "***"' in shown
    assert json.loads(docmill("config", "--json").stdout)["document.password"]["value"] == "***"
    (docmill.directory / "docmill.toml").write_text('[ocr]\nlanguag = "deu"\n')
    refused = docmill("run", "ocr", "scans", "-o", "out")
    assert refused.returncode == 2 and "docmill.toml:2" in refused.stderr and "'language'" in refused.stderr


def test_options_shows_the_table_of_a_stage(docmill):
    assert "-l,--language" in docmill("options", "ocr").stdout
    rows = json_lines(docmill("options", "ocr", "--json").stdout)
    assert {"language", "mode", "format"} <= {row["name"] for row in rows}
    assert docmill("options", "ocrr").returncode == 2
    assert docmill("options", "ocr", "--json", "--markdown").returncode == 2
