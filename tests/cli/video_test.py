"""genga video: what of a source is in the result, resume, machines that share the work, sources that are damaged.

Debian's ffmpeg makes the clips and ffprobe looks at the results; the program itself needs neither.
"""

import json
import shutil
import signal
import subprocess
import sys
import time
import unittest

from support import GENGA, TINY, Case, read_png

SIZE = "96x64"


def ffmpeg(folder, *words):
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-nostdin", *map(str, words)], cwd=folder, check=True, timeout=60)


class VideoCase(Case):
    def setUp(self):
        super().setUp()
        self.probed, self.looked_at = {}, {}

    def ffmpeg(self, *words):
        ffmpeg(self.folder, *words)

    def clip(self, name, *words, seconds=1, source="testsrc2", size=SIZE, rate=25, sound=False):
        """A moving pattern; words: what else ffmpeg is told of it."""
        usual = [] if "-c:v" in words else ["-c:v", "libx264", "-g", "10"]
        tone = ["-f", "lavfi", "-i", f"sine=440:d={seconds}", "-c:a", "aac"] if sound else []
        self.ffmpeg("-f", "lavfi", "-i", f"{source}=s={size}:r={rate}:d={seconds}", *tone, *usual, *words, name)
        return name

    def clip_with_all(self, name="all.mkv"):
        """Two tracks of sound, subtitles, two chapters, a font, a title."""
        (self.folder / "s.srt").write_text(
            "1\n00:00:00,200 --> 00:00:00,700\nHello\n\n2\n00:00:01,200 --> 00:00:01,800\nWorld\n", encoding="utf-8"
        )
        (self.folder / "ch.txt").write_text(
            ";FFMETADATA1\ntitle=Test\n[CHAPTER]\nTIMEBASE=1/1000\nSTART=0\nEND=1000\ntitle=One\n"
            "[CHAPTER]\nTIMEBASE=1/1000\nSTART=1000\nEND=2000\ntitle=Two\n",
            encoding="utf-8",
        )
        (self.folder / "font.ttf").write_bytes(b"no real font")
        sounds = [f"sine={f}:d=2" for f in (440, 880)]
        self.ffmpeg(
            *("-f", "lavfi", "-i", f"testsrc2=s={SIZE}:r=25:d=2", "-f", "lavfi", "-i", sounds[0]),
            *("-f", "lavfi", "-i", sounds[1], "-i", "s.srt", "-i", "ch.txt", "-map", "0", "-map", "1", "-map", "2"),
            *("-map", "3", "-map_metadata", "4", "-map_chapters", "4", "-c:v", "libx264", "-g", "10", "-c:a", "aac"),
            *("-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu", "-c:s", "srt"),
            *(("-attach", "font.ttf", "-metadata:s:t", "mimetype=font/ttf") if name.endswith(".mkv") else ()),
            name,
        )
        return name

    def video(self, *words, **more):
        return self.genga("video", "-m", TINY, *words, **more)

    def json(self, *words):
        return json.loads(self.video("--json", *words).stdout)

    def probe(self, name, *more):
        key = (name, more, (self.folder / name).stat().st_mtime_ns)
        if key in self.probed:
            return self.probed[key]
        done = subprocess.run(
            ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-show_chapters", "-of", "json", *more, name],
            cwd=self.folder,
            capture_output=True,
            check=True,
            timeout=60,
        )
        self.probed[key] = json.loads(done.stdout)
        return self.probed[key]

    def images(self, name):
        """What ffprobe says of the images' stream."""
        return next(s for s in self.probe(name)["streams"] if s["codec_type"] == "video")

    def kinds(self, name):
        return [s.get("codec_name", s["codec_type"]) for s in self.probe(name)["streams"]]

    def times(self, name):
        """When each frame is shown, in seconds."""
        packets = self.probe(name, "-show_packets", "-select_streams", "v:0")["packets"]
        return sorted(round(float(p["pts_time"]), 3) for p in packets)

    def digest(self, name, *what):
        """Of decoded frames (-map 0:v) or copied packets."""
        done = subprocess.run(
            ["ffmpeg", "-v", "error", "-nostdin", "-i", name, *what, "-f", "md5", "-"],
            cwd=self.folder,
            capture_output=True,
            check=True,
            timeout=60,
        )
        return done.stdout

    def sound(self, name):
        return self.digest(name, "-map", "0:a", "-c", "copy")

    def frames(self, name):
        """Time and digest of each frame."""
        done = subprocess.run(
            ["ffmpeg", "-v", "error", "-nostdin", "-i", name, "-map", "0:v:0", "-f", "framemd5", "-"],
            cwd=self.folder,
            capture_output=True,
            check=True,
            timeout=60,
        )
        return [line for line in done.stdout.decode().splitlines() if not line.startswith("#")]

    def pixel(self, name, x, y):
        """Of the first frame, turned as the file asks."""
        key = (name, (self.folder / name).stat().st_mtime_ns)
        if key not in self.looked_at:
            self.ffmpeg("-i", name, "-frames:v", "1", "-pix_fmt", "rgb24", "look.png")
            self.looked_at[key] = read_png(self.folder / "look.png")
            (self.folder / "look.png").unlink()
        return self.looked_at[key].pixel(x, y)


