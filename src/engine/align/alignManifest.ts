import { type AlignedText, alignText } from '../../asr/alignText.ts';
import { createTokenizer } from '../../asr/tokenizer.ts';
import { secondsPerOutputFrame } from '../../asr/words.ts';
import { loadResampler } from '../../dsp/resample.ts';
import type { Problem } from '../../shared/problem.ts';
import { readClip } from '../../training/data/clipReader.ts';
import type { Example } from '../../training/data/examples.ts';
import { manifestOutputs, type UtteranceOutput } from '../model/manifestOutputs.ts';
import type { Scorer } from '../model/scoreManifest.ts';
import type { Terminal } from '../terminal.ts';

/** An utterance with its words in the time of the recording. */
export interface AlignedUtterance extends AlignedText {
  example: Example;
  startSec: number;
  endSec: number;
}

export interface AlignedManifest {
  /** In the order of the manifest. */
  utterances: AlignedUtterance[];
  skipped: number;
  excluded: number;
}

/** Aligns every utterance of a manifest; those that cannot be are reported with their line and left out. */
export async function alignManifest(scorer: Scorer, manifest: string, terminal: Terminal): Promise<AlignedManifest> {
  const { vocabulary, text, features, timeStride } = scorer.metadata;
  const { sampleRateHz, hopSamples } = features;
  const tokenizer = createTokenizer(vocabulary, text);
  const resampler = await loadResampler();
  const utterances: AlignedUtterance[] = [];
  let failed = 0;
  const align = async ({ example, output, row }: UtteranceOutput): Promise<Problem | undefined> => {
    const size = output.outputFrames * vocabulary.length;
    const samples = await readClip(example.range, sampleRateHz, resampler);
    const startSec = example.range.offsetSec ?? 0;
    const aligned = alignText(example.text, tokenizer, {
      logProbabilities: output.logProbabilities.subarray(row * size, (row + 1) * size),
      frames: output.lengths[row]!,
      secondsPerFrame: secondsPerOutputFrame(timeStride, hopSamples, sampleRateHz),
      ...{ samples, sampleRateHz, offsetSec: startSec },
    });
    if ('problem' in aligned) return aligned.problem;
    const durationSec = samples.length / sampleRateHz;
    const place = { startSec, endSec: startSec + durationSec };
    utterances.push({ example, ...place, ...aligned });
    return undefined;
  };
  const { skipped, excluded } = await manifestOutputs(scorer, manifest, 'aligning', terminal, async (own) => {
    const problem = await align(own);
    if (!problem) return;
    failed++;
    terminal.report({ ...problem, file: own.example.manifest, line: own.example.line, column: 1 });
  });
  utterances.sort((a, b) => a.example.line - b.example.line);
  return { utterances, skipped: skipped + failed, excluded };
}
