import { type Stretch, stretchOf } from '../hand/selection.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';

/** What is taken out: the selection, or what is seen of the recording where nothing is selected. */
export function chosenStretch(model: ViewModel): Stretch & { selected: boolean } {
  const selection = stretchOf(model.state.state.selection);
  if (selection) return { ...selection, selected: true };
  const { startSec, endSec } = viewportOf(model);
  return { startSec: Math.max(0, startSec), endSec: Math.min(model.limits.durationSec, endSec), selected: false };
}
