#!/usr/bin/env python3
"""How fast genga video is: frames a second, the engine's idle share and peak memory at several sizes.

Debian's ffmpeg makes the clips: a photo that is panned over, or with --source a video of yours, looped.

Usage: bench/video.py BUILD_FOLDER [--sizes 854x480,1280x720,1920x1080] [--frames 60] [--threads 1,2]
                      [--style pepper] [--codec h264] [--source VIDEO]
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from programs import run_json

PHOTO = Path(__file__).parent.parent / "docs/styles/images/coffee.jpg"


def make_clip(path, size, frames, source):
    width, height = map(int, size.split("x"))
    pan = f"scale={width + frames}:{height + frames}:force_original_aspect_ratio=increase,crop={width}:{height}:n:n/2"
    if source:
        inputs = ["-stream_loop", "-1", "-i", source]
    else:
        inputs, pan = ["-loop", "1", "-i", str(PHOTO)], "crop=iw/3-20:ih:0:0," + pan
    subprocess.run(
        ["ffmpeg", "-v", "error", "-y", "-nostdin", *inputs, "-frames:v", str(frames), "-vf", pan]
        + ["-an", "-r", "25", "-pix_fmt", "yuv420p", "-c:v", "libx264", "-crf", "16", str(path)],
        check=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build")
    parser.add_argument("--sizes", default="854x480,1280x720,1920x1080")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--threads", default="0")
    parser.add_argument("--style", default="pepper")
    parser.add_argument("--codec", default="h264")
    parser.add_argument("--source")
    f = parser.parse_args()
    print("     size  threads sessions   fps  speed  engine idle  peak memory")
    with tempfile.TemporaryDirectory() as folder:
        for size in f.sizes.split(","):
            clip = Path(folder) / f"{size}.mp4"
            make_clip(clip, size, f.frames, f.source)
            for threads in f.threads.split(","):
                words = ["-n", f.style, "-j", threads, "--codec", f.codec]
                genga, out = Path(f.build) / "genga", Path(folder) / "out.mp4"
                report, peak = run_json(genga, "video", clip, "-o", out, "--json", "-q", "--overwrite", *words)
                print(
                    f"{size:>9}  {threads if threads != '0' else 'all':>7}  {report['sessions']:>7} {report['fps']:>5.1f}  "
                    f"{report['speed']:.2f}x  {100 * report['engine_idle']:>10.1f}%  {peak / 1e6:>6.0f} MB",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
