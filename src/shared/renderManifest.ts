// biome-ignore-all lint/suspicious/noTemplateCurlyInString: VS Code's own variables, which it replaces.

import {
  type CommandId,
  type CommandRow,
  canRunEngine,
  commands,
  compressedViewType,
  debugType,
  evaluationViewType,
  invocationProperties,
  languageId,
  onDataDocument,
  onSpectrogram,
  profilerViewType,
  type SettingId,
  type SettingRow,
  servingOutput,
  settings,
  spectrogramViewType,
  statisticsViewType,
  streamingViewType,
  sweepViewType,
  taskType,
  trainingOutput,
} from './contributions.ts';
import { renderRunKeybindings, renderRunMenus, renderRunViews } from './runContributions.ts';

const configName = 'resourceFilename =~ /\\.asr\\.ya?ml$/i';
const manifestName = 'resourceExtname =~ /^\\.jsonl$/i';
const onData = `${onDataDocument} && ${canRunEngine}`;
const reportName = 'resourceFilename =~ /^(report|comparison)\\.json$/';
const audioName = 'resourceExtname =~ /^\\.(wav|flac|mp3|ogg|oga|opus)$/i';

// The rest follows from what is contributed; a window opened on a folder with experiments must find its running run, and
// a manifest may be all there is yet.
const activationEvents = [
  'workspaceContains:**/*.asr.yaml',
  'onLanguage:jsonl',
  ...['*.trans.txt', 'wav.scp', 'metadata.csv', 'validated.tsv'].map((name) => `workspaceContains:**/${name}`),
  ...[profilerViewType, sweepViewType, statisticsViewType, evaluationViewType, streamingViewType].map(
    (type) => `onWebviewPanel:${type}`,
  ),
];

/** The parts of package.json that follow from the tables above. */
export function renderManifest(): Record<string, unknown> {
  const rows = Object.entries(commands) as [CommandId, CommandRow][];
  const settingRows = Object.entries(settings) as [SettingId, SettingRow][];
  return {
    activationEvents,
    extensionKind: ['workspace'],
    capabilities: {
      untrustedWorkspaces: {
        supported: 'limited',
        description: 'Recordings can be viewed and experiments edited; nothing runs until the workspace is trusted.',
        restrictedConfigurations: settingRows.filter(([, row]) => row.restricted).map(([id]) => id),
      },
      virtualWorkspaces: {
        supported: 'limited',
        description: 'Recordings can be viewed and experiments edited; training needs files on a disk.',
      },
    },
    contributes: {
      commands: rows.map(([command, { title, icon, enablement }]) => ({
        command,
        title,
        category: 'ASR',
        ...(icon ? { icon } : {}),
        ...(enablement ? { enablement } : {}),
      })),
      menus: renderMenus(rows),
      ...renderRunViews(),
      keybindings: [...renderTranscribeKeybindings(), ...renderRunKeybindings()],
      configuration: {
        title: 'ASR Workbench',
        properties: Object.fromEntries(
          settingRows.map(([id, { restricted: _, description, ...row }]) => [
            id,
            { ...row, markdownDescription: description },
          ]),
        ),
      },
      configurationDefaults: {
        'workbench.editorAssociations': { '*.wav': spectrogramViewType },
        [`[${languageId}]`]: {
          'editor.insertSpaces': true,
          'editor.tabSize': 2,
          'editor.autoIndent': 'advanced',
          // Plain YAML values count as strings, for which editors suggest nothing by themselves.
          'editor.quickSuggestions': { other: 'on', comments: 'off', strings: 'on' },
        },
      },
      languages: [
        {
          id: languageId,
          aliases: ['ASR Experiment'],
          extensions: ['.asr.yaml', '.asr.yml'],
          configuration: './syntaxes/asr-config.language.json',
        },
      ],
      grammars: [{ language: languageId, scopeName: 'source.yaml.asr', path: './syntaxes/asr-config.tmLanguage.json' }],
      // For those who open experiments as plain YAML with another extension.
      yamlValidation: [{ fileMatch: ['*.asr.yaml', '*.asr.yml'], url: './docs/asr-config.schema.json' }],
      customEditors: [
        {
          viewType: spectrogramViewType,
          displayName: 'Spectrogram',
          selector: [{ filenamePattern: '*.wav' }, { filenamePattern: '*.flac' }],
          // Comparisons in Source Control open it too; versions before 1.135 take an object for the default.
          priority: { textEditor: 'default', diffEditor: 'default' },
        },
        {
          viewType: compressedViewType,
          displayName: 'Spectrogram',
          selector: ['mp3', 'ogg', 'oga', 'opus'].map((name) => ({ filenamePattern: `*.${name}` })),
          priority: 'option',
        },
      ],
      taskDefinitions: [{ type: taskType, required: ['command'], properties: invocationProperties }],
      ...renderProblemMatchers(),
      debuggers: [renderDebugger()],
      breakpoints: [{ language: languageId }],
    },
  };
}

function renderTranscribeKeybindings(): Record<string, unknown>[] {
  const command = 'asr.transcribeSelection';
  return [
    { command, key: 'ctrl+enter', mac: 'cmd+enter', when: onSpectrogram },
    { command, key: 'ctrl+alt+enter', mac: 'cmd+alt+enter', when: `editorTextFocus && ${onData}` },
  ];
}

