#!/usr/bin/env python3
"""Fails if a module includes what it may not, or if its CMake DEPS say something else than its includes.

One module = one folder under src/ = one CMake target. Modules reach each other through public headers (include/genga/*.h). The
modules in OPEN let the modules that ARROWS name use their own headers too (programs, app_..., use those of cli only); headers
named test_*.h are for all tests.
Usage: tools/check_modules.py [ROOT]
"""

import re
import sys
from pathlib import Path

# Who may include whom, directly. docs/architecture.md says why.
ARROWS = {
    "base": set(),
    "ir": {"base"},
    "weights": {"ir", "base"},
    "transform": {"weights", "ir", "base"},
    "models": {"ir", "base"},
    "image": {"base"},
    "ref": {"weights", "ir", "base"},
    "engine": {"weights", "ir", "base"},
    "stylize": {"engine", "image", "transform", "weights", "ir", "base"},
    "torchnet": {"weights", "ir", "base"},
    "torchengine": {"engine", "torchnet", "weights", "ir", "base"},
    "video": {"image", "base"},
    "onnx": {"weights", "ir", "base"},
    "sample": {"engine", "image", "weights", "ir", "base"},
    "eval": {"stylize", "onnx", "engine", "models", "video", "image", "weights", "ir", "base"},
    "dataset": {"image", "base"},
    "filters": {"image", "base"},
    "loader": {"dataset", "filters", "image", "base"},
    "fetch": {"dataset", "image", "base"},
    "curate": {"dataset", "filters", "video", "image", "base"},
    "train": {"torchnet", "loader", "filters", "dataset", "models", "image", "weights", "ir", "base"},
    "cli": {"image", "base"},
    "app_genga": {"cli", "dataset", "onnx", "eval", "sample", "stylize", "engine", "models", "video", "image", "transform", "weights", "ir", "base"},
    "app_data": {"cli", "fetch", "curate", "dataset", "image", "base"},
    "app_train": {"cli", "train", "image", "base"},
}

# Public header -> module; a public header that is not here belongs to the module of its name.
PUBLIC_HEADERS = {"error": "base", "base": "base", "random": "base", "overloaded": "base", "reflect": "base", "sha256": "base", "system": "base",
                  "text": "base", "thread_pool": "base", "ops": "ir", "graph": "ir", "clean": "curate",
         "cut": "curate", "engine_module": "engine", "transcode": "video", "card": "weights"}

# Modules whose own headers others may include.
OPEN = {"torchnet", "loader", "filters", "cli"}
PROGRAMS = {"app_genga", "app_data", "app_train"}

# Third-party headers -> the modules that may see them. fmt is open to all.
LIBRARIES = {
    r"(torch|ATen|c10)/": {"torchnet", "torchengine", "train"},
    r"(oneapi/)?dnnl": {"engine"},
    r"vips/": {"image"},
    r"j(peglib|error)\.h": {"image"},
    r"lib(av|sw)": {"video"},
    r"Eigen/": {"eval"},
    r"google/protobuf/|.*\.pb\.h$": {"onnx", "train"},
    r"(zip|zlib)\.h": {"weights"},
    r"(glib|gio)": {"base", "image", "fetch"},
    r"curl/": {"fetch"},
    r"libxml/": {"fetch"},
    r"archive": {"fetch"},
    r"opencv2/": {"curate"},
    r"toml\+\+|toml\.hpp|toml/": {"train"},
    r"CLI/": {"cli", *PROGRAMS},
    r"nlohmann/": {"weights", "train", "dataset", "fetch", "cli", *PROGRAMS},
}

TEST_LIBRARIES = r"(gtest|gmock|benchmark)/"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def module_of_header(header):
    name = header.split("/")[1].removesuffix(".h")
    return PUBLIC_HEADERS.get(name, name)


def read_deps(cmake_text, module):
    """DEPS of genga_module(module ...); None if the folder declares no such target."""
    call = re.search(r"genga_module\(\s*" + module + r"\b([^)]*)\)", re.sub(r"#.*", "", cmake_text))
    if not call:
        return None
    words = re.search(r"\bDEPS\b(.*?)(?:\b(?:SOURCES|LIBS|TESTS)\b|$)", call.group(1), re.S)
    return set(words.group(1).split()) if words else set()


