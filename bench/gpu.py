#!/usr/bin/env python3
"""Genga on a GPU against PyTorch on the same card: frames a second from host memory to host memory, in turn (A B A B), medians.

    bench/gpu.py build/release [--device cuda] [--nets pepper,animegan_v2] [--sizes 1920x1080,3840x2160] [--rounds 3] [--runs 50]
                 [--threads 0] [--json FILE]

`pepper` is the embedded style, other names are published networks with random weights. The peers run the same network with the same
weights, built op by op from the graph that stands in the model file (docs/formats/model_file.md): PyTorch eager, and torch.compile
where this PyTorch has it; f16 and channels-last on GPUs, f32 on the CPU, copies included, page-locked memory. The last columns put
our run against what the device reached in this process: a matrix product (bf16 on GPUs, f32 on the CPU) and a copy in its memory;
bytes are what the ops would read and write if none were fused. `--device cpu` runs all of it without a GPU.
Needs a Python with PyTorch: Debian's /usr/bin/python3 with python3-torch, or a virtual environment.
"""

import argparse
import json
import statistics
import struct
import tempfile
import time
from pathlib import Path

import torch
from programs import make_model, run_json
from torch.nn import functional as F

PEERS = ["eager", "compile"] if hasattr(torch, "compile") else ["eager"]


def read_model(path):
    """Graph text and tensors of a model file."""
    data = path.read_bytes()
    (size,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + size])
    text = header.pop("__metadata__")["genga.graph"]
    types = {"F32": torch.float32, "F16": torch.float16}
    tensors = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        values = torch.frombuffer(bytearray(data[8 + size + begin : 8 + size + end]), dtype=types[entry["dtype"]])
        tensors[name] = values.float().reshape(entry["shape"])
    return text, tensors


def asymmetric(x, dim, factor):
    """Legacy TensorFlow's bilinear along one axis."""
    n = x.shape[dim]
    i = torch.arange(n * factor, device=x.device)
    below = torch.div(i, factor, rounding_mode="floor")
    shape = [1, 1, 1, 1]
    shape[dim] = n * factor
    share = ((i % factor).to(x.dtype) / factor).reshape(shape)
    return torch.lerp(x.index_select(dim, below), x.index_select(dim, (below + 1).clamp(max=n - 1)), share)


class Net(torch.nn.Module):
    """The graph's ops in order, as PyTorch's users would write them."""

    def __init__(self, text, tensors):
        super().__init__()
        self.weights = torch.nn.ParameterDict({k.replace(".", "_"): torch.nn.Parameter(v, False) for k, v in tensors.items()})
        self.nodes = []
        for line in text.splitlines():
            name, _, call = line.partition(" = ")
            if not call or call.startswith("Input"):
                continue
            kind, _, rest = call.rstrip(")").partition("(")
            items = rest.split(", ")
            keys = dict(item.split("=") for item in items if "=" in item)
            self.nodes.append((name, kind, [item for item in items if "=" not in item], keys))

    def forward(self, x):
        values = {"x": x}
        for name, kind, src, keys in self.nodes:
            values[name] = getattr(self, kind)(name, [values[s] for s in src], keys)
        return values[self.nodes[-1][0]]

    def weight(self, name, suffix):
        key = (name + suffix).replace(".", "_")
        return self.weights[key] if key in self.weights else None

    def Conv2d(self, name, src, k):
        top, left, bottom, right = map(int, k["pad"].split())
        x, padding = src[0], 0
        if k["pad_mode"] == "zero" and top == bottom == left == right:
            padding = top
        elif any((top, left, bottom, right)):
            x = F.pad(x, (left, right, top, bottom), {"zero": "constant"}.get(k["pad_mode"], k["pad_mode"]))
        return F.conv2d(x, self.weight(name, ".weight"), self.weight(name, ".bias"), int(k["stride"]), padding, 1, int(k["groups"]))

    def LayerNorm(self, name, src, k):
        return F.group_norm(src[0], 1, self.weight(name, ".weight"), self.weight(name, ".bias"), float(k["eps"]))

    def InstanceNorm(self, name, src, k):
        return F.instance_norm(src[0], weight=self.weight(name, ".weight"), bias=self.weight(name, ".bias"), eps=float(k["eps"]))

    def Activation(self, name, src, k):
        if k["kind"] == "leaky_relu":
            return F.leaky_relu(src[0], float(k["slope"]))
        return getattr(torch, k["kind"])(src[0])

    def Upsample(self, name, src, k):
        factor = int(k["factor"])
        if k["mode"] == "asymmetric":
            return asymmetric(asymmetric(src[0], 2, factor), 3, factor)
        if k["mode"] == "nearest":
            return F.interpolate(src[0], scale_factor=factor)
        return F.interpolate(src[0], scale_factor=factor, mode="bilinear", align_corners=k["mode"] == "align_corners")

    def Add(self, name, src, k):
        return sum(src[1:], src[0])

    def Affine(self, name, src, k):
        return src[0] * float(k["scale"]) + float(k["offset"])

    def Concat(self, name, src, k):
        return torch.cat(src, 1)

    def PixelShuffle(self, name, src, k):
        return F.pixel_shuffle(src[0], int(k["factor"]))

    def PixelUnshuffle(self, name, src, k):
        return F.pixel_unshuffle(src[0], int(k["factor"]))


