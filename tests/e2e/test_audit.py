"""History and audit: what the processes wrote down proves that the queue kept its promises, or that it did not."""
import re
import signal

import pytest
from conftest import json_lines, wait_for


@pytest.fixture
def recorded(docmill, tmp_path):
    docmill.environment["DOCMILL_HISTORY_FILE"] = str(tmp_path / "history.jsonl")
    return docmill


def audit(docmill, *histories, **options):
    """Exit status, findings, and the figures."""
    env = {"DOCMILL_HISTORY_FILE": ""}
    done = docmill("doctor", "-o", "out", "--json", "--audit", *histories, env=env, **options)
    lines = json_lines(done.stdout)
    return done.returncode, lines[:-1], lines[-1]


def test_a_run_that_was_killed_and_went_on_kept_all_promises(recorded, tmp_path):
    names = "".join(f"d{number}\n" for number in range(300))
    run = ("run", "noop", "--from", "-", "-o", "out", "-j", "2", "--sleep-ms", "20")
    process = recorded.start(*run, stdin=-1)
    process.stdin.write(names)
    process.stdin.close()
    process.stdin = None
    wait_for(lambda: (jobs := recorded.jobs("out")) and jobs[0]["documents"]["done"] > 20, "some documents")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert recorded(*run, stdin=names).returncode == 0
    status, findings, figures = audit(recorded, "history.jsonl")
    assert status == 0 and [finding for finding in findings if finding["level"] == "problem"] == []
    assert figures["documents"] == 300 and figures["accepted"] >= 299
    assert "every promise was kept" in recorded("doctor", "-o", "out", "--audit", "history.jsonl").stdout


def test_the_audit_names_promise_job_document_and_line(recorded, tmp_path):
    recorded("run", "noop", "a", "b", "c", "-o", "out")
    history = tmp_path / "history.jsonl"
    lines = history.read_text().splitlines()
    number = next(i for i, line in enumerate(lines) if '"digest"' in line)
    lines[number] = re.sub(r'"digest":"[0-9a-f]+"', '"digest":"00"', lines[number], count=1)
    (tmp_path / "forged.jsonl").write_text("\n".join(lines) + "\n")
    status, findings, figures = audit(recorded, "forged.jsonl")
    assert status == 1 and figures["findings"] == 1
    assert (findings[0]["violation"], findings[0]["promise"]) == ("result_changed", 2)
    assert findings[0]["job"] == recorded.jobs("out")[0]["id"] and "/" in findings[0]["document"]
    assert findings[0]["lines"] == [f"forged.jsonl:{number + 1}"]
    said = recorded("doctor", "-o", "out", "--audit", "forged.jsonl").stdout
    assert "[problem] promise 2 (result_changed)" in said and f"forged.jsonl:{number + 1}" in said


def test_findings_of_one_job_can_be_picked(recorded, tmp_path):
    for name in "ab":
        recorded("run", "noop", name, "-o", "out")
    forged = re.sub(r'"digest":"[0-9a-f]+"', '"digest":"00"', (tmp_path / "history.jsonl").read_text())
    (tmp_path / "forged.jsonl").write_text(forged)
    assert audit(recorded, "forged.jsonl")[2]["findings"] == 2
    job = recorded.jobs("out")[0]["id"]
    picked = json_lines(recorded("doctor", "-o", "out", "--json", "--job", job, "--audit", "forged.jsonl").stdout)
    assert [line["job"] for line in picked if line["level"] == "problem" and "job" in line] == [job]


def test_what_is_no_history_is_refused(docmill, tmp_path):
    docmill("run", "noop", "a", "-o", "out")
    (tmp_path / "hello").write_text("hello\n")
    for name in ("hello", "missing"):
        done = docmill("doctor", "-o", "out", "--audit", name)
        assert done.returncode == 2 and name in done.stderr
    full = docmill("run", "noop", "b", "-o", "out", env={"DOCMILL_HISTORY_FILE": "/dev/full"})
    assert full.returncode == 2 and "history" in full.stderr
