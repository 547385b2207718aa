import { showFailure } from '../failure.ts';
import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import { chosenStretch } from './chosenStretch.ts';
import { showManifestForm } from './manifestForm.ts';
import { copyFigures, measure } from './measuring.ts';
import { savePicture } from './picture/savePicture.ts';
import { outStringsFor } from './strings.ts';

export type OutAction =
  | 'exportSelection'
  | 'saveFeatures'
  | 'exportPicture'
  | 'saveSvg'
  | 'copyMeasurements'
  | 'measure'
  | 'addToManifest';

/** What takes something out of the recording. Failures of saving are shown by the extension. */
export function createOutActions(layout: Layout, model: ViewModel): Record<OutAction, () => void> {
  const { remote, state } = model;
  const text = outStringsFor(document.documentElement.lang);
  const failed = (error: unknown) => showFailure(model, model.text.failed, error);
  const save = (form: 'wav' | 'npy') => {
    const { startSec, endSec } = chosenStretch(model);
    remote.saveStretch(form, startSec, endSec, model.picture.id).catch(failed);
  };
  return {
    exportSelection: () => save('wav'),
    saveFeatures: () => save('npy'),
    exportPicture: () => void savePicture(layout, model, 'png').catch(failed),
    saveSvg: () => void savePicture(layout, model, 'svg').catch(failed),
    copyMeasurements: () => void copyFigures(model, text).catch(failed),
    measure() {
      state.update({ details: true });
      void measure(model).catch(failed);
    },
    addToManifest: () => showManifestForm(layout.root, model, text, failed),
  };
}
