import { profiledSteps } from './run/control.ts';

/** Names that the manifest, the code and the tests share; the manifest's part is rendered from these tables. */
export const languageId = 'asr-config';
export const taskType = 'asr';
export const debugType = 'asr';
export const spectrogramViewType = 'asr.spectrogram';
/** The same editor where it is offered, not taken: an entry of customEditors has one priority for all its patterns. */
export const compressedViewType = 'asr.spectrogram.compressed';
export const profilerViewType = 'asr.profiler';
export const sweepViewType = 'asr.sweep';
export const statisticsViewType = 'asr.statistics';
export const evaluationViewType = 'asr.evaluation';
export const transcriptsViewType = 'asr.transcripts';
export const streamingViewType = 'asr.streaming';

export interface CommandRow {
  /** Shown after the category "ASR:". */
  title: string;
  icon?: string;
  /** When the command can run; also when the palette lists it. */
  enablement?: string;
  /** Keeps a command that needs arguments out of the palette. */
  hidden?: boolean;
}

// The engine works on files, and only where the user trusts them.
export const canRunEngine = 'isWorkspaceTrusted && !virtualWorkspace';
const onExperiment = `editorLangId == ${languageId}`;
/** Documents that may list recordings, by their names. */
export const onDataDocument =
  'resourceScheme == file && resourceFilename =~ /(\\.(jsonl|csv|tsv|trans\\.txt)|^(wav\\.scp|text|segments|utt2spk))$/i';
/** Recordings that the spectrogram editor opens. */
export const recordingGlob = '**/*.{wav,flac}';
export const isSpectrogram = (viewType: string): boolean =>
  viewType === spectrogramViewType || viewType === compressedViewType;
export const onSpectrogram = 'activeCustomEditorId =~ /^asr\\.spectrogram/';

