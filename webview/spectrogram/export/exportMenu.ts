import { createMenuButton, type MenuItem } from '../../ui/menu.ts';
import type { ViewModel } from '../viewModel.ts';
import { chosenStretch } from './chosenStretch.ts';
import type { OutAction } from './outActions.ts';
import { outStringsFor } from './strings.ts';

/** What can be taken out of the recording. */
export function createExportMenu(model: ViewModel, perform: (action: OutAction) => void): HTMLElement {
  const text = outStringsFor(document.documentElement.lang);
  const command = (name: string, action: OutAction, more: { title?: string; keys?: string } = {}): MenuItem => ({
    ...{ kind: 'command', text: name, ...more },
    onPress: () => perform(action),
  });
  return createMenuButton({
    icon: 'export',
    label: text.export,
    title: text.exportLabel,
    class: 'tool-export',
    items: () => [
      { kind: 'heading', text: chosenStretch(model).selected ? text.selection : text.visible },
      command(text.saveWav, 'exportSelection', { title: text.saveWavHint }),
      command(text.saveFeatures, 'saveFeatures', { title: text.saveFeaturesHint }),
      command(text.copyFigures, 'copyMeasurements'),
      command(text.measure, 'measure', { keys: 'E' }),
      command(text.addToManifest, 'addToManifest'),
      { kind: 'heading', text: text.picture },
      command(text.savePng, 'exportPicture'),
      command(text.saveSvg, 'saveSvg'),
    ],
  });
}
