"""PyTorch peer of bench/pieces.ts: one forward and backward pass, or one update, per line on stdin.

Run with OPENBLAS_NUM_THREADS=1: two thread pools that fight make PyTorch up to twice as slow.
"""
import json, resource, sys, time
import torch
import torch.nn as nn
import torch.nn.functional as F

bench = json.loads(sys.argv[1])
torch.set_num_threads(bench["threads"])
torch.manual_seed(0)


def lstm():
    model = nn.LSTM(bench["inputs"], bench["hidden"], bench["layers"], bidirectional=True)
    x = torch.randn(bench["frames"], bench["batch"], bench["inputs"], requires_grad=True)
    seed = torch.randn(bench["frames"], bench["batch"], 2 * bench["hidden"])

    def step():
        x.grad = None
        model.zero_grad(set_to_none=True)
        model(x)[0].backward(seed)

    return step


def ctc():
    frames, batch, tokens = bench["frames"], bench["batch"], bench["tokens"]
    logits = torch.randn(frames, batch, bench["vocabulary"], requires_grad=True)
    labels = torch.randint(1, bench["vocabulary"], (batch, tokens))
    lengths, counts = torch.full((batch,), frames), torch.full((batch,), tokens)

    def step():
        logits.grad = None
        F.ctc_loss(F.log_softmax(logits, 2), labels, lengths, counts, reduction="none").sum().backward()

    return step


def adamw():
    parameters = [torch.randn(size, requires_grad=True) for size in bench["sizes"]]
    for p in parameters:
        p.grad = torch.randn_like(p)
    return torch.optim.AdamW(parameters, lr=1e-3, weight_decay=0.01, foreach=True).step


step = dict(lstm=lstm, ctc=ctc, adamw=adamw)[bench["piece"]]()
for line in sys.stdin:
    if line.strip() == "end":
        break
    start, start_cpu = time.perf_counter(), time.process_time()
    step()
    print(json.dumps(dict(ms=(time.perf_counter() - start) * 1e3, cpuMs=(time.process_time() - start_cpu) * 1e3)), flush=True)
print(json.dumps(dict(peakMiB=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, version=torch.__version__)), flush=True)