class WhatIsKept(VideoCase):
    def test_everything_in_matroska(self):
        self.clip_with_all()
        done = self.video("all.mkv", "-o", "b.mkv")
        self.assertEqual(done.stderr, "")
        before, after = self.probe("all.mkv"), self.probe("b.mkv")
        self.assertEqual(self.kinds("b.mkv"), self.kinds("all.mkv"))
        self.assertEqual(len(self.kinds("b.mkv")), 5)
        self.assertEqual(after["chapters"], before["chapters"])
        self.assertEqual(after["format"]["tags"]["title"], "Test")
        self.assertIn("Stylised by Genga, style tiny", after["format"]["tags"]["COMMENT"])
        for i in range(1, 5):
            self.assertEqual(before["streams"][i].get("tags", {}).get("language"),
                             after["streams"][i].get("tags", {}).get("language"))
        self.assertEqual(self.sound("b.mkv"), self.sound("all.mkv"))
        self.assertEqual(self.digest("b.mkv", "-map", "0:s", "-c", "copy"),
                         self.digest("all.mkv", "-map", "0:s", "-c", "copy"))
        self.assertEqual(self.times("b.mkv"), self.times("all.mkv"))
        self.assertNotEqual(self.frames("b.mkv"), self.frames("all.mkv"))
        self.assertEqual(self.files(), ["all.mkv", "b.mkv", "ch.txt", "font.ttf", "s.srt"])

    def test_what_other_containers_hold(self):
        self.clip_with_all()
        done = self.video("all.mkv", "-o", "b.mp4")
        notes = done.stderr.splitlines()
        self.assertEqual(len(notes), 2, done.stderr)
        self.assertIn("stream 3 (subtitle subrip) is converted to mov_text", notes[0])
        self.assertIn("stream 4 (attachment font.ttf) is left out", notes[1])
        self.assertEqual(self.kinds("b.mp4")[:4], ["h264", "aac", "aac", "mov_text"])
        self.assertEqual([c["tags"]["title"] for c in self.probe("b.mp4")["chapters"]], ["One", "Two"])
        self.assertEqual(self.sound("b.mp4"), self.sound("all.mkv"))
        self.ffmpeg("-i", "b.mp4", "-map", "0:s", "back.srt")
        self.assertIn("00:00:00,2", (self.folder / "back.srt").read_text())
        self.assertIn("World", (self.folder / "back.srt").read_text())
        self.video("all.mkv", "-o", "b.webm", "-q")
        self.assertEqual(self.kinds("b.webm"), ["vp9", "opus", "opus", "webvtt"])
        sound = float(next(p["pts_time"] for p in reversed(self.probe("b.webm", "-show_packets")["packets"])
                           if p["codec_type"] == "audio"))
        self.assertGreater(sound, 1.9)

    def test_pcm_becomes_aac_in_mp4_and_stays_in_mov(self):
        self.clip("a.avi", "-c:v", "mjpeg", "-q:v", "2", "-c:a", "pcm_s16le", sound=True)
        self.assertIn("stream 1 (audio pcm_s16le) is converted to aac", self.video("a.avi", "-o", "b.mp4").stderr)
        self.assertEqual(self.kinds("b.mp4"), ["h264", "aac"])
        self.assertAlmostEqual(float(self.probe("b.mp4")["streams"][1]["duration"]), 1, delta=0.05)
        self.assertEqual(self.images("b.mp4")["color_range"], "pc")  # as the source is
        self.assertEqual(self.video("a.avi", "-o", "b.mov").stderr, "")
        self.assertEqual(self.sound("b.mov"), self.sound("a.avi"))

    def test_transport_streams(self):
        self.clip("a.mp4", sound=True)
        self.assertEqual(self.video("a.mp4", "-o", "b.ts").stderr, "")
        self.assertEqual(self.kinds("b.ts"), ["h264", "aac"])
        self.assertEqual(len(self.times("b.ts")), 25)
        self.fails("--hwaccel vdpau: there is no such device here", "video", "-m", TINY, "a.mp4", "-o", "c.mp4", "--hwaccel",
                   "vdpau")

    def test_streams_left_out_and_a_stretch(self):
        self.clip_with_all()
        self.video("all.mkv", "-o", "b.mkv", "-an", "-sn", "-ss", "0.5", "-to", "1.5")
        self.assertEqual(self.kinds("b.mkv"), ["h264", "attachment"])
        times = self.times("b.mkv")
        self.assertEqual(len(times), 25)
        self.assertLess(times[0], 0.05)
        self.video("all.mkv", "-o", "c.mkv", "--from", "1", "--to", "0:01.6")
        self.assertEqual([c["tags"]["title"] for c in self.probe("c.mkv")["chapters"]], ["Two"])
        packets = self.probe("c.mkv", "-show_packets")["packets"]
        self.assertLess(max(float(p["pts_time"]) for p in packets), 0.65)
        text = next(p for p in packets if p["codec_type"] == "subtitle")
        self.assertAlmostEqual(float(text["pts_time"]), 0.2, delta=0.03)

    def test_times_of_frames(self):
        self.clip("a.mp4", "-vf", "select='not(eq(mod(n,7),3))',setpts=PTS+0.013/TB*mod(N\\,3)", "-vsync", "vfr",
                  "-video_track_timescale", "90000", seconds=2)
        for output, parts in (("b.mp4", "10"), ("c.mp4", "0.3")):
            self.video("a.mp4", "-o", output, "--part", parts)
            self.assertEqual(self.times(output), self.times("a.mp4"))
            self.assertEqual(self.images(output)["time_base"], "1/90000")

    def test_turned_videos_stay_turned(self):
        self.clip("up.mp4")
        try:
            self.ffmpeg("-display_rotation", "90", "-i", "up.mp4", "-c", "copy", "a.mp4")
        except subprocess.CalledProcessError:  # FFmpeg before 6
            self.ffmpeg("-i", "up.mp4", "-c", "copy", "-metadata:s:v", "rotate=90", "a.mp4")
        self.video("a.mp4", "-o", "b.mp4", "--strength", "0", "--crf", "4")
        before, after = self.images("a.mp4"), self.images("b.mp4")
        self.assertEqual((after["width"], after["height"]), (96, 64))
        self.assertEqual(after["side_data_list"][0]["rotation"], before["side_data_list"][0]["rotation"])
        done = self.video("a.mp4", "-o", "b.mkv", "--strength", "0", "--crf", "4")
        self.assertIn("asks to be turned", done.stderr)
        self.assertEqual((self.images("b.mkv")["width"], self.images("b.mkv")["height"]), (64, 96))
        for x, y in ((8, 12), (50, 80), (30, 40)):
            wanted = self.pixel("a.mp4", x, y)
            for result in ("b.mp4", "b.mkv"):
                for a, b in zip(wanted, self.pixel(result, x, y)):
                    self.assertAlmostEqual(a, b, delta=40)

    def test_animations_in(self):
        self.ffmpeg("-f", "lavfi", "-i", f"testsrc2=s={SIZE}:r=10:d=1", "-vf",
                    "format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':a='if(lt(X,32),0,255)',split[a][b];[a]palettegen[p];"
                    "[b][p]paletteuse", "a.gif")
        done = self.video("a.gif", "-o", "b.mp4", "--strength", "0")
        self.assertIn("has transparent parts, which libx264 cannot hold: they lie on white now", done.stderr)
        self.assertEqual(self.times("b.mp4"), self.times("a.gif"))
        self.assertGreater(min(self.pixel("b.mp4", 8, 30)), 240)
        self.assertEqual(self.video("a.gif", "-o", "c.webm").stderr, "")
        self.assertEqual(self.images("c.webm")["tags"]["alpha_mode"], "1")

    def test_shape_of_pixels(self):
        self.clip("a.mp4", "-vf", "setsar=4/3")
        self.video("a.mp4", "-o", "b.mp4")
        self.assertEqual(self.images("b.mp4")["sample_aspect_ratio"], "4:3")

    def test_odd_sides(self):
        self.clip("a.mkv", "-c:v", "ffv1", source="testsrc", size="97x65")
        done = self.video("a.mkv", "-o", "b.mp4")
        self.assertIn("has odd sides (97 x 65), which libx264 cannot hold", done.stderr)
        self.assertEqual((self.images("b.mp4")["width"], self.images("b.mp4")["height"]), (98, 66))
        self.assertEqual(self.video("a.mkv", "-o", "b.webm").stderr, "")
        self.assertEqual((self.images("b.webm")["width"], self.images("b.webm")["height"]), (97, 65))


