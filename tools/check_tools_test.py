#!/usr/bin/env python3
"""The check_*.py find what they are there to find: each test breaks a small tree in one way."""

import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

TOOLS = Path(__file__).parent

GOOD_TREE = {
    "include/genga/base.h": "#include <string>\n",
    "include/genga/graph.h": '#include "genga/base.h"\n',
    "include/genga/engine.h": '#include "genga/graph.h"\n',
    "src/base/text.cpp": '#include "genga/base.h"\nint edit_distance() { return 0; }\n',
    "src/base/CMakeLists.txt": "genga_module(base SOURCES text.cpp)\n",
    "src/ir/graph.cpp": '#include "genga/graph.h"\n#include "genga/base.h"\n#include "op_rules.h"\n',
    "src/ir/CMakeLists.txt": "genga_module(ir DEPS base SOURCES graph.cpp)\n",
    "src/engine/plan/compile.cpp": '#include "genga/graph.h"\n#include <dnnl.hpp>\n',
    "src/engine/CMakeLists.txt": "genga_module(engine DEPS ir SOURCES compile.cpp)\n",
    "docs/architecture.md": "Start at `src/base/text.cpp edit_distance`.\n",
}


def check(tool, changes):
    """Runs the tool on the good tree with some files replaced (None: removed)."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in {**GOOD_TREE, **changes}.items():
            if text is None:
                continue
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        done = subprocess.run([sys.executable, TOOLS / tool, folder], capture_output=True, text=True, check=False)
        return done.returncode, done.stderr


class CheckModules(unittest.TestCase):
    def assert_finds(self, changes, text):
        status, errors = check("check_modules.py", changes)
        self.assertEqual(status, 1)
        self.assertIn(text, errors)

    def test_accepts_the_good_tree(self):
        self.assertEqual(check("check_modules.py", {}), (0, ""))

    def test_finds_an_include_against_the_arrows(self):
        self.assert_finds({"src/base/text.cpp": '#include "genga/graph.h"\n'}, "base may not include")

    def test_finds_private_headers_of_other_modules(self):
        self.assert_finds({"src/engine/plan/compile.cpp": '#include "ir/op_rules.h"\n'}, "private to ir")

    def test_finds_libraries_outside_their_module(self):
        self.assert_finds({"src/ir/graph.cpp": "#include <dnnl.hpp>\n"}, "<dnnl.hpp> may be seen by engine only")
        self.assert_finds({"src/engine/plan/compile.cpp": "#include <torch/torch.h>\n"}, "<torch/torch.h>")
        self.assert_finds({"src/engine/plan/compile.cpp": "#include <event.pb.h>\n"}, "may be seen by onnx, train only")

    def test_finds_third_parties_in_public_headers(self):
        self.assert_finds({"include/genga/engine.h": "#include <vips/vips.h>\n"}, "in a public header")

    def test_finds_deps_against_the_arrows(self):
        self.assert_finds({"src/ir/CMakeLists.txt": "genga_module(ir DEPS base engine SOURCES graph.cpp)\n"}, "DEPS names engine")

    def test_finds_missing_deps(self):
        self.assert_finds({"src/ir/CMakeLists.txt": "genga_module(ir SOURCES graph.cpp)\n"}, "do not lead to it")

    def test_finds_unknown_modules(self):
        self.assert_finds({"src/attic/a.cpp": ""}, "unknown module")

    def test_finds_ways_out_of_the_folder(self):
        self.assert_finds({"src/ir/graph.cpp": '#include "../base/text.h"\n'}, "leaves the folder")


class CheckWalkthroughs(unittest.TestCase):
    def test_accepts_the_good_tree(self):
        self.assertEqual(check("check_walkthroughs.py", {}), (0, ""))

    def test_finds_missing_functions_files_and_pages(self):
        for page, text in (
            ("See `src/base/text.cpp gone`.", "has no gone"),
            ("See `src/base/gone.cpp edit_distance`.", "does not exist"),
            ("No walk-throughs at all.", "walk-throughs are missing"),
            (None, "architecture.md is missing"),
        ):
            status, errors = check("check_walkthroughs.py", {"docs/architecture.md": page})
            self.assertEqual(status, 1, page)
            self.assertIn(text, errors)


class CheckCitations(unittest.TestCase):
    PAGE = "# Nets\n\n## 7 AnimeGANv3\n\n### 7.1 LADE\n\n| T5 | borders |\n\n## Few images\n"

    def assert_finds(self, path, citation, text):
        status, errors = check("check_citations.py", {"docs/nets.md": self.PAGE, path: citation})
        self.assertEqual(status, 1, citation)
        self.assertIn(text, errors)

    def test_accepts_what_exists(self):
        for path, citation in (
            ("src/ir/a.cpp", "// As nets.md 7.1, T5 and docs/nets.md 7 say; nets.md,\n// \"Few images\". algorithms.md5\n"),
            ("src/ir/a.cpp", 'write("gone.md");  // http://a.org/gone.md, see src/ir/graph.cpp\n'),
            ("tools/a.py", '"""docs/nets.md 7."""\nx = "gone.md"  # include/genga/base.h\n'),
            ("docs/b.md", "[a](nets.md#71-lade), [b](#top), [c](../src/ir/graph.cpp), [d](https://a.org/b.md)\n# Top\n"),
        ):
            self.assertEqual(check("check_citations.py", {"docs/nets.md": self.PAGE, path: citation}), (0, ""), citation)

    def test_finds_missing_pages_sections_and_files(self):
        for path, citation, text in (
            ("src/ir/a.cpp", "// algorithms.md 7\n", "src/ir/a.cpp:1: cites algorithms.md, which does not exist"),
            ("src/ir/a.h", "/// nets.md 7.1, 7.3.\n", "a.h:1: cites nets.md 7.3, which has no such section"),
            ("src/ir/a.cpp", "int a;  // nets.md T5, T6\n", "nets.md T6"),
            ("bench/a.py", 'def a():\n    """docs/nets.md,\n    "Many images"."""\n', "bench/a.py:2: cites docs/nets.md"),
            ("tools/a.sh", "# See tests/gone.py\n", "cites tests/gone.py, which does not exist"),
            ("README.md", "# A\n[b](docs/nets.md#many)\n", "README.md:2: links to docs/nets.md#many, which has no such heading"),
            ("README.md", "[b](docs/gone.jpg)\n", "links to docs/gone.jpg, which does not exist"),
        ):
            self.assert_finds(path, citation, text)


if __name__ == "__main__":
    unittest.main()
