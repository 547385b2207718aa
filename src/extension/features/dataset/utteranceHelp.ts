import * as vscode from 'vscode';
import type { CommandId, SettingId } from '../../../shared/contributions.ts';
import type { Remote } from '../../../shared/protocol/channel.ts';
import type { Scope } from '../../../shared/scope.ts';
import type { Services } from '../../services/services.ts';
import { renderUtterance } from './renderUtterance.ts';
import type { ClipCard, DatasetWorker, DocumentState, FoundUtterance } from './workerProtocol.ts';

/** Documents that may list recordings; whether one does only its content tells. */
export const dataDocuments: vscode.DocumentSelector = [
  ...['**/*.jsonl', '**/*.trans.txt', '**/*.{csv,tsv}', '**/{wav.scp,text,utt2spk,segments}'].map((pattern) => ({
    scheme: 'file',
    pattern,
  })),
];

/** Lines with a lens; more would hold up the editor. */
const mostLenses = 2000;
const lensSetting: SettingId = 'asr.data.codeLens';

/** Picture, figures and commands where a line names a recording; a lens over each such line where that is wished for. */
export function provideUtteranceHelp(scope: Scope, { edge }: Services, thread: () => Remote<DatasetWorker>): void {
  scope.add(
    vscode.languages.registerHoverProvider(dataDocuments, {
      provideHover: (document, position, token) =>
        edge.quiet('Looking at a line', async () => {
          const utterance = await thread().utteranceAt(stateOf(document), position.line + 1);
          if (!utterance || token.isCancellationRequested) return undefined;
          const card = await thread().describeClip(utterance.clip, isLight());
          const { range } = document.lineAt(position.line);
          return new vscode.Hover(renderHover(utterance, card), range);
        }),
    }),
  );
  const changed = scope.add(new vscode.EventEmitter<void>());
  scope.add(
    vscode.workspace.onDidChangeConfiguration((event) => event.affectsConfiguration(lensSetting) && changed.fire()),
  );
  scope.add(
    vscode.languages.registerCodeLensProvider(dataDocuments, {
      onDidChangeCodeLenses: changed.event,
      provideCodeLenses: (document) =>
        edge.quiet('Listing recordings', async () => {
          if (!vscode.workspace.getConfiguration().get<boolean>(lensSetting)) return [];
          const utterances = await thread().utterancesOf(stateOf(document), mostLenses);
          return utterances.map((utterance) => new UtteranceLens(utterance));
        }),
      resolveCodeLens: async (lens) => {
        if (!(lens instanceof UtteranceLens)) return lens;
        const { utterance } = lens;
        // A recording that cannot be read is the lint's to name.
        const durationSec =
          utterance.durationSec ??
          (await thread()
            .durationSec(utterance.clip)
            .catch(() => undefined));
        const title = durationSec === undefined ? '$(play)' : `$(play) ${durationSec.toFixed(2)} s`;
        const command: CommandId = 'asr.playRecording';
        lens.command = { title, command, arguments: [utterance.clip.file] };
        return lens;
      },
    }),
  );
}

class UtteranceLens extends vscode.CodeLens {
  readonly utterance: FoundUtterance;
  constructor(utterance: FoundUtterance) {
    super(new vscode.Range(utterance.line - 1, 0, utterance.line - 1, 0));
    this.utterance = utterance;
  }
}

const stateOf = (document: vscode.TextDocument): DocumentState => ({
  file: document.uri.fsPath,
  ...(document.isDirty ? { text: document.getText() } : {}),
});

function isLight(): boolean {
  const { kind } = vscode.window.activeColorTheme;
  return kind === vscode.ColorThemeKind.Light || kind === vscode.ColorThemeKind.HighContrastLight;
}

const hoverCommands = ['asr.playRecording', 'asr.openRecording', 'asr.showStatistics'] as const satisfies CommandId[];

function renderHover(utterance: FoundUtterance, card: ClipCard): vscode.MarkdownString {
  const hover = new vscode.MarkdownString(undefined, true);
  hover.isTrusted = { enabledCommands: [...hoverCommands] };
  if (card.readable)
    hover.appendMarkdown(`![spectrogram](data:image/png;base64,${Buffer.from(card.picture).toString('base64')})\n\n`);
  for (const line of renderUtterance(utterance, card)) hover.appendMarkdown(`${line}\n\n`);
  const link = (title: string, command: (typeof hoverCommands)[number], argument: string) =>
    `[${title}](command:${command}?${encodeURIComponent(JSON.stringify([argument]))})`;
  const links = [
    ...(card.readable ? [link('$(play) Play', 'asr.playRecording', utterance.clip.file)] : []),
    link('$(go-to-file) Open Recording', 'asr.openRecording', utterance.clip.file),
    link('$(graph) Statistics', 'asr.showStatistics', utterance.document),
  ];
  hover.appendMarkdown(links.join(' &nbsp; '));
  return hover;
}