function renderMenus(rows: [CommandId, CommandRow][]): Record<string, unknown> {
  const onConfig = `${configName} && isWorkspaceTrusted`;
  return {
    commandPalette: rows
      .filter(([, row]) => row.hidden || row.enablement)
      .map(([command, row]) => ({ command, when: row.hidden ? 'false' : row.enablement })),
    'editor/title': [
      { command: 'asr.train', when: onConfig, group: 'navigation@1' },
      { command: 'asr.stopTraining', when: `${configName} && asr.runActive`, group: 'navigation@2' },
      { command: 'asr.sweep', when: onConfig, group: '1_asr@1' },
      { command: 'asr.trainEnsemble', when: onConfig, group: '1_asr@2' },
      { command: 'asr.transcribeSelection', when: onSpectrogram, group: 'navigation@1' },
      { command: 'asr.simulateStreaming', when: `${onSpectrogram} && ${canRunEngine}`, group: '1_asr@1' },
      { command: 'asr.compareRecordings', when: onSpectrogram, group: '1_asr@2' },
      { command: 'asr.comparePictures', when: onSpectrogram, group: '1_asr@3' },
    ],
    'editor/context': [
      { command: 'asr.sweep', when: onConfig, group: '1_asr@1' },
      { command: 'asr.trainEnsemble', when: onConfig, group: '1_asr@2' },
      { command: 'asr.transcribeSelection', when: onData, group: '1_asr@1' },
    ],
    'explorer/context': [
      { command: 'asr.train', when: onConfig, group: '2_asr@1' },
      { command: 'asr.sweep', when: onConfig, group: '2_asr@2' },
      { command: 'asr.transcribeFile', when: `${audioName} && ${canRunEngine}`, group: '2_asr@1' },
      { command: 'asr.transcribeRecordings', when: `explorerResourceIsFolder && ${canRunEngine}`, group: '2_asr@3' },
      { command: 'asr.simulateStreaming', when: `${audioName} && ${canRunEngine}`, group: '2_asr@2' },
      { command: 'asr.compareRecordings', when: audioName, group: '3_compare@30' },
      { command: 'asr.newExperiment', when: `explorerResourceIsFolder && ${canRunEngine}`, group: '2_asr@1' },
      { command: 'asr.prepareDataset', when: `explorerResourceIsFolder && ${canRunEngine}`, group: '2_asr@2' },
      { command: 'asr.evaluateModel', when: `resourceExtname == .onnx && ${canRunEngine}`, group: '2_asr@1' },
      { command: 'asr.showEvaluation', when: reportName, group: '2_asr@1' },
      { command: 'asr.showStatistics', when: manifestName, group: '2_asr@1' },
      { command: 'asr.transcribeRecordings', when: `${manifestName} && ${canRunEngine}`, group: '2_asr@3' },
      { command: 'asr.splitDataset', when: `${manifestName} && ${canRunEngine}`, group: '2_asr@2' },
    ],
    ...renderRunMenus(),
    'editor/title/context': [{ command: 'asr.transcribeFile', when: `${audioName} && ${canRunEngine}` }],
  };
}

function renderProblemMatchers(): Record<string, unknown> {
  const matcher = { owner: 'asr', source: 'asr', fileLocation: ['autoDetect', '${workspaceFolder}'], pattern: '$asr' };
  const background = ({ begins, ends }: { begins: string; ends: string }) => ({
    background: { activeOnStart: true, beginsPattern: begins, endsPattern: ends },
  });
  return {
    problemPatterns: [
      {
        name: 'asr',
        label: 'Problems of experiments and manifests',
        regexp: '^(.+?):(\\d+):(\\d+): (error|warning|info) ([\\w.-]+): (.*)$',
        file: 1,
        line: 2,
        column: 3,
        severity: 4,
        code: 5,
        message: 6,
      },
    ],
    problemMatchers: [
      { name: 'asr', label: 'ASR engine', ...matcher },
      { name: 'asr-train', label: 'ASR training (background)', ...matcher, ...background(trainingOutput) },
      { name: 'asr-serve', label: 'ASR server (background)', ...matcher, ...background(servingOutput) },
    ],
  };
}

function renderDebugger(): Record<string, unknown> {
  const training = { type: debugType, request: 'launch', name: 'ASR: Debug Training', command: 'train' };
  return {
    type: debugType,
    label: 'ASR Engine',
    languages: [languageId],
    configurationAttributes: {
      launch: {
        required: ['command'],
        properties: {
          ...invocationProperties,
          stopOnEntry: { type: 'boolean', default: false, description: 'Stop before the first line of the engine.' },
        },
      },
    },
    initialConfigurations: [{ ...training, config: '${file}' }],
    configurationSnippets: [
      {
        label: 'ASR: Debug Training',
        description: 'Runs an experiment under the debugger, with breakpoints in the engine.',
        body: { ...training, config: '^"\\${workspaceFolder}/${1:experiment}.asr.yaml"' },
      },
    ],
  };
}
