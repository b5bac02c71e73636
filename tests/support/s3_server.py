"""A real S3 server on this machine for tests: moto, which checks signatures.

tools/setup.sh test puts it into a virtual environment in the cache directory; without it these tests are skipped.
"""
import contextlib
import hashlib
import os
import pathlib
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "docmill"
SERVER = CACHE / "s3-server/bin/moto_server"
# Requests before the first that must be signed: those that make the user, its rights and its key.
UNSIGNED = 3
POLICY = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}'


class S3Server:
    def __init__(self, url, key, secret):
        self.url, self.key, self.secret = url, key, secret

    @property
    def environment(self):
        return {"AWS_ENDPOINT_URL": self.url, "AWS_ACCESS_KEY_ID": self.key, "AWS_SECRET_ACCESS_KEY": self.secret,
                "AWS_REGION": "us-east-1"}

    def curl(self, method, path, body=b""):
        """A signed request of our own, by curl's command line; the answer's body."""
        data = ["-H", "Content-Type: application/octet-stream", "--data-binary", "@-"] if body else []
        return subprocess.run(["curl", "-sS", "--fail", "-X", method, "--aws-sigv4", "aws:amz:us-east-1:s3",
                               "--user", f"{self.key}:{self.secret}", "-H",
                               "x-amz-content-sha256: " + hashlib.sha256(body).hexdigest(), *data, self.url + path],
                              check=True, capture_output=True, input=body).stdout

    def make_bucket(self, name):
        self.curl("PUT", "/" + name)

    def keys(self, bucket, prefix=""):
        listing = ElementTree.fromstring(self.curl("GET", f"/{bucket}?list-type=2&prefix={urllib.parse.quote(prefix, '')}"))
        return sorted(key.text for key in listing.iter("{http://s3.amazonaws.com/doc/2006-03-01/}Key"))

    def write(self, bucket, key, body):
        self.curl("PUT", f"/{bucket}/{key}", body)

    def read(self, bucket, key):
        return self.curl("GET", f"/{bucket}/{key}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def iam(url, **parameters):
    body = urllib.parse.urlencode({"Version": "2010-05-08", **parameters}).encode()
    request = urllib.request.Request(url, body, {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20200101/us-east-1/iam/x"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return ElementTree.fromstring(answer.read())


def wait_until_up(process, port):
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the S3 server did not start")


@contextlib.contextmanager
def s3_server():
    port = free_port()
    process = subprocess.Popen([SERVER, "-H", "127.0.0.1", "-p", str(port)], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL,
                               env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(UNSIGNED)})
    try:
        wait_until_up(process, port)
        url = f"http://127.0.0.1:{port}"
        iam(url, Action="CreateUser", UserName="docmill")
        iam(url, Action="PutUserPolicy", UserName="docmill", PolicyName="all", PolicyDocument=POLICY)
        made = iam(url, Action="CreateAccessKey", UserName="docmill")
        find = {element.tag.split("}")[1]: element.text for element in made.iter()}
        yield S3Server(url, find["AccessKeyId"], find["SecretAccessKey"])
    finally:
        process.kill()
        process.wait(30)
