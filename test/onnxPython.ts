import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where `scripts/setup.mjs test` puts onnx and onnxruntime, or any Python that has them. */
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'asr-workbench');
const installed = join(cache, 'onnx/bin/python');

export const onnxPython = process.env.ASR_ONNX_PYTHON ?? (existsSync(installed) ? installed : 'python3');

/** Whether there is none; said once. */
export const unlessOnnxPython = spawnSync(onnxPython, ['-c', 'import onnx, onnxruntime']).status !== 0;
if (unlessOnnxPython)
  console.warn(
    'skipped: checks of exports with Python (run "node scripts/setup.mjs test", or pip install onnx onnxruntime)',
  );
