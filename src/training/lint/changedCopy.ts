import { writeFile } from 'node:fs/promises';
import { openAudio } from '../../dsp/audioFile.ts';
import { createEdgeMeter } from '../../dsp/quietEdges.ts';
import { loadResampler } from '../../dsp/resample.ts';
import { writeWav } from '../../dsp/writeWav.ts';
import { type RecordingChange, UserError } from '../../shared/problem.ts';
import { clipProblem } from '../data/clipReader.ts';
import { withFile } from '../data/fileSource.ts';
import { writeError } from '../fileError.ts';

export interface ChangedCopy {
  file: string;
  durationSec: number;
}

/** What is left of the silence at either end. */
const keptSec = 0.2;
/** Held at once, with its result. */
const maxSamples = 2 ** 27;

/** Writes a changed copy as 16-bit WAV beside a recording, under a name that says what was done and that is free. */
export async function writeChangedCopy(file: string, change: RecordingChange): Promise<ChangedCopy> {
  const { channels, sampleRateHz } = await changed(file, change).catch((error: unknown) => {
    throw new UserError(clipProblem(error, file).message);
  });
  const bytes = writeWav(channels, sampleRateHz);
  const stem = file.replace(/\.[^./\\]*$/, '');
  const what = change.change === 'trim' ? 'trimmed' : `${change.sampleRateHz}Hz`;
  for (let number = 1; ; number++) {
    const copy = `${stem}.${what}${number === 1 ? '' : `-${number}`}.wav`;
    try {
      await writeFile(copy, bytes, { flag: 'wx' });
      return { file: copy, durationSec: channels[0]!.length / sampleRateHz };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw writeError(error, copy, 'recording');
    }
  }
}

function changed(file: string, change: RecordingChange): Promise<{ channels: Float32Array[]; sampleRateHz: number }> {
  return withFile(file, async (source) => {
    const clip = await openAudio(source);
    const { frames, channels: count, sampleRateHz } = clip.info;
    if (frames * count > maxSamples) throw new UserError(`${file} is too long to be changed here`);
    const channels = await clip.readSamples(0, frames);
    if (change.change === 'resample') {
      const resampler = await loadResampler();
      const rate = change.sampleRateHz;
      return { channels: channels.map((one) => resampler.resample(one, sampleRateHz, rate)), sampleRateHz: rate };
    }
    const meter = createEdgeMeter(sampleRateHz);
    meter.add(channels[0]!);
    const edges = meter.edges();
    if (!edges) throw new UserError(`${file} is silent throughout: nothing would be left`);
    const kept = (edgeSec: number) => Math.floor(Math.max(0, edgeSec - keptSec) * sampleRateHz);
    const [start, end] = [kept(edges.leadSec), frames - kept(edges.tailSec)];
    return { channels: channels.map((one) => one.subarray(start, end)), sampleRateHz };
  });
}
