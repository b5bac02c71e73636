#!/usr/bin/env python3
"""Fails on any #include between modules that ARCHITECTURE.md's table does not allow.

usage: check_layers.py ROOT
"""
import pathlib
import re
import sys

ROW = re.compile(r"^\| ([a-z/]+) \| ([a-z/, ]*)\|$")
INCLUDE = re.compile(r'^\s*#include "([^"]+)"', re.MULTILINE)


def allowed_includes(architecture: str) -> dict[str, set[str]]:
    table = architecture.split("| module | may include |")[1]
    rules = {}
    for line in table.splitlines()[2:]:
        row = ROW.match(line)
        if not row:
            break
        rules[row[1]] = {name.strip() for name in row[2].split(",") if name.strip()}
    return rules


def module_of(path: str, modules) -> str | None:
    """The innermost module whose directory holds `path` (relative to src/)."""
    directory = str(pathlib.PurePosixPath(path).parent)
    candidates = [m for m in modules if directory == m or directory.startswith(m + "/")]
    return max(candidates, key=len, default=None)


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    rules = allowed_includes((root / "ARCHITECTURE.md").read_text())
    if len(rules) < 10:
        print("ARCHITECTURE.md: the table of modules could not be read")
        return 1
    source = root / "src"
    problems, includes = [], 0
    for file in sorted([*source.rglob("*.cpp"), *source.rglob("*.hpp")]):
        name = file.relative_to(source).as_posix()
        module = module_of(name, rules)
        if module is None:
            problems.append(f"src/{name}: belongs to no module of ARCHITECTURE.md")
            continue
        for included in INCLUDE.findall(file.read_text()):
            target = module_of(included, rules)
            includes += 1
            if target is None:
                helper = name.endswith("_test.cpp") and included.startswith("tests/support/")
                if included != "docmill_version.hpp" and not helper:
                    problems.append(f'src/{name}: includes "{included}", which is no path of a module')
            elif target != module and target not in rules[module]:
                problems.append(f'src/{name}: {module} may not include {target} ("{included}")')
    print("\n".join(problems) or f"{includes} includes follow ARCHITECTURE.md")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
