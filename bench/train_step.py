#!/usr/bin/env python3
"""The step of the method genga written in PyTorch, to compare speed: same networks, losses, optimizers and sizes, random
images, the filter target's painting given. Prints the seconds of each step. Run through train_step.sh.

Usage: train_step.py [--batch 4] [--crop 128] [--width 32] [--discriminator-width 16] [--steps 10] [--threads 1]
[--cpu-clock 0]  1: processor time of all threads instead of time on the clock, for a machine that does other things too
"""

import argparse
import copy
import time

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

SLOPE = 0.2  # of leaky ReLU


def conv3(inputs, outputs, stride=1):
    return nn.Conv2d(inputs, outputs, 3, stride, 1)


def lrelu(x):
    return F.leaky_relu(x, SLOPE)


class ResBlock(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.a, self.b = conv3(channels, channels), conv3(channels, channels)

    def forward(self, x):
        return x + 0.5 * self.b(lrelu(self.a(x)))


class GengaLite(nn.Module):
    """src/models/genga_lite.cpp"""

    def __init__(self, width):
        super().__init__()
        c2, c4, c8 = width, 2 * width, 3 * width
        self.stem, self.down4, self.down8 = conv3(12, c2), conv3(c2, c4, 2), conv3(c4, c8, 2)
        self.res8 = nn.Sequential(*(ResBlock(c8) for _ in range(4)))
        self.up4, self.res4 = conv3(c8, c4), nn.Sequential(*(ResBlock(c4) for _ in range(3)))
        self.up2, self.res2 = conv3(c4, c2), ResBlock(c2)
        self.out = conv3(c2, 12)

    def forward(self, x):
        half = lrelu(self.stem(F.pixel_unshuffle(x, 2)))
        quarter = lrelu(self.down4(half))
        x = self.res8(lrelu(self.down8(quarter)))
        x = self.res4(quarter + lrelu(self.up4(F.interpolate(x, scale_factor=2.0))))
        x = self.res2(half + lrelu(self.up2(F.interpolate(x, scale_factor=2.0))))
        return torch.tanh(F.pixel_shuffle(self.out(x), 2))


def patch_discriminator(channels, width):
    """src/models/patch_discriminator.cpp"""

    def halve(inputs, outputs):
        return nn.Conv2d(inputs, outputs, 4, 2, 1)

    layers = []
    for conv in (
        conv3(channels, width),
        halve(width, 2 * width),
        conv3(2 * width, 4 * width),
        halve(4 * width, 4 * width),
        conv3(4 * width, 8 * width),
    ):
        layers += [spectral_norm(conv), nn.LeakyReLU(SLOPE)]
    return nn.Sequential(*layers, spectral_norm(conv3(8 * width, 1)))


def luma(rgb):
    return 0.299 * rgb[:, :1] + 0.587 * rgb[:, 1:2] + 0.114 * rgb[:, 2:]


def gradient_l1(image, target):
    error = image - target
    return error.diff(dim=2).abs().mean() + error.diff(dim=3).abs().mean()


class Step:
    """configs/methods/genga.toml after the warm-up; src/train/methods/genga.cpp"""

    def __init__(self, width, discriminator_width):
        def last(net):
            return net.to(memory_format=torch.channels_last)

        self.generator = last(GengaLite(width))
        self.average = copy.deepcopy(self.generator).requires_grad_(False)
        self.adam = torch.optim.Adam(self.generator.parameters(), 1e-3, betas=(0.9, 0.99))
        self.discriminators = [
            ("color", 0.1, last(patch_discriminator(3, discriminator_width)), lambda rgb: rgb),
            ("grey", 0.05, last(patch_discriminator(1, discriminator_width)), luma),
        ]
        self.adams = [
            torch.optim.Adam(net.parameters(), 6e-4, betas=(0.5, 0.99)) for _, _, net, _ in self.discriminators
        ]

    @staticmethod
    def descend(adam, loss):
        adam.zero_grad(set_to_none=True)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(adam.param_groups[0]["params"], 10.0)
        adam.step()
        return float(norm)

    def __call__(self, photo, target, style, smooth):
        terms = {}
        fake = self.generator(photo)
        for (name, _, net, view), adam in zip(self.discriminators, self.adams):
            real, false, blurred = (net(view(rgb)) for rgb in (style, fake.detach(), smooth))
            loss = (real - 1).square().mean() + false.square().mean() + 0.5 * blurred.square().mean()
            terms["d_" + name] = float(loss.detach())
            terms["grad_d_" + name] = self.descend(adam, loss)
        losses = {
            "target": (fake - target).abs().mean(),
            "gradient": gradient_l1(fake, target),
            "low": 0.5 * F.avg_pool2d(fake - target, 8).abs().mean(),
        }
        for name, weight, net, view in self.discriminators:
            net.requires_grad_(False)
            losses["g_" + name] = weight * (net(view(fake)) - 1).square().mean()
            net.requires_grad_(True)
        terms.update({name: float(loss.detach()) for name, loss in losses.items()})
        terms["grad_g"] = self.descend(self.adam, sum(losses.values()))
        with torch.no_grad():
            for mean, weight in zip(self.average.parameters(), self.generator.parameters()):
                mean.lerp_(weight, 0.002)
        return terms


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, value in (("batch", 4), ("crop", 128), ("width", 32), ("discriminator-width", 16), ("steps", 10), ("threads", 1), ("cpu-clock", 0)):
        parser.add_argument("--" + name, type=int, default=value)
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    torch.set_flush_denormal(True)
    clock = time.process_time if options.cpu_clock else time.perf_counter
    step = Step(options.width, options.discriminator_width)
    shape = (options.batch, 3, options.crop, options.crop)
    batch = [torch.rand(shape).mul(2).sub(1).contiguous(memory_format=torch.channels_last) for _ in range(4)]
    for i in range(options.steps + 2):  # two to warm up
        begin = clock()
        step(*batch)
        if i >= 2:
            print(f"{clock() - begin:.6f}", flush=True)


if __name__ == "__main__":
    main()
