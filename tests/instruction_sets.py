#!/usr/bin/env python3
"""Checks that code for special processors stays apart: a program runs on any x86-64 until the engine has asked.

1. Only src/engine/kernels/kernels_*.cpp are compiled with -mavx and the like.
2. Their objects share no function with other files. An inline function of a header, compiled there, may be the copy that
   the linker keeps for the whole program; a processor without these instructions then ends with SIGILL.

Usage: tests/instruction_sets.py BUILD_FOLDER     its compile_commands.json; objects that are not built are passed over
"""
import json
import pathlib
import re
import subprocess
import sys


def special_flags(command):
    return re.findall(r"(?<=\s)-m(?:avx|fma|arch=|cpu=|sse4|bmi|f16c)\S*", command)


def shared_symbols(obj):
    """Functions and variables of which a program keeps one copy, whoever made it."""
    listing = subprocess.run(["nm", "-C", "--defined-only", obj], capture_output=True, text=True, check=True)
    rows = (line.split(maxsplit=2) for line in listing.stdout.splitlines())
    return [name for _, kind, name in rows if kind in "WVwvu"]


def main():
    build = pathlib.Path(sys.argv[1])
    errors, n_special = [], 0
    for entry in json.loads((build / "compile_commands.json").read_text()):
        flags = special_flags(entry["command"])
        if not flags:
            continue
        n_special += 1
        if not re.search(r"/src/engine/kernels/kernels_\w+\.cpp$", entry["file"]):
            errors.append(f"{entry['file']}: compiled with {' '.join(flags)}, which only the engine's kernels may be")
            continue
        obj = build / re.search(r" -o (\S+)", entry["command"]).group(1)
        errors += [f"{entry['file']}: '{name}' may be linked into code for every processor; give it internal linkage"
                   for name in (shared_symbols(obj) if obj.exists() else [])]
    print("\n".join(errors) or f"{n_special} files for special instruction sets, all apart")
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
