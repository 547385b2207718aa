import type { Problem } from '../../src/shared/problem.ts';
import { formatBytes, formatDuration, formatTime } from '../ui/axisText.ts';
import { element } from '../ui/elements.ts';
import { createIcon } from '../ui/icons.ts';
import type { AnnotationStrings } from './annotations/strings.ts';
import { createTierTable } from './annotations/tierTable.ts';
import { amplitudeText, channelsText, containerText, encodingText, rateText } from './clipText.ts';
import { createFigureTable } from './export/figureTable.ts';
import { createHeaderSection } from './export/headerTable.ts';
import { outStringsFor } from './export/strings.ts';
import { showFailure } from './failure.ts';
import { stretchOf } from './hand/selection.ts';
import type { Layout } from './layout.ts';
import { pictureStringsFor } from './picture/pictureStrings.ts';
import { featuresText } from './picture/settings/pictureNames.ts';
import type { SpectrogramLane } from './picture/spectrogramLane.ts';
import { bandsText, readingAt } from './readout.ts';
import type { Strings } from './strings.ts';
import { problemsOf, type ViewModel, viewportOf } from './viewModel.ts';

/** Everything the lanes show, as tables: for those who cannot see them, and for copying. */
export function createDetails(
  layout: Layout,
  model: ViewModel,
  lane: SpectrogramLane,
  annotationText: AnnotationStrings,
): { show(): void } {
  const tiers = createTierTable(model, lane, annotationText);
  const place = element('table');
  const file = element('table');
  const problems = element('div');
  const { text, remote } = model;
  const outText = outStringsFor(document.documentElement.lang);
  const figures = createFigureTable(model, outText, (error) => showFailure(model, text.failed, error));
  const header = createHeaderSection(remote.headerChunks, outText);
  layout.details.append(
    ...section(text.view, place),
    ...section(outText.figures, figures.element),
    ...section(text.file, file),
    ...section(text.problems, problems),
    tiers.element,
    ...section(outText.header, header.element),
  );
  let shownProblems = '';
  return {
    show() {
      const { state, live } = model;
      layout.details.hidden = !state.state.details;
      if (layout.details.hidden) return;
      figures.show();
      header.show();
      place.replaceChildren(...placeRows(model, lane));
      file.replaceChildren(...fileRows(model));
      const found = problemsOf(model);
      const key = JSON.stringify([found, live.state.survey?.done]);
      if (key !== shownProblems) problems.replaceChildren(problemList(found, text));
      shownProblems = key;
      tiers.show();
    },
  };
}

function section(title: string, ...content: HTMLElement[]): HTMLElement[] {
  return [element('h2', { text: title }), ...content];
}

function rows(pairs: [string, string][]): HTMLElement[] {
  return pairs.map(([name, value]) =>
    element('tr', {}, element('th', { text: name, attributes: { scope: 'row' } }), element('td', { text: value })),
  );
}

function placeRows(model: ViewModel, lane: SpectrogramLane): HTMLElement[] {
  const words = pictureStringsFor(document.documentElement.lang);
  const { text, state } = model;
  const { time, sample, frame, frequency, bin, level } = readingAt(
    model,
    lane,
    state.state.cursorSec,
    state.state.cursorShare,
  );
  const stretch = stretchOf(state.state.selection);
  const viewport = viewportOf(model);
  const range = (startSec: number, endSec: number) => `${formatTime(startSec)} – ${formatTime(endSec)}`;
  return rows([
    [text.time, time],
    [words.sample, sample],
    [words.frame, frame],
    [text.frequency, frequency],
    [words.bin, bin],
    [text.level, level],
    [text.selection, stretch ? range(stretch.startSec, stretch.endSec) : '–'],
    [text.view, `${range(viewport.startSec, viewport.endSec)}, ${bandsText(model)}`],
  ]);
}

function fileRows({ text, clip, live, picture }: ViewModel): HTMLElement[] {
  const { facts } = clip;
  const { survey } = live.state;
  const known = survey?.done === 1;
  const pictureText = pictureStringsFor(document.documentElement.lang);
  const seen = featuresText(picture.features, pictureText.summary, pictureText);
  return rows([
    [text.name, clip.name],
    [text.format, `${containerText(facts.container)}, ${encodingText(facts.encoding)}`],
    [text.rate, rateText(facts.sampleRateHz)],
    [text.channels, channelsText(facts.channels, text)],
    [text.duration, formatDuration(facts.durationSec)],
    [text.samples, facts.samples.toLocaleString()],
    [text.size, formatBytes(facts.sizeBytes)],
    [text.peak, known ? amplitudeText(survey.peak) : '…'],
    [text.rms, known ? amplitudeText(survey.rms) : '…'],
    [text.features, seen],
  ]);
}

function problemList(problems: Problem[], text: Strings): HTMLElement {
  if (problems.length === 0) return element('p', { class: 'quiet', text: text.noProblems });
  return element('ul', { class: 'problem-list' }, ...problems.map(problemItem));
}

/** Messages are written to follow a file name and a colon; alone they begin with a capital. */
export function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1);
}

export function problemItem(problem: Problem): HTMLElement {
  const icon = element('span', { class: `problem-icon ${problem.severity}` });
  icon.append(createIcon(problem.severity === 'error' ? 'error' : problem.severity === 'warning' ? 'warning' : 'info'));
  return element(
    'li',
    { class: 'problem' },
    icon,
    element('span', { text: sentence(problem.message) }),
    element('code', { class: 'quiet', text: problem.code }),
  );
}
