#!/usr/bin/env python3
"""Fails where docs and code tell different stories: the tables of errors and of findings, links between our own pages.

usage: check_docs.py ROOT
"""
import pathlib
import re
import sys


def error_table_problems(root: pathlib.Path):
    code = (root / "src/core/error.hpp").read_text()
    in_code = {name: retry == "true" for name, retry in re.findall(r'ErrorCodeInfo\{ErrorCode::\w+, "(\w+)", (\w+)\}', code)}
    page = (root / "docs/reference/errors.md").read_text()
    in_docs = {name: retry == "yes" for name, retry in re.findall(r"^\| `(\w+)` \|.*\| (yes|no) \|$", page, re.MULTILINE)}
    if len(in_code) < 10:
        yield "src/core/error.hpp: the table of error codes could not be read"
    for name in sorted(in_code.keys() | in_docs.keys()):
        if in_code.get(name) != in_docs.get(name):
            yield f"error code {name}: code says {in_code.get(name)}, docs/reference/errors.md says {in_docs.get(name)}"


def finding_table_problems(root: pathlib.Path):
    code = (root / "src/core/finding.hpp").read_text()
    in_code = set(re.findall(r'FindingInfo\{FindingCode::\w+,\s*"(\w+)",\s*"(\w*)",\s*Severity::(\w+)', code))
    page = (root / "docs/reference/validation.md").read_text()
    in_docs = set(re.findall(r"^\| `(\w+)` \| `?(\w*)`? \| (info|warning|error) \|", page, re.MULTILINE))
    if len(in_code) < 40:
        yield "src/core/finding.hpp: the table of findings could not be read"
    for name, check, severity in sorted(in_code ^ in_docs):
        yield f"finding {name} ({check or 'no check'}, {severity}): code and docs/reference/validation.md differ"


def link_problems(root: pathlib.Path):
    for page in [*root.glob("*.md"), *root.glob("docs/**/*.md"), *root.glob("bench/*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                yield f"{page.relative_to(root)}: links to {target}, which does not exist"


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    problems = [*error_table_problems(root), *finding_table_problems(root), *link_problems(root)]
    print("\n".join(problems) or "docs agree with the code")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
