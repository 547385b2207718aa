/** A value as one writes it, and why one would. */
export interface SuggestedValue {
  value: string;
  reason: string;
}

const of = (...rows: [value: string, reason: string][]): readonly SuggestedValue[] =>
  rows.map(([value, reason]) => ({ value, reason }));

/** For keys whose values are not few: what is usual, by the key's path. A test holds each to the schema. */
export const suggestedValues: Readonly<Record<string, readonly SuggestedValue[]>> = {
  'data.maxDurationSec': of(['20', 'usual: longer utterances take most of the memory'], ['35', 'all of LibriSpeech']),
  'text.keep': of(
    [`"ABCDEFGHIJKLMNOPQRSTUVWXYZ' "`, 'English'],
    [`"ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÜß' "`, 'German; with case: as-is, since ß has no one capital'],
  ),
  'tokenizer.vocabularySize': of(['256', 'a few hours of speech'], ['1000', 'hundreds of hours']),
  'features.sampleRateHz': of(['16000', 'usual for speech'], ['8000', 'telephone recordings']),
  'features.fftSize': of(['512', 'holds a window of 25 ms at 16 kHz'], ['256', 'the same at 8 kHz']),
  'features.windowSamples': of(['400', '25 ms at 16 kHz'], ['200', '25 ms at 8 kHz']),
  'features.hopSamples': of(['160', '10 ms at 16 kHz'], ['80', '10 ms at 8 kHz, or 5 ms at 16 kHz']),
  'features.mels': of(
    ['80', 'usual for neural models'],
    ['40', 'enough for telephone speech'],
    ['128', 'as Whisper large'],
  ),
  'augment.speed': of(['[0.9, 1, 1.1]', 'three-way perturbation (Ko et al. 2015)'], ['[1]', 'none']),
  'augment.timeMasks.maxMs': of(['100', 'short clips'], ['1000', 'LibriSpeech policies of SpecAugment']),
  'augment.frequencyMasks.maxBins': of(['10', 'mild'], ['27', 'LibriSpeech policies of SpecAugment, of 80 bands']),
  'augment.noise.probability': of(['0.5', 'every second utterance']),
  'augment.noise.snrDb': of(['[10, 30]', 'mild'], ['[0, 20]', 'loud rooms']),
  'augment.gainDb': of(['[-6, 6]', 'half to double amplitude']),
  'model.dropout': of(['0.3', 'a few hours of speech'], ['0.1', 'hundreds of hours, or a conformer']),
  'model.rnn.hiddenSize': of(['256', 'trains on a CPU'], ['512', 'more speech']),
  'model.rnn.layers': of(['2', 'trains on a CPU'], ['3', 'more speech']),
  'model.rnn.projection': of(['256', 'keeps the first recurrent layer small'], ['0', 'none']),
  'loss.ctcWeight': of(['1', 'CTC alone'], ['0.3', 'joint with the attention decoder (Watanabe et al. 2017)']),
  'loss.labelSmoothing': of(['0.1', 'Szegedy et al. 2015'], ['0', 'none']),
  'optimizer.learningRate': of(
    ['1.0e-3', 'adamw'],
    ['3.0e-4', 'adamw on a model that is trained further'],
    ['0.1', 'sgd'],
  ),
  'optimizer.weightDecay': of(['0.01', 'usual for adamw'], ['1.0e-3', 'mild']),
  'optimizer.clipNorm': of(['1', 'usual for recurrent models'], ['5', 'only for the worst steps'], ['null', 'never']),
  'schedule.warmupFraction': of(['0.15', 'usual'], ['0.05', 'long runs']),
  'schedule.t0Epochs': of(['10', 'Loshchilov & Hutter 2017']),
  'training.epochs': of(['40', 'a few hours of speech'], ['100', 'less than an hour']),
  'training.batchSeconds': of(['auto', 'the longest that fits this machine'], ['40', 'a CPU'], ['10', 'little memory']),
  'training.threads': of(['auto', 'the physical cores'], ['1', 'leaves the other cores alone']),
  'training.accumulate': of(['1', 'none'], ['4', 'four times the batch in the same memory']),
  'training.averageLast': of(['5', 'averages away the last steps’ noise'], ['0', 'none']),
  'training.emaDecay': of(['0.999', 'thousands of steps'], ['0', 'none']),
  'training.earlyStopEpochs': of(['10', 'ends a run that no longer improves'], ['0', 'never']),
  'decoding.beamWidth': of(['8', 'usual'], ['16', 'slower; better with a language model']),
  'decoding.lmWeight': of(['0.5', 'usual'], ['1', 'trusts the language model more']),
  'decoding.wordBonus': of(['0', 'none'], ['1', 'where a language model deletes words']),
  seed: of(['1', 'usual; other seeds show how much of a difference is chance']),
};
