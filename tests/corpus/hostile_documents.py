"""Documents that lie, loop or have no end, for whole pipelines: one file per fault, the same bytes each time.

Beside `make_corpus.py`, whose files say what opening them must answer, these go through every stage (see
tests/e2e/test_hostile.py). `FAULTS` has what `ocr` answers to the ones that end by themselves; `WITHOUT_END` has those
that may need a limit, `TEXTS` those that only the stages which look at text can read, with their answer.
"""

import io
import zipfile
import zlib

from pdf_writer import HELVETICA, Pdf, text

DOCUMENT = (b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            b"<w:body>%b</w:body></w:document>")
WORDS = "The committee met in March and measured the old bridge again"

def pdf_of(objects, trailer="/Root 1 0 R", prefix=b"%PDF-1.5\n", tail=b"\n%%EOF\n"):
    """A PDF of `objects` ({number: bytes of the object}) with a sound table, and `trailer` in its trailer."""
    out = bytearray(prefix)
    offsets = {}
    for number, body in sorted(objects.items()):
        offsets[number] = len(out)
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    size = max(objects) + 1
    out += b"xref\n0 %d\n" % size
    for number in range(size):
        out += b"%010d 00000 n \n" % offsets[number] if number in offsets else b"0000000000 65535 f \n"
    trailer = trailer.replace("START", str(start)).encode()
    return bytes(out + b"trailer\n<</Size %d" % size + trailer + b">>\nstartxref\n%d" % start + tail)


def stream(data, entries="", length=None):
    return f"<<{entries}/Length {len(data) if length is None else length}>>\nstream\n".encode() + data + b"\nendstream"


def one_page(page="", content=None, catalog="", pages="/Kids[3 0 R]/Count 1", resources="/Font<</F 5 0 R>>",
             box="0 0 595 842", more=None, **options):
    """A page with a line of text, and what is wrong with it."""
    return pdf_of({
        1: f"<</Type/Catalog/Pages 2 0 R{catalog}>>".encode(),
        2: f"<</Type/Pages{pages}>>".encode(),
        3: f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents 4 0 R/Resources<<{resources}>>{page}>>".encode(),
        4: stream(line() if content is None else content),
        5: f"<<{HELVETICA}>>".encode(),
        **(more or {}),
    }, **options)


def line(font="F"):
    return f"BT /{font} 12 Tf 60 700 Td {text(WORDS)} Tj ET\n".encode()


def with_font(font, content=None, more=None):
    return one_page(resources="/Font<</F 6 0 R>>", content=content, more={6: font.encode(), **(more or {})})


def with_image(entries, data, width=60000, height=60000):
    image = stream(data, f"/Type/XObject/Subtype/Image/Width {width}/Height {height}{entries}")
    return one_page(content=b"q 595 0 0 842 0 0 cm /I Do Q\n", resources="/XObject<</I 6 0 R>>", more={6: image})


def object_stream(entries=""):
    """The catalog is in an object stream which says that it lies in itself."""
    packed = b"1 0 6 33 <</Type/Catalog/Pages 2 0 R     >>null"
    return one_page(more={6: stream(packed, f"/Type/ObjStm/N 2/First 9{entries}")})


def prev_loop(hops=1):
    """The table's /Prev leads to itself, or to a second table which leads back."""
    first = one_page(trailer="/Root 1 0 R/Prev START")
    if hops == 1:
        return first
    second = len(first)
    start = first.index(b"xref\n0 ")
    # The first table's /Prev has the digits of its own place: the second's are put in their stead.
    first = first.replace(b"/Prev %d" % start, b"/Prev %d" % second)
    shift = len(str(second)) - len(str(start))
    assert shift >= 0
    return first + (b"xref\n0 0\ntrailer\n<</Size 6/Root 1 0 R/Prev %d>>\nstartxref\n%d\n%%%%EOF\n"
                    % (start, second + shift))