class Colors(VideoCase):
    def flat(self, name, color, *words):
        self.ffmpeg("-f", "lavfi", "-i", f"color={color}:s={SIZE}:r=10:d=0.5", *words, name)

    def test_matrix_range_and_tags_both_ways(self):
        for matrix, full in (("bt2020nc", False), ("bt709", True)):
            name = f"{matrix}{full}.mp4"
            self.flat(name, "0xE05020", "-vf", f"scale=out_color_matrix={matrix.replace('bt2020nc', 'bt2020')}:"
                      f"out_range={'full' if full else 'limited'},format=yuv444p", "-c:v", "libx264", "-crf", "1",
                      "-colorspace", matrix, "-color_range", "pc" if full else "tv", "-color_primaries", "bt709",
                      "-color_trc", "bt709")
            self.video(name, "-o", "b.mp4", "--strength", "0", "-crf", "1", "--overwrite", "-q")
            for key in ("color_space", "color_range", "color_primaries", "color_transfer"):
                self.assertEqual(self.images("b.mp4")[key], self.images(name)[key], name)
            for a, b in zip(self.pixel("b.mp4", 50, 30), (0xE0, 0x50, 0x20)):
                self.assertAlmostEqual(a, b, delta=4, msg=name)

    def test_ten_bits(self):
        self.clip("a.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv420p10le", "-color_primaries", "bt2020", "-color_trc",
                  "bt2020-10", "-colorspace", "bt2020nc")
        self.assertIn("has 10 bits a sample, and so has the result", self.video("a.mkv", "-o", "b.mp4").stderr)
        images = self.images("b.mp4")
        self.assertEqual((images["pix_fmt"], images["color_space"], images["color_transfer"]),
                         ("yuv420p10le", "bt2020nc", "bt2020-10"))
        self.assertEqual(self.video("a.mkv", "-o", "b.mp4", "--overwrite", "-pix_fmt", "yuv420p").stderr.count("\n"), 1)
        self.assertEqual(self.images("b.mp4")["pix_fmt"], "yuv420p")
        self.video("a.mkv", "-o", "b.mkv", "-c:v", "ffv1", "--strength", "0")
        self.assertEqual(self.images("b.mkv")["pix_fmt"], "yuv420p10le")

    def test_hdr_is_mapped_and_said(self):
        for transfer, word in (("smpte2084", "PQ"), ("arib-std-b67", "HLG")):
            self.flat("a.mkv", "0x808080", "-pix_fmt", "yuv420p10le", "-c:v", "libx264", "-color_primaries", "bt2020",
                      "-color_trc", transfer, "-colorspace", "bt2020nc")
            self.assertIn(f"is HDR ({word}): it was mapped to BT.709",
                          self.video("a.mkv", "-o", "b.mkv", "--strength", "0", "--overwrite").stderr)
            images = self.images("b.mkv")
            self.assertEqual((images["color_space"], images["color_transfer"], images["color_primaries"]),
                             ("bt709", "bt709", "bt709"))
            red, green, blue = self.pixel("b.mkv", 50, 30)
            self.assertLess(max(red, green, blue) - min(red, green, blue), 8)  # grey stays grey
            self.assertTrue(60 < red < 250, red)

    def test_interlaced(self):
        self.clip("a.mpg", "-vf", "interlace,setfield=tff", "-c:v", "mpeg2video", "-flags", "+ilme+ildct", "-q:v", "2",
                  rate=50)
        self.assertIn("is interlaced: it was deinterlaced (bwdif)", self.video("a.mpg", "-o", "b.mp4").stderr)
        self.assertEqual(self.images("b.mp4")["nb_frames"], "25")
        self.assertEqual(self.images("b.mp4")["field_order"], "progressive")


