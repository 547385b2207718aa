"""PyTorch peer of bench/step.ts: one CRNN-CTC training step per line on stdin.

argv: JSON of {config, bins, vocabulary, batch, frames, lengths, targets, learningRate, weightDecay, clipNorm}.
Run with OPENBLAS_NUM_THREADS=1: two thread pools that fight make PyTorch up to twice as slow.
"""
import json, resource, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

spec = json.loads(sys.argv[1])
torch.set_num_threads(spec.get("threads", 2))
torch.manual_seed(0)


def masked_norm(y, lengths, norm):
    """Batch norm over valid frames; of the forms tried (frames laid end to end for nn.BatchNorm2d, sums) the fastest."""
    mask = (torch.arange(y.shape[2])[None] < torch.tensor(lengths)[:, None]).float()[:, None, :, None]
    count, valid = mask.sum() * y.shape[3], y * mask
    mean = valid.sum((0, 2, 3)) / count
    variance = (valid * valid).sum((0, 2, 3)) / count - mean * mean
    with torch.no_grad():
        norm.running_mean.lerp_(mean, norm.momentum)
        norm.running_var.lerp_(variance * count / (count - 1), norm.momentum)
    scale = norm.weight * torch.rsqrt(variance + norm.eps)
    return y * scale[None, :, None, None] + (norm.bias - mean * scale)[None, :, None, None]


class Block(nn.Module):
    def __init__(self, inputs, channels, pool, norm):
        super().__init__()
        self.conv = nn.Conv2d(inputs, channels, 3, padding=1, bias=norm == "none")
        self.norm = nn.BatchNorm2d(channels) if norm == "batch" else None
        self.pool = tuple(pool)

    def forward(self, x, lengths):
        y = self.conv(x)
        ragged = any(n < x.shape[2] for n in lengths)
        if self.norm is None:
            y = F.max_pool2d(F.relu(y), self.pool)
        elif not ragged:
            y = F.max_pool2d(F.relu(self.norm(y)), self.pool)
        else:
            y = F.max_pool2d(F.relu(masked_norm(y, lengths, self.norm)), self.pool)
        lengths = [n // self.pool[0] for n in lengths]
        if ragged:
            mask = (torch.arange(y.shape[2])[None] < torch.tensor(lengths)[:, None]).float()
            y = y * mask[:, None, :, None]
        return y, lengths


class Crnn(nn.Module):
    def __init__(self, config, bins, vocabulary):
        super().__init__()
        self.blocks, inputs = nn.ModuleList(), 1
        for block in config["blocks"]:
            self.blocks.append(Block(inputs, block["channels"], block["pool"], config["norm"]))
            inputs, bins = block["channels"], bins // block["pool"][1]
        rnn, width = config["rnn"], inputs * bins
        self.dropout = nn.Dropout(config["dropout"])
        self.projection = nn.Linear(width, rnn["projection"]) if rnn["projection"] else None
        self.lstm = nn.LSTM(
            rnn["projection"] or width, rnn["hiddenSize"], rnn["layers"], bidirectional=rnn["bidirectional"],
            dropout=config["dropout"] if rnn["layers"] > 1 else 0,
        )
        self.output = nn.Linear(rnn["hiddenSize"] * (2 if rnn["bidirectional"] else 1), vocabulary)

    def forward(self, x, lengths):
        for block in self.blocks:
            x, lengths = block(x, lengths)
        x = x.permute(2, 0, 1, 3).flatten(2)
        if self.projection is not None:
            x = self.dropout(self.projection(x))
        if any(n < x.shape[0] for n in lengths):
            packed = nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
            x, _ = nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], total_length=x.shape[0])
        else:
            x, _ = self.lstm(x)
        return self.output(self.dropout(x)), lengths


# A comparison with the reference BLAS would flatter us sevenfold.
with open("/proc/self/maps") as maps:
    libraries = maps.read()
if "+mkl" not in torch.__config__.show() and not any(name in libraries for name in ("libopenblas", "openblas-pthread", "libmkl", "libblis")):
    sys.exit("PyTorch here uses the slow reference BLAS: install libopenblas0-pthread for a fair comparison")

model = Crnn(spec["config"], spec["bins"], spec["vocabulary"])
optimizer = torch.optim.AdamW(model.parameters(), lr=spec["learningRate"], weight_decay=spec["weightDecay"])
features = torch.randn(spec["batch"], 1, spec["frames"], spec["bins"])
labels = torch.tensor([token for target in spec["targets"] for token in target])
label_lengths = torch.tensor([len(target) for target in spec["targets"]])
for line in sys.stdin:
    if line.strip() == "end":
        break
    start, start_cpu = time.perf_counter(), time.process_time()
    logits, lengths = model(features, spec["lengths"])
    loss = F.ctc_loss(F.log_softmax(logits, 2), labels, torch.tensor(lengths), label_lengths, reduction="sum") / spec["batch"]
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    norm = nn.utils.clip_grad_norm_(model.parameters(), spec["clipNorm"])
    optimizer.step()
    result = dict(loss=loss.item(), gradientNorm=norm.item())
    ms, cpu_ms = (time.perf_counter() - start) * 1e3, (time.process_time() - start_cpu) * 1e3
    print(json.dumps(dict(result, ms=ms, cpuMs=cpu_ms)), flush=True)
print(json.dumps(dict(peakMiB=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, version=torch.__version__)), flush=True)