def chain_of_fields(depth, kids):
    """Each field of the chain is the child of the one before it `kids` times over: kids^depth ways lead to the last."""
    fields = {6 + level: f"<</Parent {5 + level} 0 R/Kids[{f'{7 + level} 0 R ' * kids}]>>".encode()
              for level in range(1, depth)}
    return one_page(catalog="/AcroForm<</Fields[6 0 R]>>",
                    more={6: b"<</Kids[" + b"7 0 R " * kids + b"]>>", **fields, 6 + depth: b"<</FT/Tx/V(deep)>>"})


def field_in_itself():
    return one_page(catalog="/AcroForm<</Fields[6 0 R 7 0 R]>>",
                    more={6: b"<</FT/Tx/Kids[6 0 R 7 0 R]>>", 7: b"<</FT/Tx/T(a)/Parent 6 0 R/Kids[6 0 R]>>"})


def slow_page():
    """Three pages; the second one's pattern has a cell for each thousandth of a point, on top of each other."""
    pdf = Pdf()
    font = pdf.add(HELVETICA)
    cell = pdf.add("/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 9 9]/XStep .003/YStep .003/Resources<<>>",
                   b"1 0 0 rg 0 0 4 4 re 0 0 9 9 re f* 2 2 3 3 re S\n" * 50)
    for number in range(3):
        if number == 1:
            pdf.page(b"/Pattern cs /P scn 0 0 595 842 re f\n" * 40, f"/Pattern<</P {cell}>>")
        else:
            pdf.page(line(), f"/Font<</F {font}>>")
    return pdf.bytes()


def page_without_end(pages, bad):
    """The pages have text; page `bad` also draws a form that draws another twice, and so on: 2^40 drawings."""
    pdf = Pdf()
    font = pdf.add(HELVETICA)
    frame = "/Type/XObject/Subtype/Form/BBox[0 0 595 842]"
    form = pdf.add(f"{frame}/Resources<</Font<</F {font}>>>>", line())
    for _ in range(40):
        form = pdf.add(f"{frame}/Resources<</XObject<</X {form}>>>>", b"/X Do /X Do")
    for number in range(1, pages + 1):
        content = f"BT /F 12 Tf 60 700 Td {text(f'{WORDS}, page {number}')} Tj ET\n".encode()
        pdf.page(content + (b"/X Do\n" if number == bad else b""), f"/Font<</F {font}>>/XObject<</X {form}>>")
    return pdf.bytes()


def one_bad_page_of_a_hundred():
    """The hundred pages have text; page 50 is an image whose data is no JPEG 2000."""
    pdf = Pdf()
    font = pdf.add(HELVETICA)
    image = pdf.add("/Type/XObject/Subtype/Image/Width 500/Height 700/Filter/JPXDecode", b"\0\0\0\x0cjP  \r\n\x87\n",
                    compress=False)
    for number in range(1, 101):
        if number == 50:
            pdf.page(b"q 595 0 0 842 0 0 cm /I Do Q\n", f"/XObject<</I {image}>>")
        else:
            pdf.page(f"BT /F 12 Tf 60 700 Td {text(f'{WORDS}, page {number}')} Tj ET", f"/Font<</F {font}>>")
    return pdf.bytes()


def bomb(megabytes):
    return zlib.compress(zlib.compress(b"\0" * (megabytes << 20), 9), 9)


IDENTITY = "<</Type/Font/Subtype/Type0/BaseFont/None/Encoding/Identity-H/DescendantFonts[7 0 R]>>"
CODES = b"BT /F 12 Tf 60 700 Td <0003000400050006> Tj ET\n"


def cid_font(entries):
    return (f"<</Type/Font/Subtype/CIDFontType2/BaseFont/None/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)"
            f"/Supplement 0>>{entries}>>").encode()


def embedded(kind, data):
    descriptor = (f"<</Type/FontDescriptor/FontName/Broken/Flags 4/FontBBox[0 0 1000 1000]/ItalicAngle 0/Ascent 800"
                  f"/Descent -200/CapHeight 700/StemV 80/{kind} 8 0 R>>").encode()
    subtype = {"FontFile": "Type1", "FontFile2": "TrueType", "FontFile3": "Type1"}[kind]
    return with_font(f"<</Type/Font/Subtype/{subtype}/BaseFont/Broken/FontDescriptor 7 0 R/FirstChar 32/LastChar 32"
                     "/Widths[500]/Encoding/WinAnsiEncoding>>",
                     more={7: descriptor, 8: stream(data, "/Subtype/Type1C" if kind == "FontFile3" else "")})