class Options(VideoCase):
    def test_codecs_and_settings(self):
        self.clip("a.mp4", seconds=0.4)
        for words, codec in ((("-c:v", "av1"), "av1"), (("--codec", "ffv1", "-e", "level=3"), "ffv1"),
                             (("-b:v", "200k", "-preset", "ultrafast"), "h264")):
            done = self.video("a.mp4", "-o", "b.mkv", "--overwrite", *words)
            self.assertEqual(done.stderr, "", words)
            self.assertEqual(self.images("b.mkv")["codec_name"], codec)
            self.assertEqual(len(self.times("b.mkv")), 10)

    def test_what_is_wrong_is_said_before_any_work(self):
        self.clip("a.mp4", seconds=0.4)
        for text, status, *words in (
            ("no encoder for images called 'h266'", 1, "-c:v", "h266"),
            ("knows no option 'colour'", 2, "-e", "colour=red"),
            ("expected KEY=VALUE", 2, "-e", "red"),
            ("--pix-fmt 'rgb24': encoder libx264 takes yuv420p", 2, "-pix_fmt", "rgb24"),
            ("--to 1 is not after --from 2", 2, "-ss", "2", "-to", "1"),
            ("--from: is '1:99', expected seconds, M:S or H:M:S", 2, "-ss", "1:99"),
            ("shows nothing between --from 5", 2, "-ss", "5"),
            ("--hwaccel is 'magic', expected auto, none or one of", 2, "--hwaccel", "magic"),
            ("--segment: is '3/2', expected K/N", 2, "--segment", "3/2"),
            ("there is nothing to join", 1, "--join"),
        ):
            self.fails(text, "video", "-m", TINY, "a.mp4", "-o", "b.mp4", *words, status=status)
        self.fails("webm cannot hold h264", "video", "-m", TINY, "a.mp4", "-o", "b.webm", "-c:v", "h264", status=2)
        self.fails("writes no animations and no image sequences", "video", "-m", TINY, "a.mp4", "-o", "b.gif")
        self.fails("its suffix was expected to be", "video", "-m", TINY, "a.mp4", "-o", "b.xyz", status=2)
        self.fails("no output given", "video", "a.mp4", status=2)
        self.fails("takes one style or one mix", "video", "a.mp4", "-o", "b.mp4", "-n", "mika,pepper", status=2)
        self.fails("is the input itself", "video", "-m", TINY, "a.mp4", "-o", "a.mp4", "--overwrite")
        self.assertEqual(self.files(), ["a.mp4"])
        self.assertEqual([p.name for p in self.folder.iterdir()], ["a.mp4"])

    def test_size_compare_mask_preview_and_estimate(self):
        self.clip("a.mp4")
        self.assertEqual(self.json("a.mp4", "-o", "b.mp4", "--size", "48", "--compare")["width"], 100)
        images = self.images("b.mp4")
        self.assertEqual((images["width"], images["height"]), (100, 32))
        self.image("mask.png", 96, 64)
        self.video("a.mp4", "-o", "c.mp4", "--mask", "mask.png", "--size", "64x64", "-j", "1")
        self.assertEqual(self.images("c.mp4")["width"], 64)
        self.video("a.mp4", "-o", "look.png", "--preview", "3")
        self.assertEqual(read_png(self.folder / "look.png").size[1], 64)
        self.assertGreater(read_png(self.folder / "look.png").size[0], 3 * 96)
        estimate = self.json("a.mp4", "-o", "d.mp4", "--dry-run")
        self.assertEqual(estimate["frames"], 25)
        self.assertGreater(estimate["estimated_bytes"], 1000)
        self.assertIn("'a.mp4': 25 frames, 1.0 s; about", self.video("a.mp4", "--dry-run").stderr)
        self.assertEqual(self.files(), ["a.mp4", "b.mp4", "c.mp4", "look.png", "mask.png"])

    def test_a_mask_that_is_black_leaves_the_source(self):
        self.clip("a.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv444p")
        (self.folder / "black.pgm").write_bytes(b"P5\n96 64\n255\n" + bytes(96 * 64))
        self.video("a.mkv", "-o", "b.mkv", "-c:v", "ffv1", "--mask", "black.pgm")
        self.video("a.mkv", "-o", "c.mkv", "-c:v", "ffv1", "--strength", "0")
        self.assertEqual(self.frames("b.mkv"), self.frames("c.mkv"))

    def test_stylize_leads_there(self):
        self.clip("a.mp4", seconds=0.4)
        text = "'a.mp4' is a video; the command for it is: genga video a.mp4 -o a-anime.mp4"
        self.fails(text, "stylize", "-m", TINY, "a.mp4", "-o", "b.mp4")
        self.fails(text, "a.mp4", "-o", "b.mp4")
        self.image("b.png")
        self.assertIn(text, self.stylize("a.mp4", "b.png", "-o", "out", status=3).stderr)

    def test_outputs_that_exist(self):
        self.clip("a.mp4", seconds=0.4)
        (self.folder / "b.mp4").write_bytes(b"precious")
        self.fails("output 'b.mp4' exists; add --overwrite", "video", "-m", TINY, "a.mp4", "-o", "b.mp4")
        self.assertTrue(self.json("a.mp4", "-o", "b.mp4", "--skip-existing")["skipped"])
        self.assertEqual((self.folder / "b.mp4").read_bytes(), b"precious")
        self.video("a.mp4", "-o", "new/b.mp4")
        self.assertEqual(self.files("new"), ["b.mp4"])


