import { type PresetName, picturePreset, presetNames } from '../../../../src/dsp/picture/picturePresets.ts';
import type {
  FeatureScale,
  FreePicture,
  OpenedPicture,
  PictureSettings,
} from '../../../../src/shared/protocol/spectrogramPicture.ts';
import { formatHz } from '../../../ui/axisText.ts';
import { fill } from '../../../ui/fill.ts';
import type { PictureStrings } from '../pictureStrings.ts';

const fields = ['scale', 'fftSize', 'windowMs', 'window', 'hopMs', 'bands', 'lowHz', 'highHz', 'floorDb'] as const;

/** The preset that these settings are, if any. */
export function presetOf(settings: FreePicture, sampleRateHz: number): PresetName | undefined {
  return presetNames.find((name) => {
    const preset = picturePreset(name, sampleRateHz);
    return fields.every((field) => preset[field] === settings[field]);
  });
}

/** A picture's short name. */
export function pictureName(
  settings: PictureSettings,
  { config }: Pick<OpenedPicture, 'config'>,
  sampleRateHz: number,
  text: PictureStrings,
): string {
  if (settings.kind === 'training') return config?.name ?? text.defaultsName;
  const preset = presetOf(settings, sampleRateHz);
  return preset ? text.presets[preset] : text.own;
}

/** All of its features in one line, by one of the templates. */
export function featuresText(scale: FeatureScale, template: string, text: PictureStrings): string {
  const ms = (samples: number) => +((samples / scale.sampleRateHz) * 1000).toFixed(2);
  const rows = fill(text.rows[scale.scale], scale.bins);
  const range = [formatHz(scale.lowHz), formatHz(scale.highHz)] as const;
  return fill(template, rows, ms(scale.windowSamples), ms(scale.hopSamples), ...range);
}

/** Free settings that begin where a picture is. */
export function freeFrom(scale: FeatureScale, fileRateHz: number): FreePicture {
  const ms = (samples: number) => +((samples / scale.sampleRateHz) * 1000).toFixed(3);
  const kind = scale.scale === 'bark' || scale.scale === 'linear' ? scale.scale : 'mel';
  // As many samples of the file's rate as the FFT has seconds.
  const fftSize = 2 ** Math.ceil(Math.log2((scale.fftSize * fileRateHz) / scale.sampleRateHz) - 1e-9);
  return {
    ...{ kind: 'free', scale: kind, fftSize: Math.min(8192, Math.max(64, fftSize)), windowMs: ms(scale.windowSamples) },
    ...{ window: 'hann', hopMs: ms(scale.hopSamples), bands: Math.min(512, scale.bins), lowHz: scale.lowHz },
    ...{ highHz: Math.min(scale.highHz, fileRateHz / 2), floorDb: -100 },
  };
}