TYPE3_IN_ITSELF = ("<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[.001 0 0 .001 0 0]/FirstChar 65/LastChar 65"
                   "/Widths[1000]/Encoding<</Differences[65/A]>>/CharProcs<</A 7 0 R>>"
                   "/Resources<</Font<</F 6 0 R>>>>>>")
MASK_IN_ITSELF = b"<</Type/ExtGState/SMask<</S/Luminosity/G 7 0 R>>>>"
GRAY = "/ColorSpace/DeviceGray/BitsPerComponent 8"
PATTERN_IN_ITSELF = ("/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 99 99]/XStep 99/YStep 99"
                     "/Resources<</Pattern<</P 6 0 R>>>>")
JBIG2_PAGE = b"\0\0\0\0\x30\0\x01\0\0\0\x13" + b"\0\0\xea\x60" * 2 + b"\0" * 11   # 60,000 x 60,000

def docx(body, prologue=b"", comments=None):
    members = {"[Content_Types].xml": b"<Types/>", "word/document.xml": prologue + DOCUMENT % body}
    if comments is not None:
        members["word/comments.xml"] = comments
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def nested_mail(depth):
    head = b"From: a@example.org\r\nSubject: again\r\nContent-Type: message/rfc822\r\n\r\n"
    return head * depth + b"From: a@example.org\r\nSubject: end\r\n\r\n" + WORDS.encode()