class Sharing(VideoCase):
    COMMAND = ("a.mp4", "-o", "b.mp4", "--part", "0.3", "-j", "1")

    def source(self):
        self.clip("a.mp4", seconds=2, sound=True)
        # What memory held before must not matter.
        self.video("a.mp4", "-o", "whole.mp4", "--part", "0.3", env={"MALLOC_PERTURB_": "85"})

    def same_as_whole(self):
        self.assertEqual(self.frames("b.mp4"), self.frames("whole.mp4"))
        self.assertEqual(self.sound("b.mp4"), self.sound("whole.mp4"))
        self.assertEqual(self.times("b.mp4"), self.times("whole.mp4"))
        self.assertEqual(self.files(), ["a.mp4", "b.mp4", "whole.mp4"])

    def test_kill_and_resume(self):
        self.source()
        work = self.folder / "b.mp4.genga-work"
        n_kept = []
        # A large network, so that it is killed in the middle; each time later.
        command = [GENGA, "video", "-n", "pepper", *self.COMMAND, "--size", "144"]
        whole = [word.replace("b.mp4", "whole.mp4") for word in command] + ["--overwrite"]
        subprocess.run(whole, cwd=self.folder, check=True, timeout=120)
        for wanted in (1, 3):
            with subprocess.Popen([*command, "--resume"], cwd=self.folder, stderr=subprocess.DEVNULL) as process:
                while process.poll() is None and len(list(work.glob("0*.part"))) < wanted:
                    time.sleep(0.005)
                process.send_signal(signal.SIGKILL)
                process.wait()
            n_kept.append(len(list(work.glob("0*.part"))))
        self.assertLess(n_kept[-1], 5, "it was not killed in time")
        self.assertFalse((self.folder / "b.mp4").exists())
        first = sorted(work.glob("0*.part"))[0]
        first.write_bytes(first.read_bytes()[:-9])  # one that is not whole is made again
        done = subprocess.run([*command, "--resume", "--json"], cwd=self.folder, capture_output=True, check=True, timeout=120)
        report = json.loads(done.stdout)
        self.assertEqual(report["parts_kept"], n_kept[-1] - 1)
        self.assertIn(b"parts are there already", done.stderr)
        self.same_as_whole()

    def test_machines_share_a_video(self):
        self.source()
        for segment in ("3/3", "1/3"):
            self.video(*self.COMMAND, "--segment", segment)
        self.fails("parts are missing in 'b.mp4.genga-work'", "video", "-m", TINY, *self.COMMAND, "--join")
        slurm = {"SLURM_ARRAY_TASK_ID": "11", "SLURM_ARRAY_TASK_MIN": "10", "SLURM_ARRAY_TASK_COUNT": "3"}
        self.video(*self.COMMAND, "--segment", "auto", env=slurm)
        self.video(*self.COMMAND, "--join")
        self.same_as_whole()

    def test_what_another_command_began_is_not_mixed_in(self):
        self.source()
        self.video(*self.COMMAND, "--segment", "1/2")
        self.fails("add --resume to go on, or --overwrite to begin again", "video", "-m", TINY, *self.COMMAND)
        self.fails("holds parts made with strength '1.0', now it is '0.5'", "video", "-m", TINY, *self.COMMAND,
                   "--strength", "0.5", "--resume", status=2)
        self.clip("a.mp4", seconds=1.9)
        self.fails("made with input_bytes", "video", "-m", TINY, *self.COMMAND, "--resume", status=2)
        self.video(*self.COMMAND, "--overwrite")
        self.assertEqual(self.files(), ["a.mp4", "b.mp4", "whole.mp4"])

    def test_images_in_shards(self):
        for i in range(5):
            self.image(f"in/{i}.png", seed=i)
        self.stylize("in", "-o", "whole")
        for i in range(3):
            self.stylize("in", "-o", "out", "--shard", f"{i + 1}/3")
            self.assertEqual(len(self.files("out")), (2, 4, 5)[i])
        self.assertEqual(self.contents("out"), self.contents("whole"))
        self.fails("--shard: is '0/3', expected K/N", "stylize", "in", "-o", "x", "--shard", "0/3", status=2)


