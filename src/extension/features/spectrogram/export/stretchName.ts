/**
 * A name for a file about a stretch of a recording: `take_12.30-14.85.wav`. Times have as many decimals as tell the
 * stretch from one a tenth shorter.
 */
export function stretchName(recording: string, startSec: number, endSec: number, ending: string): string {
  const stem = recording.replace(/\.[^.]{1,5}$/, '') || recording;
  const decimals = Math.max(2, Math.min(6, 1 - Math.floor(Math.log10(Math.max(1e-6, endSec - startSec)))));
  return `${stem}_${startSec.toFixed(decimals)}-${endSec.toFixed(decimals)}${ending}`;
}
