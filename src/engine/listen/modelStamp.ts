import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointFiles, runFiles } from '../../shared/run/layout.ts';

/** Changes when the file or the checkpoint that a model is read from is replaced, as the best one is during training. */
export async function modelStamp(path: string): Promise<string> {
  // What a foreign model's inputs and outputs mean is written beside it.
  if (/\.onnx$/i.test(path))
    return `${await stampOf(path)}\n${await stampOf(path.replace(/\.onnx$/i, '.asr-model.json'))}`;
  const own = await stampOf(join(path, checkpointFiles.state));
  if (own !== '') return own;
  const best = await stampOf(join(path, runFiles.checkpoints, 'best', checkpointFiles.state));
  // Without a best checkpoint the newest is read.
  return best !== '' ? best : stampOf(join(path, runFiles.checkpoints, 'last', checkpointFiles.state));
}

const stampOf = (file: string): Promise<string> =>
  stat(file).then(
    (found) => `${found.mtimeMs} ${found.size} ${found.ino}`,
    () => '',
  );