class Damage(VideoCase):
    def test_interrupted_by_ctrl_c(self):
        self.clip("a.mp4", seconds=2)
        command = [GENGA, "video", "-n", "pepper", "a.mp4", "-o", "b.mp4", "--part", "0.3", "-j", "1", "--size", "144"]
        work = self.folder / "b.mp4.genga-work"
        with subprocess.Popen(command, cwd=self.folder, stderr=subprocess.PIPE) as process:
            while process.poll() is None and not list(work.glob("0*.part")):
                time.sleep(0.005)
            process.send_signal(signal.SIGINT)
            said = process.stderr.read().decode()
        self.assertEqual(process.returncode, -signal.SIGINT)
        self.assertIn("the same command with --resume goes on", said)
        self.assertFalse([p for p in work.iterdir() if p.name.startswith(".")])

    def test_truncated_and_damaged_sources(self):
        self.clip("a.mkv", seconds=4, sound=True)
        whole = (self.folder / "a.mkv").read_bytes()
        (self.folder / "cut.mkv").write_bytes(whole[: len(whole) // 4])
        self.assertIn("it is cut short", self.video("cut.mkv", "-o", "b.mkv").stderr)
        self.assertLess(len(self.times("b.mkv")), 60)
        hurt = bytearray(whole)
        for at in range(len(hurt) // 3, len(hurt) // 2, 50):
            hurt[at] ^= 0xFF
        (self.folder / "hurt.mkv").write_bytes(hurt)
        self.video("hurt.mkv", "-o", "c.mkv")
        (self.folder / "text.mp4").write_text("no video")
        self.fails("is no video that can be read", "video", "-m", TINY, "text.mp4", "-o", "d.mp4")
        self.fails("does not exist", "video", "-m", TINY, "none.mp4", "-o", "d.mp4")
        self.ffmpeg("-f", "lavfi", "-i", "sine=440:d=1", "-c:a", "aac", "sound.m4a")
        self.fails("holds no images", "video", "-m", TINY, "sound.m4a", "-o", "d.mp4")
        self.assertFalse(list(self.folder.glob("d.mp4*")))

    def test_times_that_go_back(self):
        self.clip("a.ts", "-bf", "2", seconds=2, sound=True)
        (self.folder / "twice.ts").write_bytes(2 * (self.folder / "a.ts").read_bytes())
        self.assertIn("has times that go back", self.video("twice.ts", "-o", "b.mp4", "--part", "0.3").stderr)
        times = self.times("b.mp4")
        self.assertGreaterEqual(len(times), 98)
        steps = [b - a for a, b in zip(times, times[1:])]
        self.assertLess(max(steps), 0.1)
        self.assertGreater(min(steps), 0.03)
        self.assertAlmostEqual(float(self.probe("b.mp4")["streams"][1]["duration"]), 4, delta=0.1)

    def test_a_new_size_in_mid_stream(self):
        self.clip("a.h264", seconds=0.4)
        self.clip("b.h264", seconds=0.4, size="128x96")
        (self.folder / "both.h264").write_bytes(b"".join((self.folder / n).read_bytes() for n in ("a.h264", "b.h264")))
        done = self.video("both.h264", "-o", "c.mp4")
        self.assertIn("changes from 96 x 64 to 128 x 96 pixels", done.stderr)
        self.assertEqual(self.images("c.mp4")["width"], 96)

    def test_full_disk_keeps_what_is_finished(self):
        self.clip("a.mp4", seconds=2)
        small = f"ulimit -f 12; exec {GENGA} video -m {TINY} a.mp4 -o b.mkv -c:v ffv1 --part 0.3 -j 1"
        done = subprocess.run(["bash", "-c", small], cwd=self.folder, capture_output=True, timeout=60, check=False)
        said = done.stderr.decode()
        self.assertEqual(done.returncode, 1, said)
        self.assertIn("cannot write: File too large", said)
        self.assertFalse((self.folder / "b.mkv").exists())


if __name__ == "__main__":
    if not (shutil.which("ffmpeg") and shutil.which("ffprobe")):
        print("SKIPPED: cli.video needs Debian's package ffmpeg, which makes its clips (tools/install_deps.sh)", file=sys.stderr)
        sys.exit(77)
    unittest.main()