class Device:
    def __init__(self, name):
        self.torch = torch.device(name)
        self.is_gpu = self.torch.type == "cuda"
        self.dtype = torch.float16 if self.is_gpu else torch.float32

    def wait(self):
        if self.is_gpu:
            torch.cuda.synchronize(self.torch)

    def seconds(self, work, runs):
        """Median seconds of one run."""
        for _ in range(3):
            work()
        self.wait()
        taken = []
        for _ in range(runs):
            start = time.perf_counter()
            work()
            self.wait()
            taken.append(time.perf_counter() - start)
        return statistics.median(taken)

    def limits(self):
        """Multiply-adds and bytes a second that a plain matrix product and a plain copy reach."""
        n, dtype = (8192, torch.bfloat16) if self.is_gpu else (1024, torch.float32)
        a, b = (torch.randn(n, n, device=self.torch).to(dtype) for _ in range(2))
        src = torch.empty((1 << 30) if self.is_gpu else (1 << 26), dtype=torch.uint8, device=self.torch)
        dst = torch.empty_like(src)
        macs = n**3 / self.seconds(lambda: a @ b, 20)
        return macs, 2 * src.numel() / self.seconds(lambda: dst.copy_(src), 20)


def peer_frames_per_s(kind, model_path, size, device, runs):
    width, height = size
    net = Net(*read_model(model_path)).to(device.torch, device.dtype).to(memory_format=torch.channels_last).eval()
    run = torch.compile(net) if kind == "compile" else net
    host_src, host_dst = (torch.full((1, 3, height, width), 0.25, pin_memory=device.is_gpu) for _ in range(2))

    def frame():
        x = host_src.to(device.torch, non_blocking=True).to(device.dtype, memory_format=torch.channels_last)
        host_dst.copy_(run(x), non_blocking=True)

    with torch.no_grad():
        return 1 / device.seconds(frame, runs), host_dst


def unfused_bytes(model_path, size, device):
    """Bytes that the ops read and write, each by itself."""
    net, count = Net(*read_model(model_path)).eval(), 0
    shapes = torch.zeros(1, 3, 64, 64)
    values = {"x": shapes}
    for name, kind, src, keys in net.nodes:
        values[name] = getattr(net, kind)(name, [values[s] for s in src], keys)
        count += sum(values[s].numel() for s in src) + values[name].numel()
    width, height = size
    return count * torch.empty(0, dtype=device.dtype).element_size() * width * height / 64**2


def genga_bench(genga, model, size, arguments):
    report, _ = run_json(genga, "bench", "-m", model, "--size", "x".join(map(str, size)), "--device", arguments.device,
                         "--runs", arguments.runs, "-j", arguments.threads, "--json")  # fmt: skip
    return report["device"], report["rows"][0]


def measure(net, model, size, device, arguments, limits):
    ours, peers, where = [], {peer: [] for peer in PEERS}, ""
    for _ in range(arguments.rounds):
        where, row = genga_bench(arguments.build / "genga", model, size, arguments)
        ours.append(row["frames_per_s"])
        for peer in PEERS:
            peers[peer].append(peer_frames_per_s(peer, model, size, device, arguments.runs)[0])
    frames = statistics.median(ours)
    macs = row["macs_per_s"] * row["median_s"]
    result = {"net": net, "width": size[0], "height": size[1], "device": where, "genga_frames_per_s": frames,
              "macs_fraction": macs * frames / limits[0],
              "unfused_bytes_fraction": unfused_bytes(model, size, device) * frames / limits[1],
              "peers_frames_per_s": {peer: statistics.median(values) for peer, values in peers.items()}}  # fmt: skip
    against = ", ".join(f"{peer} {value:.2f} (ratio {frames / value:.2f})" for peer, value in result["peers_frames_per_s"].items())
    print(f"{net:12} {size[0]}x{size[1]}: genga on {where} {frames:.2f} frames/s; PyTorch {torch.__version__} {against}; "
          f"{result['macs_fraction']:.0%} of a matrix product's rate, {result['unfused_bytes_fraction']:.0%} of a copy's",
          flush=True)  # fmt: skip
    return result


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=Path)
    parser.add_argument("--device", default="cuda", help="cuda, cuda:N; cpu and cpu-torch show that the script works")
    parser.add_argument("--nets", default="pepper,animegan_v2")
    parser.add_argument("--sizes", default="1920x1080,3840x2160")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--runs", type=int, default=50)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()

    device = Device(arguments.device.removesuffix("-torch"))
    if device.is_gpu:
        torch.backends.cudnn.benchmark = True
    elif arguments.threads:
        torch.set_num_threads(arguments.threads)
    limits = device.limits()
    print(f"matrix product {2e-12 * limits[0]:.2f} TFLOP/s, copy {1e-9 * limits[1]:.1f} GB/s", flush=True)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for net in arguments.nets.split(","):
            model = make_model(arguments.build, folder, net)
            for size in arguments.sizes.split(","):
                rows.append(measure(net, model, tuple(map(int, size.split("x"))), device, arguments, limits))
    if arguments.json:
        report = {"schema": "genga.bench.gpu.1", "torch": torch.__version__, "matrix_macs_per_s": limits[0],
                  "copy_bytes_per_s": limits[1], "rows": rows}  # fmt: skip
        arguments.json.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