# name: (maker, what ocr answers: an outcome, or the code of the error)
FAULTS = {
    "kids-contain-themselves": (lambda: one_page(pages="/Kids[2 0 R 3 0 R]/Count 2"), "partial"),
    "xref-leads-to-itself": (prev_loop, "ok"),
    "xref-leads-in-circles": (lambda: prev_loop(2), "ok"),
    "object-stream-in-itself": (object_stream, "ok"),
    "object-stream-extends-itself": (lambda: object_stream("/Extends 6 0 R"), "ok"),
    "length-too-large": (lambda: one_page(more={4: stream(line(), length=999999)}), "ok"),
    "length-negative": (lambda: one_page(more={4: stream(line(), length=-7)}), "unreadable"),
    "length-in-itself": (lambda: one_page(more={4: stream(line(), length="4 0 R")}), "ok"),
    "object-refers-to-itself": (lambda: one_page(more={4: b"4 0 R"}), "unreadable"),
    "count-negative": (lambda: one_page(pages="/Kids[3 0 R]/Count -5"), "unreadable"),
    "count-zero": (lambda: one_page(pages="/Kids[3 0 R]/Count 0"), "unreadable"),
    "without-pages": (lambda: pdf_of({1: b"<</Type/Catalog>>"}), "unreadable"),
    "pages-are-a-number": (lambda: pdf_of({1: b"<</Type/Catalog/Pages 7>>"}), "unreadable"),
    "arrays-100000-deep": (lambda: one_page(page="/Annots " + "[" * 100000 + "]" * 100000), "ok"),
    "dictionaries-100000-deep": (lambda: one_page(page="/X" + "<</X" * 100000 + " 1" + ">>" * 100000), "ok"),
    "outline-in-circles": (lambda: one_page(catalog="/Outlines 6 0 R", more={
        6: b"<</First 7 0 R/Last 7 0 R/Count 2>>", 7: b"<</Title(a)/Parent 6 0 R/Next 7 0 R/First 7 0 R>>"}), "ok"),
    "actions-in-circles": (lambda: one_page(catalog="/OpenAction 6 0 R", more={
        6: b"<</S/URI/URI(http://example.org)/Next[6 0 R 7 0 R]>>", 7: b"<</S/JavaScript/JS(x)/Next 6 0 R>>"}), "ok"),
    "names-in-circles": (lambda: one_page(catalog="/Names<</EmbeddedFiles 6 0 R/Dests 6 0 R>>", more={
        6: b"<</Kids[6 0 R 6 0 R]>>"}), "ok"),
    "encrypted-by-nobody": (lambda: one_page(
        trailer="/Root 1 0 R/Encrypt<</Filter/Nobody/V 9>>/ID[<00><00>]"), "encrypted"),
    "encrypted-with-garbage": (lambda: one_page(
        trailer="/Root 1 0 R/Encrypt<</Filter/Standard/V 5/R 6/O(x)/U(y)/P -1>>/ID[<00><00>]"), "ok"),
    "form-fields-in-circles": (field_in_itself, "ok"),
    "form-fields-shared": (lambda: chain_of_fields(30, 2), "ok"),
    "form-fields-50000-deep": (lambda: chain_of_fields(50000, 1), "ok"),
    "content-is-an-image": (lambda: one_page(more={4: stream(JBIG2_PAGE, "/Filter/JBIG2Decode")}), "unreadable"),
    "content-of-300-megabytes": (lambda: one_page(more={4: stream(
        bomb(300), "/Filter[/FlateDecode/FlateDecode]")}), "too_large"),
    "page-of-nothing": (lambda: one_page(box="0 0 0 0"), "ok"),
    "page-upside-down": (lambda: one_page(box="595 842 0 0"), "ok"),
    "user-unit-of-a-million": (lambda: one_page(page="/UserUnit 1000000"), "ok"),
    "states-popped-in-vain": (lambda: one_page(content=b"Q " * 100000 + line()), "unreadable"),
    "one-bad-page-of-a-hundred": (one_bad_page_of_a_hundred, "partial"),
    "group-masks-itself": (lambda: one_page(content=b"/G gs 0 0 9 9 re f\n" + line(), resources=(
        "/Font<</F 5 0 R>>/ExtGState<</G 6 0 R>>"), more={6: MASK_IN_ITSELF, 7: stream(
            b"/G gs 0 0 9 9 re f", "/Type/XObject/Subtype/Form/BBox[0 0 9 9]/Group<</S/Transparency/CS/DeviceGray>>"
            "/Resources<</ExtGState<</G 6 0 R>>>>")}), "ok"),
    "pattern-paints-itself": (lambda: one_page(content=b"/Pattern cs /P scn 0 0 99 99 re f\n" + line(), resources=(
        "/Font<</F 5 0 R>>/Pattern<</P 6 0 R>>"), more={6: stream(
            b"/Pattern cs /P scn 0 0 9 9 re f", PATTERN_IN_ITSELF)}), "ok"),
    "function-of-itself": (lambda: one_page(content=b"/S sh\n" + line(), resources=(
        "/Font<</F 5 0 R>>/Shading<</S<</ShadingType 2/ColorSpace/DeviceGray/Coords[0 0 99 99]/Function 6 0 R>>>>"),
        more={6: b"<</FunctionType 3/Domain[0 1]/Functions[6 0 R 6 0 R]/Bounds[.5]/Encode[0 1 0 1]>>"}), "ok"),
    "image-of-negative-size": (lambda: with_image(GRAY, b"\1" * 99, -9, -9), "unreadable"),
    "image-masks-itself": (lambda: with_image(GRAY + "/SMask 6 0 R", b"\1" * 99, 9, 9), "ok"),
    "font-missing": (lambda: one_page(resources=""), "unreadable"),
    "font-not-embedded": (lambda: with_font("<</Type/Font/Subtype/TrueType/BaseFont/NobodyHasThis>>"), "ok"),
    "font-of-garbage-type1": (lambda: embedded("FontFile", b"%!PS-AdobeFont\n" + bytes(range(256)) * 9), "ok"),
    "font-of-garbage-truetype": (lambda: embedded("FontFile2", b"\0\1\0\0\xff\xff" + bytes(range(256)) * 9), "ok"),
    "font-of-garbage-cff": (lambda: embedded("FontFile3", b"\1\0\4\4\xff\xff" + bytes(range(256)) * 9), "ok"),
    "font-in-itself": (lambda: with_font(TYPE3_IN_ITSELF, b"BT /F 12 Tf 60 700 Td (AAAA) Tj ET\n", {
        7: stream(b"1000 0 d0 BT /F 900 Tf (AA) Tj ET")}), "unreadable"),
    "font-without-descendants": (lambda: with_font(IDENTITY, CODES), "unreadable"),
    "text-in-no-known-encoding": (lambda: with_font(IDENTITY, CODES, {7: cid_font("")}), "ok"),
    "startxref-leads-nowhere": (lambda: one_page(tail=b"999999\n%%EOF\n"), "ok"),
    "junk-before-the-header": (lambda: one_page(prefix=b"\0\1junk\n" * 50 + b"%PDF-1.5\n"), "ok"),
    "cut-off-before-the-trailer": (lambda: one_page().partition(b"xref\n")[0], "unreadable"),
    "cut-off-in-the-page": (lambda: one_page().partition(b"endstream")[0], "unreadable"),
}

