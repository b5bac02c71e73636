#!/usr/bin/env python3
"""Fails on co_await in forms that GCC 12 compiles wrongly.

Braces or capturing lambdas inside the operand: such temporaries are destroyed twice. A co_await in a condition, or among
the arguments of a call: `if (!co_await x)` in a loop became an illegal instruction. Results get a name first.

usage: check_coroutines.py ROOT
"""
import pathlib
import re
import sys

OPERAND = re.compile(r"\bco_await\b([^;]*);", re.DOTALL)
BRACED = re.compile(r"\(\s*\{|[A-Za-z_>]\s*\{|,\s*\{")
CAPTURING_LAMBDA = re.compile(r"\[\s*(=|&?\s*\w+|this)")
SUBSCRIPT = re.compile(r"[\w)\]]\s*\[[^\]]*\]")
BEFORE_PARENTHESIS = re.compile(r"(\w+|>)\s*$")
DISCARDED = re.compile(r"\bstatic_cast<void>\s*$")
FOR = re.compile(r"\bfor\s*$")
RANGE = re.compile(r"[^;]*[^;:]:\s*")  # of a loop over it: evaluated once, before the loop
COMMENT_OR_STRING = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"', re.DOTALL)


def is_buried(before: str) -> bool:
    """Whether code that goes on after `before` lies in the parentheses of a condition or call."""
    depth = 0
    for position in range(len(before) - 1, -1, -1):
        character = before[position]
        depth += (character in ")}") - (character in "({")
        if depth < 0:
            if character == "{":
                return False
            opening = before[:position]
            if FOR.search(opening) and RANGE.fullmatch(before, position + 1):
                return False
            if BEFORE_PARENTHESIS.search(opening) and not DISCARDED.search(opening):
                return True
            depth = 0
        elif depth == 0 and character in ";}":
            # The parts of `for (;;)` and `if (init; condition)` end like statements: go on to their parenthesis.
            if character == "}" or not re.search(r"\b(for|if|while|switch)\s*\([^;{}]*(;[^;{}]*)?$", before[:position]):
                return False
    return False


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
        if BRACED.search(operand) or CAPTURING_LAMBDA.search(operand) or is_buried(bare[: match.start()]):
            yield bare.count("\n", 0, match.start()) + 1, " ".join(match[1][:end].split())


def self_test() -> None:
    bad = ["co_await f({.a = 1});", "co_await f(Agg{1});", "co_await f([x] { return x; });", "co_await f(a, {1});",
           "if (!co_await f(a)) { g(); }", "while (co_await f(a)) g();", "if (auto x = co_await f(a); x) g();",
           "if (auto x = g(); co_await f(x)) g();", "g(co_await f(a));", "for (auto x : g(co_await f(a))) h();",
           "g(a, (co_await f(a)).b);", "auto x = g<int>(co_await f(a));", "Timer timer(co_await executor, end);"]
    good = ["co_await f(named);", "auto x = co_await f(std::move(a[i]));", "co_await f(Agg());", "co_return co_await f(a);",
            "if (a) co_await f(a);", "while (g(a)) { co_await f(a); }", "static_cast<void>(co_await f(a));",
            "for (int i = 0; i < n; ++i) co_await f(i);", "spawn(loop, []() -> Task { co_await f(a); });",
            "for (auto& x : co_await f(a)) g(x);", "g(a); co_await f(a);", "if (a) { g(); } co_await f(a);"]
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
