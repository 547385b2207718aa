import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { checkpointFiles, runFiles } from '../../shared/run/layout.ts';

/** Changes when the file or the checkpoint that a model is read from is replaced, as the best one is during training. */
export async function modelStamp(path: string): Promise<string> {
  const checkpoints = join(path, runFiles.checkpoints);
  const places = [
    path,
    join(path, checkpointFiles.state),
    join(checkpoints, 'best', checkpointFiles.state),
    // What a foreign model's inputs and outputs mean is written beside it.
    path.replace(/\.onnx$/i, '.asr-model.json'),
  ];
  const stamps = await Promise.all(places.map(stampOf));
  // Without a best checkpoint the newest is read.
  if (stamps[2] === '') stamps.push(await stampOf(join(checkpoints, 'last', checkpointFiles.state)));
  // A run's own directory changes with every line of its log.
  if (stamps.slice(1).some((stamp) => stamp !== '')) stamps[0] = '';
  return stamps.join('\n');
}

const stampOf = (file: string): Promise<string> =>
  stat(file).then(
    (found) => `${found.mtimeMs} ${found.size} ${found.ino}`,
    () => '',
  );
