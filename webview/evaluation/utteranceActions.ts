import type { ReportUtterance } from '../../src/shared/evaluation/evaluationReport.ts';
import { element } from '../ui/elements.ts';
import { fill } from '../ui/fill.ts';
import { createSoundPlayer } from '../ui/soundPlayer.ts';
import { changeButton, createButton } from '../ui/toolkit.ts';
import { placeOf, tell, type ViewParts } from './viewParts.ts';

/** What can be done with an utterance: heard, seen, found in its manifest. */
export interface UtteranceActions {
  cell(utterance: ReportUtterance): HTMLElement;
  /** Says why something could not be played. */
  readonly failure: HTMLElement;
  /** Forgets the buttons of rows that are gone. */
  clear(): void;
}

export function createUtteranceActions({ remote, text }: ViewParts): UtteranceActions {
  const failure = element('p', { class: 'failure', role: 'alert' });
  let shown = new Map<string, { utterance: ReportUtterance; button: HTMLElement }>();
  const player = createSoundPlayer<string>({
    read: (id, start, count) => remote.samples(placeOf(shown.get(id)!.utterance), start, count),
    blocked: text.soundBlocked,
    changed(playing, reason) {
      for (const [id, { utterance, button }] of shown) {
        const template = id === playing ? text.stopPlaying : text.play;
        changeButton(button, id === playing ? 'stop' : 'play', fill(template, utterance.id));
      }
      failure.textContent = reason
        ? fill(text.cannotPlay, reason instanceof Error ? reason.message : String(reason))
        : '';
    },
  });
  return {
    failure,
    cell(utterance) {
      const { id, manifest, line } = utterance;
      const label = (template: string) => fill(template, id);
      const play = createButton({ icon: 'play', label: label(text.play), onPress: () => void player.toggle(id) });
      shown.set(id, { utterance, button: play });
      const open = () => tell(remote.openSpectrogram(placeOf(utterance)));
      return element(
        'td',
        { class: 'row-actions' },
        play,
        createButton({ icon: 'spectrogram', label: label(text.openSpectrogram), onPress: open }),
        createButton({
          icon: 'line',
          label: label(text.showLine),
          onPress: () => tell(remote.showLine(manifest, line)),
        }),
      );
    },
    clear() {
      player.stop();
      shown = new Map();
    },
  };
}