export const commands = {
  'asr.train': { title: 'Train', icon: '$(play)', enablement: `${canRunEngine} && workspaceFolderCount > 0` },
  'asr.stopTraining': { title: 'Stop Training', icon: '$(debug-stop)', enablement: 'asr.runActive' },
  'asr.transcribeFile': { title: 'Transcribe File', icon: '$(comment)', enablement: canRunEngine },
  'asr.transcribeSelection': {
    title: 'Transcribe Selection',
    icon: '$(comment-discussion)',
    enablement: `${canRunEngine} && ${onSpectrogram} || ${canRunEngine} && ${onDataDocument}`,
  },
  'asr.transcribeStretch': { title: 'Transcribe the Selected Stretch', hidden: true },
  'asr.transcribeRecordings': { title: 'Transcribe Recordings', icon: '$(comment)', hidden: true },
  'asr.insertTranscript': { title: 'Insert Transcript', hidden: true },
  'asr.pinModel': { title: 'Pin Model…', icon: '$(pin)', enablement: `${canRunEngine} && workspaceFolderCount > 0` },
  'asr.addToManifest': { title: 'Add a Stretch to a Manifest', hidden: true },
  'asr.editLabels': { title: 'Edit Labels of a Recording', hidden: true },
  'asr.showStretch': { title: 'Show a Stretch of a Recording', hidden: true },
  'asr.simulateStreaming': { title: 'Simulate Streaming', icon: '$(broadcast)', enablement: canRunEngine },
  'asr.exportModel': { title: 'Export Model…', icon: '$(export)', enablement: `${canRunEngine} && asr.hasRun` },
  'asr.quantizeModel': { title: 'Quantize Model…', icon: '$(file-zip)', enablement: canRunEngine },
  'asr.newExperiment': {
    title: 'New Experiment',
    icon: '$(new-file)',
    enablement: `${canRunEngine} && workspaceFolderCount > 0`,
  },
  'asr.pauseTraining': { title: 'Pause Training', icon: '$(debug-pause)', enablement: 'asr.runGoing' },
  'asr.continueTraining': { title: 'Continue Training', icon: '$(debug-continue)', enablement: 'asr.runPaused' },
  'asr.saveCheckpoint': { title: 'Save Checkpoint Now', icon: '$(save)', enablement: 'asr.runActive' },
  'asr.resumeRun': {
    title: 'Resume Run',
    icon: '$(debug-rerun)',
    enablement: `${canRunEngine} && asr.runResumable`,
  },
  'asr.duplicateRun': {
    title: 'Duplicate Run with Changes…',
    icon: '$(copy)',
    enablement: `${canRunEngine} && asr.hasRun`,
  },
  'asr.compareRuns': { title: 'Compare Runs…', icon: '$(diff)', enablement: 'asr.severalRuns' },
  'asr.renameRun': { title: 'Rename Run…', icon: '$(edit)', enablement: 'asr.hasRun' },
  'asr.editRunNote': { title: 'Edit Run Note', icon: '$(note)', enablement: 'asr.hasRun' },
  'asr.deleteRun': { title: 'Delete Run…', icon: '$(trash)', enablement: 'asr.runIdle' },
  'asr.refreshRuns': { title: 'Refresh Runs', icon: '$(refresh)', enablement: 'workspaceFolderCount > 0' },
  'asr.openRun': { title: 'Open Run', icon: '$(graph-line)', enablement: 'asr.hasRun' },
  'asr.showReport': { title: 'Show Report', icon: '$(book)', enablement: 'asr.hasRun' },
  'asr.showRunLog': { title: 'Show Run Log', icon: '$(output)', enablement: 'asr.hasRun' },
  'asr.revealRun': { title: 'Reveal Run in Explorer', icon: '$(folder-opened)', enablement: 'asr.hasRun' },
  'asr.debugTraining': {
    title: 'Debug Training',
    icon: '$(debug-alt)',
    enablement: `${canRunEngine} && ${onExperiment}`,
  },
  'asr.rangeTest': { title: 'Range Test', icon: '$(beaker)', enablement: `${canRunEngine} && ${onExperiment}` },
  'asr.showFigure': { title: 'Show Figure', icon: '$(graph-line)', enablement: onExperiment },
  'asr.showRunsOfExperiment': { title: 'Show Runs of Experiment', icon: '$(history)', enablement: onExperiment },
  'asr.showRun': { title: 'Show Run', icon: '$(pulse)', enablement: 'asr.hasRun' },
  'asr.showProfiler': { title: 'Show Profiler', icon: '$(graph-line)', enablement: 'workspaceFolderCount > 0' },
  'asr.sweep': { title: 'Sweep…', icon: '$(beaker)', enablement: `${canRunEngine} && workspaceFolderCount > 0` },
  'asr.trainEnsemble': {
    title: 'Train Ensemble…',
    icon: '$(layers)',
    enablement: `${canRunEngine} && workspaceFolderCount > 0`,
  },
  'asr.showSweep': { title: 'Show Sweep…', icon: '$(table)', enablement: 'asr.hasSweep' },
  'asr.stopSweep': { title: 'Stop Sweep', icon: '$(debug-stop)', enablement: 'asr.sweepActive' },
  'asr.resumeSweep': {
    title: 'Resume Sweep',
    icon: '$(debug-rerun)',
    enablement: `${canRunEngine} && asr.sweepResumable`,
  },
  'asr.profileSteps': { title: `Profile ${profiledSteps} Steps`, icon: '$(flame)', enablement: 'asr.runActive' },
  'asr.trainFrom': { title: 'Train from a Step', hidden: true },
  'asr.checkData': { title: 'Check Data', icon: '$(checklist)', enablement: 'workspaceFolderCount > 0' },
  'asr.stopDataCheck': { title: 'Stop Checking Data', icon: '$(circle-slash)', enablement: 'asr.checkingData' },
  'asr.changeRecording': { title: 'Change a Copy of a Recording', hidden: true },
  'asr.showStatistics': { title: 'Dataset Statistics', icon: '$(graph)' },
  'asr.splitDataset': { title: 'Split Dataset…', icon: '$(split-horizontal)', enablement: canRunEngine },
  'asr.prepareDataset': { title: 'Prepare Dataset…', icon: '$(database)', enablement: canRunEngine },
  'asr.playRecording': { title: 'Play Recording', hidden: true },
  'asr.openRecording': { title: 'Open Recording', hidden: true },
  'asr.evaluateModel': { title: 'Evaluate Model…', icon: '$(beaker-stop)', enablement: canRunEngine },
  'asr.compareModels': { title: 'Compare Models…', icon: '$(diff)', enablement: canRunEngine },
  'asr.showEvaluation': { title: 'Open Evaluation Report…', icon: '$(checklist)' },
  'asr.serveModel': { title: 'Serve Model', icon: '$(broadcast)', enablement: canRunEngine },
  'asr.stopServing': { title: 'Stop Serving', icon: '$(debug-stop)', enablement: 'asr.serving' },
  'asr.showServer': { title: 'Show Server', icon: '$(broadcast)', enablement: 'asr.serving' },
  'asr.showLog': { title: 'Show Log', icon: '$(output)' },
  'asr.togglePlayback': { title: 'Play or Stop', icon: '$(play-circle)', enablement: onSpectrogram },
  'asr.compareRecordings': { title: 'Compare Recordings…', icon: '$(split-horizontal)' },
  'asr.comparePictures': { title: 'Compare Pictures (Split with Other Settings)', icon: '$(split-horizontal)' },
  'asr.reopenBuiltIn': { title: 'Reopen with Built-in Audio Preview', enablement: onSpectrogram },
  'asr.exportSelection': { title: 'Save Selection as WAV…', icon: '$(save)', enablement: onSpectrogram },
  'asr.exportPicture': { title: 'Save Picture of Spectrogram…', icon: '$(file-media)', enablement: onSpectrogram },
  'asr.copyMeasurements': { title: 'Copy Measurements of Selection', icon: '$(copy)', enablement: onSpectrogram },
  'asr.zoomToFit': { title: 'Zoom to Fit', icon: '$(screen-normal)', enablement: onSpectrogram },
  'asr.goToTime': { title: 'Go to Time…', icon: '$(watch)', enablement: onSpectrogram },
  'asr.zoomToSelection': { title: 'Zoom to Selection', icon: '$(zoom-in)', enablement: onSpectrogram },
} as const satisfies Record<`asr.${string}`, CommandRow>;
export type CommandId = keyof typeof commands;

