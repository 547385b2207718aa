"""Checks an exported model with Python's onnx and onnxruntime, independently of the program that wrote it.

    python3 scripts/checkExport.py model.onnx [feeds.json]

onnx.checker with full_check (types and shapes of every node, opset and IR version), then one run on the inputs of
feeds.json: { name: { "dtype": "float32" | "int64", "shape": […], "data": […] } }. Prints one JSON document:
{ "opset", "irVersion", "onnx", "onnxruntime", "inputs", "outputs", "results": { name: { "shape", "data" } } }.
"""
import json
import sys

import numpy as np
import onnx
import onnxruntime


def main(model_file, feeds_file=None):
    model = onnx.load(model_file)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model_file, providers=["CPUExecutionProvider"])
    report = {
        "opset": next(entry.version for entry in model.opset_import if entry.domain == ""),
        "irVersion": model.ir_version,
        "onnx": onnx.__version__,
        "onnxruntime": onnxruntime.__version__,
        "inputs": {port.name: port.shape for port in session.get_inputs()},
        "outputs": {port.name: port.shape for port in session.get_outputs()},
        "results": {},
    }
    if feeds_file:
        with open(feeds_file, encoding="utf-8") as file:
            feeds = {
                name: np.array(feed["data"], dtype=feed["dtype"]).reshape(feed["shape"])
                for name, feed in json.load(file).items()
            }
        names = [port.name for port in session.get_outputs()]
        for name, value in zip(names, session.run(names, feeds)):
            report["results"][name] = {"shape": list(value.shape), "data": value.ravel().tolist()}
    print(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:3])