# name: maker
WITHOUT_END = {
    "page-without-end": lambda: one_page(box="0 0 1e38 1e38"),
    "states-100000-deep": lambda: one_page(content=b"q " * 100000 + line()),
    "inline-image-of-3600-megapixels": lambda: one_page(
        content=b"q 9 0 0 9 0 0 cm BI /W 60000 /H 60000 /BPC 8 /CS /G ID \x01\x02 EI Q\n" + line()),
    "content-bomb": lambda: one_page(more={4: stream(bomb(64), "/Filter[/FlateDecode/FlateDecode]")}),
    "slow-page": slow_page,
    "ccitt-of-3600-megapixels": lambda: with_image(
        "/ImageMask true/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 60000/Rows 60000>>", b"\x26\xa0" * 50),
    "jbig2-of-3600-megapixels": lambda: with_image(
        "/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode", JBIG2_PAGE),
    "jpeg2000-cut-off": lambda: with_image(
        "/Filter/JPXDecode", bytes.fromhex("ff4fff51002f0000") + b"\0\0\xea\x60" * 2 + b"\0" * 8 + b"\0\0\xea\x60" * 2),
    "jpeg-of-nothing": lambda: with_image(GRAY + "/Filter/DCTDecode", b"\xff\xd8\xff"),
    "raw-image-without-data": lambda: with_image("/ColorSpace/DeviceRGB/BitsPerComponent 16", b"\1"),
    "image-bomb": lambda: with_image(GRAY + "/Filter[/FlateDecode/FlateDecode]",
                                      bomb(64), 8192, 8192),
    "font-of-two-thousand-million-widths": lambda: with_font(IDENTITY, CODES, {
        7: cid_font("/W[0[" + "9 " * 300000 + "] 0 2000000000 500]")}),
    "text-mapped-to-garbage": lambda: with_font(
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/ToUnicode 7 0 R>>",
        more={7: stream(b"begincmap 1 beginbfrange <00> <ffffffff> <d800> endbfrange " + bytes(range(256)))}),
}

OUTSIDE = b"file:///etc/passwd"

# name: (maker, what nlp answers)
TEXTS = {
    "bomb.docx": (lambda: docx(b" " * (300 << 20)), "too_large"),
    "cut-off-in-its-directory.docx": (lambda: docx(b"<w:p/>")[:-30], "partial"),
    "entities-from-outside.docx": (lambda: docx(
        b"<w:p><w:r><w:t>&host;</w:t></w:r></w:p>", b'<!DOCTYPE d [<!ENTITY host SYSTEM "%b">]>' % OUTSIDE), "ok"),
    "elements-100000-deep.html": (lambda: b"<div>" * 100000 + WORDS.encode(), "ok"),
    "attached-to-itself.eml": (lambda: nested_mail(2000), "partial"),
    "damaged-comments.docx": (lambda: docx(b"<w:p><w:r><w:t>%b</w:t></w:r></w:p>" % WORDS.encode(), comments=b"<w:p"),
                              "partial"),
    "no-known-encoding.txt": (lambda: bytes(range(1, 256)) * 40, "unsupported_type"),
}
