import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where `scripts/setup.mjs test` puts TensorBoard, or any Python that has it. */
const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'asr-workbench');
const installed = join(cache, 'tensorboard/bin/python');

export const tensorBoardPython = process.env.ASR_TENSORBOARD_PYTHON ?? (existsSync(installed) ? installed : 'python3');

/** Whether there is none; said once. What is written is compared with TensorBoard's own writing in any case. */
export const unlessTensorBoard = spawnSync(tensorBoardPython, ['-c', 'import tensorboard']).status !== 0;
if (unlessTensorBoard)
  console.warn('skipped: reading with TensorBoard (run "node scripts/setup.mjs test", or pip install tensorboard)');
