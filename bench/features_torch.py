"""The torchaudio side of bench/features.ts: answers commands on stdin, one JSON line each. One thread."""
import json, sys, time
import numpy as np
import torch
import torchaudio
import torchaudio.compliance.kaldi

torch.set_num_threads(1)
RATE = 16000


def build_kaldi(spec, dtype):
    half = spec["windowSamples"] // 2
    options = dict(
        sample_frequency=RATE, frame_length=1000 * spec["windowSamples"] / RATE, frame_shift=1000 * spec["hopSamples"] / RATE,
        num_mel_bins=spec["mels"], low_freq=spec["lowHz"], preemphasis_coefficient=spec["preemphasis"], dither=0.0)
    mfcc = dict(num_ceps=spec["cepstra"], cepstral_lifter=spec["lifter"])

    def run(samples):  # [samples] → [bins, frames], one clip at a time: torchaudio has no other way
        torch.set_default_dtype(dtype)  # the dtype of torchaudio's mel bank
        waveform = torch.nn.functional.pad(samples, (half, half))[None] * 32768
        if spec["type"] == "fbank":
            return torchaudio.compliance.kaldi.fbank(waveform, **options).T
        return torchaudio.compliance.kaldi.mfcc(waveform, **mfcc, **options).T

    return run


def build(spec, dtype=torch.float32):
    if spec["type"] != "logMel":
        return build_kaldi(spec, dtype)
    torch.set_default_dtype(dtype)  # the dtype of torchaudio's window and mel bank
    mel = torchaudio.transforms.MelSpectrogram(
        RATE, n_fft=spec["fftSize"], win_length=spec["windowSamples"], hop_length=spec["hopSamples"], n_mels=spec["mels"],
        norm="slaney", mel_scale="slaney", pad_mode="constant").to(dtype)
    decibel = torchaudio.transforms.AmplitudeToDB("power", spec["topDb"])

    def run(samples):
        features = decibel(mel(samples))
        if spec["reference"] == "max":
            features = features - features.amax(dim=(-2, -1), keepdim=True)
            features = 2 * (features + spec["topDb"]) / spec["topDb"] - 1
        return features

    return run


def timed(run, inputs):
    started = time.perf_counter()
    for samples in inputs:
        run(samples)
    return time.perf_counter() - started


clips = [torch.from_numpy(row.copy()) for row in np.fromfile(sys.argv[1], "<f4").reshape(int(sys.argv[2]), -1)]
whole = torch.cat(clips)
together = torch.stack(clips)
print(json.dumps({"torch": torch.__version__, "torchaudio": torchaudio.__version__}), flush=True)
with torch.inference_mode():
    for line in sys.stdin:
        command = json.loads(line)
        run = build(command["spec"])
        if command["do"] == "time":
            inputs = [whole] if command["input"] == "file" else clips
            seconds = timed(run, inputs)
            if command["input"] == "clips" and command["spec"]["type"] == "logMel":  # as one batch, where that is the faster way to use torchaudio
                seconds = min(seconds, timed(run, [together]))
            print(json.dumps({"sec": seconds}), flush=True)
        else:
            exact = build(command["spec"], torch.float64)
            torch.set_default_dtype(torch.float32)
            for name, function, kind in (("single", run, torch.float32), ("double", exact, torch.float64)):
                rows = [function(clip.to(kind)).T.numpy().astype("<f4").ravel() for clip in clips]
                np.concatenate(rows).tofile(f"{sys.argv[1]}.{name}")
            print(json.dumps({"written": True}), flush=True)
