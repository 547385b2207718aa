"""PyTorch peer of bench/conformer.ts: forward and backward of one conformer block per line on stdin.

argv: JSON of {batch, frames, dimension, heads, kernelSize, dropout, lengths, threads}.
Run with OPENBLAS_NUM_THREADS=1: two thread pools that fight make PyTorch up to twice as slow. Of the forms tried the
fastest are here: F.conv1d in groups (oneDNN) over shifts and unfold, masked sums for the norm over frames laid end to end.
"""
import json, resource, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

spec = json.loads(sys.argv[1])
torch.set_num_threads(spec.get("threads", 2))
torch.manual_seed(0)
B, T, D, H, K = (spec[key] for key in ("batch", "frames", "dimension", "heads", "kernelSize"))
mask = (torch.arange(T)[None] < torch.tensor(spec["lengths"])[:, None]).float()
turns = 1 / 10000 ** (torch.arange(0, D // H, 2).float() / (D // H))
angles = torch.arange(T).float()[:, None] * torch.cat([turns, turns])[None]
COS, SIN = angles.cos(), angles.sin()


def rotary(x):
    first, second = x.chunk(2, -1)
    return x * COS + torch.cat([-second, first], -1) * SIN


class FeedForward(nn.Sequential):
    def __init__(self):
        super().__init__(nn.LayerNorm(D), nn.Linear(D, 4 * D), nn.SiLU(), nn.Dropout(spec["dropout"]), nn.Linear(4 * D, D), nn.Dropout(spec["dropout"]))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.drop = FeedForward(), FeedForward(), nn.Dropout(spec["dropout"])
        self.attention_norm, self.qkv, self.out = nn.LayerNorm(D), nn.Linear(D, 3 * D), nn.Linear(D, D)
        self.convolution_norm, self.expand, self.contract = nn.LayerNorm(D), nn.Linear(D, 2 * D), nn.Linear(D, D)
        self.depthwise, self.norm = nn.Conv1d(D, D, K, padding=K // 2, groups=D, bias=False), nn.BatchNorm1d(D)
        self.last = nn.LayerNorm(D)
        self.key_offset = (mask - 1)[:, None, None] * 1e4

    def attend(self, x):
        q, k, v = self.qkv(self.attention_norm(x)).view(B, T, 3, H, D // H).permute(2, 0, 3, 1, 4)
        scores = (rotary(q) * (D // H) ** -0.5) @ rotary(k).transpose(-1, -2) + self.key_offset
        return self.out((scores.softmax(-1) @ v).transpose(1, 2).reshape(B, T, D))

    def convolve(self, x):
        y = F.glu(self.expand(self.convolution_norm(x)), -1) * mask[:, :, None]
        y = self.depthwise(y.transpose(1, 2))
        row = mask[:, None]
        count, valid = mask.sum(), y * row
        mean = valid.sum((0, 2)) / count
        variance = (valid * valid).sum((0, 2)) / count - mean * mean
        with torch.no_grad():
            self.norm.running_mean.lerp_(mean, 0.1)
            self.norm.running_var.lerp_(variance * count / (count - 1), 0.1)
        scale = self.norm.weight * torch.rsqrt(variance + 1e-5)
        y = y * scale[None, :, None] + (self.norm.bias - mean * scale)[None, :, None]
        return self.contract(F.silu(y).transpose(1, 2))

    def forward(self, x):
        x = x + 0.5 * self.first(x)
        x = x + self.drop(self.attend(x))
        x = x + self.drop(self.convolve(x))
        return self.last(x + 0.5 * self.second(x))


# A comparison with the reference BLAS would flatter us sevenfold.
with open("/proc/self/maps") as maps:
    libraries = maps.read()
if "+mkl" not in torch.__config__.show() and not any(name in libraries for name in ("libopenblas", "openblas-pthread", "libmkl", "libblis")):
    sys.exit("PyTorch here uses the slow reference BLAS: install libopenblas0-pthread for a fair comparison")

block = Block()
x = torch.randn(B, T, D, requires_grad=True)
seed = torch.randn(B, T, D) * mask[:, :, None]
for line in sys.stdin:
    if line.strip() == "end":
        break
    start, start_cpu = time.perf_counter(), time.process_time()
    block.zero_grad(set_to_none=True)
    x.grad = None
    block(x).backward(seed)
    ms, cpu_ms = (time.perf_counter() - start) * 1e3, (time.process_time() - start_cpu) * 1e3
    print(json.dumps(dict(ms=ms, cpuMs=cpu_ms)), flush=True)
print(json.dumps(dict(peakMiB=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, version=torch.__version__)), flush=True)
