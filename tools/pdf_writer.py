"""Writes small PDF files byte by byte, the same bytes each time: for the samples and for the hostile corpus."""

import hashlib
import struct
import zlib

_PADDING = bytes.fromhex("28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a")


def _rc4(key, data):
    state = list(range(256))
    j = 0
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) & 255
        state[i], state[j] = state[j], state[i]
    i = j = 0
    result = bytearray()
    for byte in data:
        i = (i + 1) & 255
        j = (j + state[i]) & 255
        state[i], state[j] = state[j], state[i]
        result.append(byte ^ state[(state[i] + state[j]) & 255])
    return bytes(result)


class Encryption:
    """The standard security handler in its oldest form (RC4 with 40 bits): every reader knows it, a page can hold it."""

    permissions = -4

    def __init__(self, password, document_id):
        padded = (password + _PADDING)[:32]
        self.owner = _rc4(hashlib.md5(padded).digest()[:5], padded)
        seed = padded + self.owner + struct.pack("<i", self.permissions) + document_id
        self.key = hashlib.md5(seed).digest()[:5]
        self.user = _rc4(self.key, _PADDING)

    def apply(self, number, data):
        key = hashlib.md5(self.key + struct.pack("<I", number)[:3] + b"\0\0").digest()[:10]
        return _rc4(key, data)


class Pdf:
    """Objects get their numbers as they are added; number 1 is the catalog, 2 the page tree, added by `bytes`.

    `catalog` and `trailer` are what these dictionaries hold besides, as PDF source.
    """

    def __init__(self):
        self.catalog = self.trailer = ""
        self.bodies = {}
        self.next_number = 3
        self.pages = []

    def add(self, body, data=None, compress=True):
        """Adds an object: `body` as PDF source, with `data` a stream. Returns its reference ("7 0 R")."""
        number = self.next_number
        self.next_number += 1
        self.bodies[number] = (body, data, compress)
        return f"{number} 0 R"

    def page(self, content, resources="", width=595, height=842, extra=""):
        contents = self.add("", content if isinstance(content, bytes) else content.encode("latin-1"))
        self.pages.append(self.add(
            f"/Type/Page/Parent 2 0 R/MediaBox[0 0 {width} {height}]/Resources<<{resources}>>/Contents {contents}{extra}"))

    def bytes(self, password=None):
        """The file. With `password`, content is encrypted (streams only: put no strings into the other objects)."""
        bodies = dict(self.bodies)
        bodies[1] = ("/Type/Catalog/Pages 2 0 R" + self.catalog, None, False)
        bodies[2] = (f"/Type/Pages/Kids[{' '.join(self.pages)}]/Count {len(self.pages)}", None, False)
        document_id = hashlib.md5(repr(sorted(bodies.items())).encode()).digest()
        encryption = Encryption(password.encode(), document_id) if password else None

        out = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
        offsets = {}
        for number, (body, data, compress) in sorted(bodies.items()):
            offsets[number] = len(out)
            out += self._object(number, body, data, compress, encryption)
        start = len(out)
        out += f"xref\n0 {len(bodies) + 1}\n0000000000 65535 f \n".encode()
        for number in sorted(bodies):
            out += f"{offsets[number]:010d} 00000 n \n".encode()
        out += f"trailer\n<</Size {len(bodies) + 1}/Root 1 0 R/ID[<{document_id.hex()}><{document_id.hex()}>]{self.trailer}".encode()
        if encryption:
            out += (f"/Encrypt<</Filter/Standard/V 1/R 2/O<{encryption.owner.hex()}>/U<{encryption.user.hex()}>"
                    f"/P {encryption.permissions}>>").encode()
        out += f">>\nstartxref\n{start}\n%%EOF\n".encode()
        return bytes(out)

    @staticmethod
    def _object(number, body, data, compress, encryption):
        if data is None:
            return f"{number} 0 obj\n<<{body}>>\nendobj\n".encode("latin-1")
        if compress:
            data = zlib.compress(data, 9)
            body += "/Filter/FlateDecode"
        if encryption:
            data = encryption.apply(number, data)
        head = f"{number} 0 obj\n<<{body}/Length {len(data)}>>\nstream\n".encode("latin-1")
        return head + data + b"\nendstream\nendobj\n"


def text(string):
    """`string` as a PDF string in WinAnsi encoding."""
    escaped = string.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return f"({escaped})"


HELVETICA = "/Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding"
HELVETICA_BOLD = "/Type/Font/Subtype/Type1/BaseFont/Helvetica-Bold/Encoding/WinAnsiEncoding"
