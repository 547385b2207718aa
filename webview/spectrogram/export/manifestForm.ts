import { formatTime } from '../../ui/axisText.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton } from '../../ui/toolkit.ts';
import type { ViewModel } from '../viewModel.ts';
import { chosenStretch } from './chosenStretch.ts';
import type { OutStrings } from './strings.ts';
import { textOfStretch } from './textOfStretch.ts';

/** Asks what is said in the chosen stretch; the extension asks for the manifest then. */
export function showManifestForm(
  parent: HTMLElement,
  model: ViewModel,
  text: OutStrings,
  failed: (error: unknown) => void,
): void {
  const stretch = chosenStretch(model);
  const field = element('textarea', { class: 'manifest-text', attributes: { rows: '3' } });
  field.value = textOfStretch(stretch, model.live.state.annotations, model.state.state.transcripts);
  const add = () => {
    dialog.close();
    model.remote.addToManifest(stretch.startSec, stretch.endSec, field.value.trim()).catch(failed);
  };
  const hint = fill(text.manifestHint, formatTime(stretch.startSec), formatTime(stretch.endSec));
  const dialog = element(
    'dialog',
    { class: 'help manifest-form', label: text.manifestTitle },
    element('h2', { text: text.manifestTitle }),
    element('label', {}, element('span', { class: 'quiet', text: hint }), field),
    element(
      'div',
      { class: 'form-tools' },
      createButton({ text: text.manifestAdd, appearance: 'primary', onPress: add }),
      createButton({ text: text.cancel, appearance: 'secondary', onPress: () => dialog.close() }),
    ),
  );
  // No key of an open form is one of the lanes.
  dialog.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) add();
  });
  dialog.addEventListener('close', () => dialog.remove());
  parent.append(dialog);
  dialog.showModal();
  field.focus();
  field.select();
}
