"""The PyTorch twin of bench/train-step.ts: same weights, batches and optimizer. Needs torch and numpy."""
import json
import math
import struct
import sys
import time

import numpy
import torch
import torch.nn.functional as F

folder = sys.argv[1]
config = json.load(open(f"{folder}/config.json"))
model = config["model"]
torch.set_num_threads(config["threads"])
width, heads, batch, length = model["width"], model["heads"], config["batch"], config["sequence"]

raw = open(f"{folder}/weights.safetensors", "rb").read()
size = struct.unpack("<Q", raw[:8])[0]
header = json.loads(raw[8 : 8 + size])
weights = {}
for name, entry in header.items():
    if name != "__metadata__":
        start, end = (8 + size + offset for offset in entry["data_offsets"])
        values = numpy.frombuffer(raw[start:end], dtype="<f4").reshape(entry["shape"]).copy()
        weights[name] = torch.tensor(values, requires_grad=True)


def norm(x, name):
    return F.layer_norm(x, (width,), weights[f"{name}.weight"], weights[f"{name}.bias"], 1e-5)


def loss_of(tokens, targets):
    x = weights["embedding.token.weight"][tokens] + weights["embedding.position.weight"][:length]
    for i in range(model["layers"]):
        attention, ffn = f"layers.{i}.attention", f"layers.{i}.ffn"
        seen = norm(x, f"{attention}_norm")
        q, k, v = (
            (seen @ weights[f"{attention}.{part}.weight"]).view(batch, length, heads, width // heads).transpose(1, 2)
            for part in ("query", "key", "value")
        )
        mixed = F.scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).reshape(batch, length, width)
        x = x + mixed @ weights[f"{attention}.output.weight"]
        hidden = F.gelu(norm(x, f"{ffn}_norm") @ weights[f"{ffn}.up.weight"] + weights[f"{ffn}.up.bias"])
        x = x + hidden @ weights[f"{ffn}.down.weight"] + weights[f"{ffn}.down.bias"]
    logits = norm(x, "norm") @ weights["head.weight"]
    return F.cross_entropy(logits.view(-1, model["vocabSize"]), targets.view(-1))


def decays(name):
    return weights[name].dim() == 2 and name != "embedding.position.weight"


def learning_rate(step):
    peak, warmup, share = config["learningRate"], config["warmupSteps"], config["minLearningRateShare"]
    if step < warmup:
        return peak * (step + 1) / warmup
    progress = (step - warmup) / max(1, config["steps"] - warmup)
    return peak * (share + (1 - share) * (1 + math.cos(math.pi * progress)) / 2)


optimizer = torch.optim.AdamW(
    [
        {"params": [w for n, w in weights.items() if decays(n)], "weight_decay": config["weightDecay"]},
        {"params": [w for n, w in weights.items() if not decays(n)], "weight_decay": 0.0},
    ],
    betas=(config["beta1"], config["beta2"]),
    eps=config["epsilon"],
)
data = numpy.fromfile(f"{folder}/batches.i32", dtype="<i4").astype(numpy.int64)
batches = torch.tensor(data).view(config["steps"], 2, batch, length)
losses, speeds = [], []
for step in range(config["steps"]):
    started = time.perf_counter()
    for group in optimizer.param_groups:
        group["lr"] = learning_rate(step)
    optimizer.zero_grad()
    loss = loss_of(batches[step, 0], batches[step, 1])
    loss.backward()
    torch.nn.utils.clip_grad_norm_(list(weights.values()), config["clipNorm"])
    optimizer.step()
    losses.append(loss.item())
    speeds.append(batch * length / (time.perf_counter() - started))
print(json.dumps({"version": torch.__version__, "losses": losses, "speeds": speeds}))
