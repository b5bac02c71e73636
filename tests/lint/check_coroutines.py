#!/usr/bin/env python3
"""Fails on braces or capturing lambdas inside a co_await operand: GCC 12 destroys such temporaries twice.

usage: check_coroutines.py ROOT
"""
import pathlib
import re
import sys

OPERAND = re.compile(r"\bco_await\b([^;]*);", re.DOTALL)
BRACED = re.compile(r"\(\s*\{|[A-Za-z_>]\s*\{|,\s*\{")
CAPTURING_LAMBDA = re.compile(r"\[\s*(=|&?\s*\w+|this)")
SUBSCRIPT = re.compile(r"[\w)\]]\s*\[[^\]]*\]")
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', re.DOTALL)


def problems_in(text: str):
    """Yields (line, operand) of each unsafe co_await."""
    bare = COMMENT_OR_STRING.sub(lambda m: '""' + "\n" * m[0].count("\n"), text)
    for match in OPERAND.finditer(bare):
        # `if (co_await x) {` and loops: what follows the closing parenthesis is no operand.
        depth, end = 0, len(match[1])
        for position, character in enumerate(match[1]):
            depth += (character == "(") - (character == ")")
            if depth < 0:
                end = position
                break
        operand = SUBSCRIPT.sub("x", match[1][:end])
        if BRACED.search(operand) or CAPTURING_LAMBDA.search(operand):
            yield bare.count("\n", 0, match.start()) + 1, " ".join(match[1][:end].split())


def self_test() -> None:
    bad = ["co_await f({.a = 1});", "co_await f(Agg{1});", "co_await f([x] { return x; });", "co_await f(a, {1});"]
    good = ["co_await f(named);", "if (co_await f(a)) { g(); }", "auto x = co_await f(std::move(a[i]));", "co_await f(Agg());"]
    assert all(list(problems_in(text)) for text in bad), [t for t in bad if not list(problems_in(t))]
    assert not any(list(problems_in(text)) for text in good), [t for t in good if list(problems_in(t))]


def main() -> int:
    self_test()
    root = pathlib.Path(sys.argv[1])
    files = [f for d in ("src", "tests", "bench") for f in (root / d).rglob("*.[ch]pp")]
    found = [f"{f.relative_to(root)}:{line}: co_await {operand}" for f in sorted(files)
             for line, operand in problems_in(f.read_text())]
    print("\n".join(found) or f"{len(files)} files: no unsafe co_await operand")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
