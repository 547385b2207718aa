import { alignSequences } from '../../../src/asr/errorRate.ts';
import { splitWords } from '../../../src/asr/transcript.ts';
import type { Evaluated, SampleTranscript } from '../../../src/shared/run/events.ts';
import { formatPercent } from '../../../src/shared/run/runStatus.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import type { ShownRun } from '../section.ts';
import type { Strings } from '../strings.ts';

/** Utterances of the dev set as the model heard them after an epoch, which a slider chooses. */
export function createSamples(text: Strings): { element: HTMLElement; show(run: ShownRun | undefined): void } {
  const slider = element('input', { label: text.samples, attributes: { type: 'range', min: '0', step: '1' } });
  const caption = element('span', { class: 'sample-epoch' });
  const head = element('div', { class: 'sample-head' }, slider, caption);
  const list = element('div', { class: 'samples' });
  const empty = element('p', { class: 'quiet', text: text.noSamples });
  const root = element('div', { class: 'part' }, element('h3', { text: text.samples }), head, list, empty);
  let evaluations: Evaluated[] = [];
  let best: number | undefined;
  /** The latest, until the user chooses another. */
  let chosen: number | undefined;
  let directory = '';
  let form: string | undefined;

  const paint = () => {
    const index = Math.max(
      0,
      evaluations.findIndex(({ epoch }) => epoch === chosen),
    );
    const at = chosen === undefined ? evaluations.length - 1 : index;
    const shown = evaluations[at];
    head.hidden = list.hidden = !shown;
    empty.hidden = shown !== undefined;
    slider.max = String(Math.max(0, evaluations.length - 1));
    slider.value = String(at);
    if (!shown) return;
    const isBest = shown.epoch === best ? ` · ${text.samplesBest}` : '';
    const words = `${fill(text.samplesOf, shown.epoch + 1)} · WER ${formatPercent(shown.wer)}${isBest}`;
    caption.textContent = words;
    slider.setAttribute('aria-valuetext', words);
    const next = `${directory} ${shown.epoch} ${shown.step}`;
    if (next === form) return;
    form = next;
    list.replaceChildren(...shown.samples.map((sample) => sampleRow(sample, text)));
  };
  slider.addEventListener('input', () => {
    const at = slider.valueAsNumber;
    chosen = at >= evaluations.length - 1 ? undefined : evaluations[at]?.epoch;
    paint();
  });
  return {
    element: root,
    show(run) {
      if (run?.directory !== directory) chosen = undefined;
      directory = run?.directory ?? '';
      evaluations = run?.model.evaluations.filter(({ samples }) => samples.length > 0) ?? [];
      best = run?.model.best?.epoch;
      paint();
    },
  };
}

function sampleRow({ reference, hypothesis, audioFilepath }: SampleTranscript, text: Strings): HTMLElement {
  const line = (label: string, ...words: Node[]) =>
    element(
      'div',
      { class: 'sample-line' },
      element('span', { class: 'sample-label', text: label }),
      element('span', { class: 'sample-words' }, ...words),
    );
  const heard = diffWords(reference, hypothesis, text);
  const nothing = element('span', { class: 'quiet', text: text.nothingHeard });
  return element(
    'div',
    { class: 'sample', title: audioFilepath },
    line(text.said, document.createTextNode(reference)),
    line(text.heard, ...(heard.length > 0 ? heard : [nothing])),
  );
}

/** The hypothesis with its errors marked: by colour, and by a line that does not need one. */
function diffWords(reference: string, hypothesis: string, text: Strings): Node[] {
  return alignSequences(splitWords(reference), splitWords(hypothesis)).flatMap((pair) => {
    const space = document.createTextNode(' ');
    if (pair.kind === 'match') return [document.createTextNode(pair.hypothesis), space];
    if (pair.kind === 'deletion') return [element('del', { text: pair.reference, title: text.wordMissing }), space];
    const title = pair.kind === 'insertion' ? text.wordExtra : fill(text.wordWrong, pair.reference);
    return [element('ins', { class: pair.kind, text: pair.hypothesis, title }), space];
  });
}