def closure(deps, modules):
    """Modules linked directly or through others."""
    reached = set()
    todo = list(modules)
    while todo:
        module = todo.pop()
        if module not in reached:
            reached.add(module)
            todo.extend(deps.get(module) or ())
    return reached


class Checker:
    def __init__(self, root):
        self.root = root
        self.problems = []
        self.used = {module: set() for module in ARROWS}  # modules that non-test sources include

    def say(self, path, text):
        self.problems.append(f"{path.relative_to(self.root)}: {text}")

    def target_module(self, path, header, own, is_test):
        """The module an include leads to; None for the own folder, the standard library and third parties."""
        if header.startswith("genga/"):
            return module_of_header(header)
        first = header.split("/")[0]
        if "/" in header and first in ARROWS and first != own:
            for_tests = is_test and header.split("/")[-1].startswith("test_")
            if not for_tests and (first not in OPEN or (own in PROGRAMS and first != "cli")):
                self.say(path, f'"{header}" is private to {first}; use its public header in include/genga')
            return first
        return None

    def check_file(self, path, own, is_test):
        for bracket, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if ".." in Path(header).parts:
                self.say(path, f'"{header}" leaves the folder; include by module or public header')
                continue
            target = self.target_module(path, header, own, is_test)
            if target is not None:
                if target not in ARROWS:
                    self.say(path, f'"{header}" is the public header of no known module; add it to PUBLIC_HEADERS in tools/check_modules.py')
                elif not is_test:
                    self.used[own].add(target)
                    if target != own and target not in ARROWS[own]:
                        self.say(path, f'{own} may not include "{header}" ({target})')
                continue
            self.check_library(path, own, is_test, header)

    def check_library(self, path, own, is_test, header):
        if re.match(TEST_LIBRARIES, header):
            if not is_test:
                self.say(path, f"<{header}> outside of a test")
            return
        for pattern, modules in LIBRARIES.items():
            if re.match(pattern, header) and own not in modules:
                self.say(path, f"<{header}> may be seen by {', '.join(sorted(modules))} only")

    def check_public_header(self, path):
        module = module_of_header(f"genga/{path.name}")
        if module not in ARROWS:
            self.say(path, "public header of no known module; add it to PUBLIC_HEADERS in tools/check_modules.py")
            return
        self.check_file(path, module, is_test=False)
        for bracket, header in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if "/" in header and not header.startswith(("genga/", "fmt/")):
                self.say(path, f"<{header}> in a public header; public headers name no third-party types but fmt's")

    def check_deps(self):
        deps = {}
        for module in ARROWS:
            lists = self.root / "src" / module / "CMakeLists.txt"
            if lists.exists():
                deps[module] = read_deps(lists.read_text(encoding="utf-8"), module)
        for module, listed in deps.items():
            lists = self.root / "src" / module / "CMakeLists.txt"
            if listed is None:
                self.say(lists, f"no genga_module({module} ...)")
                continue
            for dep in sorted(listed - ARROWS[module]):
                self.say(lists, f"DEPS names {dep}, which {module} may not use")
            for dep in sorted(self.used[module] - closure(deps, listed) - {module}):
                self.say(lists, f"sources include {dep}, but DEPS do not lead to it")

    def run(self):
        for path in sorted((self.root / "include/genga").rglob("*.h")):
            self.check_public_header(path)
        for folder in sorted((self.root / "src").iterdir()):
            if not folder.is_dir() or not any(folder.iterdir()):  # git does not know empty folders
                continue
            if folder.name not in ARROWS:
                self.say(folder, "unknown module; add its arrows to tools/check_modules.py")
                continue
            for path in sorted(folder.rglob("*")):
                if path.suffix in (".h", ".cpp"):
                    is_test = path.stem.endswith("_test") or path.stem.startswith("test_")
                    self.check_file(path, folder.name, is_test)
        self.check_deps()
        return self.problems


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent.parent).resolve()
    problems = Checker(root).run()
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"check_modules: {len(problems)} problems" if problems else "check_modules: all modules keep to their arrows")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
