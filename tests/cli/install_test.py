"""What cmake installs where, that it works there, and that tools/uninstall.sh (make uninstall) takes it away again."""

import gzip
import os
import subprocess
import unittest
from pathlib import Path

from support import GENGA, HAS_DATA, HAS_TRAIN, Case

BUILD = Path(GENGA).parent
UNINSTALL = Path(__file__).parents[2] / "tools" / "uninstall.sh"


class Install(Case):
    def setUp(self):
        super().setUp()
        self.root = self.folder / "staged system"
        self.programs = ["genga"] + ["genga-data"] * HAS_DATA + ["genga-train"] * HAS_TRAIN
        self.components = ["genga"] + ["data"] * HAS_DATA + ["train", "torch"] * HAS_TRAIN
        for component in self.components:  # by components, or the manifest of the user's own make install would go
            subprocess.run(
                ["cmake", "--install", BUILD, "--component", component, "--prefix", "/opt/tools"],
                env={**os.environ, "DESTDIR": str(self.root)},
                check=True,
                capture_output=True,
            )
        self.prefix = self.root / "opt" / "tools"

    def manifest(self):
        return "\n".join((BUILD / f"install_manifest_{part}.txt").read_text() for part in self.components)

    def uninstall(self, manifest, **env):
        return subprocess.run(
            [UNINSTALL, manifest], env={**os.environ, **env}, capture_output=True, text=True, check=False
        )

    def test_programs_work_where_they_were_put(self):
        for program in self.programs:
            done = subprocess.run(
                [self.prefix / "bin" / program, "--version"], capture_output=True, text=True, check=True
            )
            self.assertRegex(done.stdout, r"^genga(-\w+)? \d+\.\d+\.\d+\n")
            page = gzip.open(self.prefix / f"share/man/man1/{program}.1.gz", "rt").read()
            self.assertIn(".TH", page)
        for page in ("bash-completion/completions/genga", "fish/vendor_completions.d/genga.fish", "doc/genga/copyright"):
            self.assertGreater((self.prefix / "share" / page).stat().st_size, 1000)
        modules = ["libgenga_video.so"] + ["libgenga_torch.so"] * HAS_TRAIN
        for module in modules:
            self.assertTrue(list(self.prefix.rglob(f"genga/{module}")), module)
        # The module for videos is found from the program.
        video = self.folder / "faces.mp4"
        subprocess.run(
            [self.prefix / "bin/genga", "sample", "-s", "1-2", "--interpolate", "2", "-o", video], check=True
        )
        self.assertGreater(video.stat().st_size, 0)

    def test_uninstall_takes_all_of_it_away(self):
        theirs = self.prefix / "bin" / "theirs"
        theirs.write_text("not ours")
        written = self.folder / "manifest.txt"
        written.write_text(self.manifest())
        n_files = len({line for line in self.manifest().splitlines() if line})
        done = self.uninstall(written, DESTDIR=str(self.root))
        self.assertEqual((done.returncode, done.stdout), (0, f"uninstall: {n_files} files removed\n"), done.stderr)
        left = [path for path in self.prefix.rglob("*") if not path.is_dir() or path.name == "genga"]
        self.assertEqual(left, [theirs])
        # What somebody puts there afterwards is safe.
        self.assertEqual(self.uninstall(written, DESTDIR=str(self.root)).returncode, 1)

    def test_uninstall_without_install_says_so(self):
        done = self.uninstall(self.folder / "none.txt")
        self.assertEqual(done.returncode, 1)
        self.assertIn("make install was not run in this tree", done.stderr)


if __name__ == "__main__":
    unittest.main()