/** Keys that `when` clauses read and features set. */
export type ContextKey =
  | 'asr.runActive'
  | 'asr.hasRun'
  | 'asr.severalRuns'
  | 'asr.runGoing'
  | 'asr.runPaused'
  | 'asr.runResumable'
  | 'asr.runIdle'
  | 'asr.checkingData'
  | 'asr.hasSweep'
  | 'asr.sweepActive'
  | 'asr.sweepResumable'
  | 'asr.serving';

export interface SettingRow {
  type: 'string' | 'boolean' | 'number';
  default: string | boolean | number;
  description: string;
  scope: 'machine' | 'resource' | 'window';
  /** Ignored in a workspace that is not trusted. */
  restricted?: boolean;
}
export const settings = {
  'asr.engine.nodePath': {
    type: 'string',
    default: '',
    description:
      'Node.js (version 20 or newer) that runs the engine. Empty uses the one inside VS Code, which needs no installation.',
    scope: 'machine',
    restricted: true,
  },
  'asr.codeLens.enabled': {
    type: 'boolean',
    default: true,
    description: 'Shows above each block of an experiment what it amounts to.',
    scope: 'window',
  },
  'asr.dataLint.enabled': {
    type: 'boolean',
    default: true,
    description:
      'Check manifests, transcript lists, tables and Kaldi directories that are open, and the data of open experiments.',
    scope: 'window',
  },
  'asr.dataLint.listen': {
    type: 'boolean',
    default: true,
    description:
      'Also decode their recordings in the background, unless a training runs: silence, clipping, values that are not finite, copies.',
    scope: 'window',
  },
  'asr.data.codeLens': {
    type: 'boolean',
    default: false,
    description:
      'Show the length of each recording above its line in manifests and other lists, with a way to play it.',
    scope: 'window',
  },
} as const satisfies Record<`asr.${string}`, SettingRow>;
export type SettingId = keyof typeof settings;

export const engineCommands = [
  'train',
  'sweep',
  'ensemble',
  'evaluate',
  'compare',
  'transcribe',
  'align',
  'calibrate',
  'stream',
  'serve',
  'prepare',
  'split',
  'stats',
  'lint',
  'range-test',
  'features',
  'inspect',
  'export',
  'quantize',
  'runs',
  'selftest',
] as const;
export type EngineCommand = (typeof engineCommands)[number];

interface PropertyRow {
  type: string;
  description: string;
  items?: { type: string };
  enum?: readonly string[];
  default?: unknown;
}
/** What a task and a debug configuration have in common: one call of the engine. */
export const invocationProperties = {
  command: { type: 'string', enum: engineCommands, description: 'What the engine does.' },
  config: {
    type: 'string',
    description: 'Experiment file (`*.asr.yaml`), for train, sweep, ensemble, lint and range-test.',
  },
  model: {
    type: 'string',
    description:
      'Run directory, checkpoint directory or `.onnx`, for evaluate, compare, transcribe, align, calibrate, stream, serve, export and quantize.',
  },
  runDir: { type: 'string', description: 'Run directory to train in; by default a new one in `runs/`.' },
  attach: { type: 'string', description: 'Run directory of a run that is going on: follow it and start nothing.' },
  from: {
    type: 'string',
    description: 'Run or checkpoint directory that a new run goes on from; it is left as it is.',
  },
  fromStep: { type: 'number', description: 'With `from`: go on from its newest checkpoint up to this step.' },
  resume: { type: 'boolean', description: 'Go on from the last checkpoint of the run.' },
  set: { type: 'array', items: { type: 'string' }, description: 'Changes of the experiment, as `key=value`.' },
  args: { type: 'array', items: { type: 'string' }, description: 'Further arguments, as on the command line.' },
} as const satisfies Record<string, PropertyRow>;

/** What a user writes in `tasks.json`, and what `ASR: Train` makes. */
export interface Invocation {
  command: EngineCommand;
  config?: string;
  model?: string;
  runDir?: string;
  attach?: string;
  from?: string;
  fromStep?: number;
  resume?: boolean;
  set?: string[];
  args?: string[];
}

/** Lines of the engine's output that say that a run has begun to learn, and that it has come to an end. */
export const trainingOutput = { begins: '^run ', ends: '^(epoch \\d+/\\d+: |done: |stopped|asr)' } as const;

/** The same of a server: it loads its models, then it listens. */
export const servingOutput = { begins: '^loading ', ends: '^(ready |asr)' } as const;
