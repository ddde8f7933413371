#!/usr/bin/env python3
"""Fails if docs/architecture.md names a file or function that does not exist (any more).

Walk-throughs are code spans of the form `src/<module>/<file>.cpp function`: the file must exist and name the function (or
class, with `Class::member` both). Plain `src/...` and `include/genga/...` spans must exist too.
Usage: tools/check_walkthroughs.py [ROOT]
"""

import re
import sys
from pathlib import Path

SPAN = re.compile(r"`((?:src|include|tools|tests|fuzz|bench|docs|cmake)/[\w./*-]+)((?: [\w:~]+(?:\(\))?)?)`")


def names(text, word):
    """True if the source defines or calls `word`."""
    return re.search(r"\b" + re.escape(word) + r"\s*[({]|\b(?:class|struct|enum class)\s+" + re.escape(word) + r"\b", text)


def check_span(root, path, function):
    """A sentence about what is wrong, or None."""
    if "*" in path:
        return None if list(root.glob(path)) else f"`{path}` matches nothing"
    file = root / path
    if not file.exists():
        return f"`{path}` does not exist"
    if not function:
        return None
    text = file.read_text(encoding="utf-8")
    for part in function.removesuffix("()").split("::"):
        if not names(text, part) and not re.search(r"\b" + re.escape(part) + r"::", text):
            return f"`{path}` has no {function}"
    return None


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    page = root / "docs/architecture.md"
    if not page.exists():
        print("check_walkthroughs: docs/architecture.md is missing, expected the walk-throughs of the modules", file=sys.stderr)
        return 1
    spans = SPAN.findall(page.read_text(encoding="utf-8"))
    n_functions = sum(1 for _, function in spans if function)
    problems = [p for p in (check_span(root, path, function.strip()) for path, function in spans) if p]
    if n_functions == 0:
        problems.append("no code span of the form `src/module/file.cpp function`: the walk-throughs are missing")
    for problem in problems:
        print(f"docs/architecture.md: {problem}", file=sys.stderr)
    print(f"check_walkthroughs: {len(problems)} problems" if problems else f"check_walkthroughs: {n_functions} steps, {len(spans)} paths exist")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
