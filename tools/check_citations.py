#!/usr/bin/env python3
"""Fails if a comment or a page cites a page, section or file that does not exist (any more).

Looked at: all text of Markdown pages, comments of C++ (and its headers), Python (and docstrings), shell, CMake, TOML, YAML.
Cited may be
  a page             docs/data.md, data.md: from the root, the citing file's folder or docs/
  numbered sections  algorithms.md 7.2, T5: a heading `### 7.2 ...` or a row `| T5 | ...` of that page
  a named section    docs/data.md, "Cleaning": a heading with this text
  a link             of a page, to a file, to a heading or to both
  a file             src/..., include/..., tests/...: with its extension
Usage: tools/check_citations.py [ROOT]
"""

import ast
import io
import re
import sys
import tokenize
from pathlib import Path

FOLDERS = ("src", "include", "tests", "tools", "fuzz", "bench", "docs", "cmake", "configs", "recipes", "styles", ".github")
SUFFIXES = {".h", ".cpp", ".cu", ".py", ".sh", ".cmake", ".txt", ".toml", ".yml", ".yaml", ".md", ".proto"}

PAGE = re.compile(r"(?<![\w./:-])((?:\.\./)*(?:[\w-]+/)*[\w-]+\.md)\b(?![./]\w)")
SECTION = r"T?\d+(?:\.\d+)*[a-z]?\b"
SECTIONS = re.compile(rf" ({SECTION}(?:(?:, | and ){SECTION})*)")
TITLE = re.compile(r', "([^"]+)"')
LINK = re.compile(r"\]\(([^)\s]+)\)")
# Other people's repositories have a tools/ too.
FILE = re.compile(r"(?<![\w./:-])((?:src|include|tests|fuzz|bench|cmake|configs|recipes)/[\w./-]*\w\.(?:h|cpp|py|sh|cmake|toml|txt))\b")


def python_comments(text):
    """Comments and docstrings, each with its first line's number."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node):
            yield node.body[0].lineno, " ".join(node.body[0].value.value.split())


def line_comments(text, mark):
    """Comments to the end of the line; those on consecutive lines are one, so that a citation may go over two lines."""
    first, words, last = 0, [], -1
    for number, line in enumerate(text.splitlines(), 1):
        found = re.search(r"(?:^|\s)" + mark + r"+!?\s?(.*)", line)
        if not found:
            continue
        if words and number != last + 1:
            yield first, " ".join(words)
            words = []
        if not words:
            first = number
        words.append(found[1].strip())
        last = number
    if words:
        yield first, " ".join(words)


def comments(path, text):
    if path.suffix == ".md":
        return [(number, line) for number, line in enumerate(text.splitlines(), 1)]
    if path.suffix == ".py":
        return python_comments(text)
    return line_comments(text, "//" if path.suffix in {".h", ".cpp", ".cu", ".proto"} else "#")


class Page:
    """The sections of a Markdown page."""

    def __init__(self, path):
        text = re.sub(r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        self.titles = [re.sub(r"[`*]", "", title).strip() for title in re.findall(r"^#+ (.+)$", text, re.MULTILINE)]
        self.numbers = {found[0] for found in (re.match(SECTION, title) for title in self.titles) if found}
        self.numbers.update(re.findall(rf"^\| ({SECTION}) \|", text, re.MULTILINE))
        self.anchors = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in self.titles}


class Checker:
    def __init__(self, root):
        self.root = root
        self.pages = {}
        self.n_citations = 0

    def page(self, path):
        if path not in self.pages:
            self.pages[path] = Page(path)
        return self.pages[path]

    def find(self, file, cited):
        """The cited page, or None."""
        for folder in (file.parent, self.root, self.root / "docs"):
            if (folder / cited).is_file():
                return (folder / cited).resolve()
        return None

    def problems_of_text(self, file, text):
        """Sentences about what is wrong with one comment or line."""
        for cited in PAGE.finditer(text):
            self.n_citations += 1
            path = self.find(file, cited[1])
            if not path:
                yield f"cites {cited[1]}, which does not exist"
                continue
            page, rest = self.page(path), text[cited.end() :]
            sections, title = SECTIONS.match(rest), TITLE.match(rest)
            for number in re.findall(SECTION, sections[1]) if sections else []:
                if number not in page.numbers:
                    yield f"cites {cited[1]} {number}, which has no such section"
            if title and title[1] not in page.titles:
                yield f'cites {cited[1]}, "{title[1]}", which has no such heading'
        for cited in FILE.finditer(text):
            self.n_citations += 1
            if not (self.root / cited[1]).exists() and not (file.parent / cited[1]).exists():
                yield f"cites {cited[1]}, which does not exist"
        if file.suffix == ".md":
            yield from self.problems_of_links(file, text)

    def problems_of_links(self, file, text):
        for link in LINK.findall(text):
            if re.match(r"\w+:", link):
                continue
            self.n_citations += 1
            name, _, anchor = link.partition("#")
            path = (file.parent / name).resolve() if name else file
            if not path.exists():
                yield f"links to {name}, which does not exist"
            elif anchor and path.suffix == ".md" and anchor not in self.page(path).anchors:
                yield f"links to {link}, which has no such heading"

    def problems(self):
        files = [path for path in self.root.iterdir() if path.is_file()]
        for folder in FOLDERS:
            files += [path for path in (self.root / folder).rglob("*") if path.is_file()]
        for file in sorted(files):
            if file.suffix not in SUFFIXES and file.name != "Makefile":
                continue
            for number, text in comments(file, file.read_text(encoding="utf-8")):
                for problem in self.problems_of_text(file, text):
                    yield f"{file.relative_to(self.root)}:{number}: {problem}"


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    checker = Checker(root)
    problems = list(dict.fromkeys(checker.problems()))
    for problem in problems:
        print(problem, file=sys.stderr)
    count = checker.n_citations
    print(f"check_citations: {len(problems)} problems" if problems else f"check_citations: what {count} citations name exists")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
