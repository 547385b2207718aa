import { type PictureForm, pictureChunkBytes } from '../../../../src/shared/protocol/spectrogramOut.ts';
import type { Layout } from '../../layout.ts';
import { type ViewModel, viewportOf } from '../../viewModel.ts';
import { paintScene } from './paintScene.ts';
import { renderSvg } from './renderSvg.ts';
import type { Scene } from './scene.ts';
import { viewScene } from './viewScene.ts';

/** Draws what is seen now; the extension asks where it goes, and is sent the file in pieces. */
export async function savePicture(layout: Layout, model: ViewModel, wanted: PictureForm): Promise<void> {
  const scene = viewScene(layout, model);
  const { startSec, endSec } = viewportOf(model);
  const { remote, limits } = model;
  const begun = await remote.beginPicture(wanted, Math.max(0, startSec), Math.min(limits.durationSec, endSec));
  if (!begun) return;
  const bytes = begun.form === 'png' ? await renderPng(scene) : new TextEncoder().encode(renderSvg(scene, pngUrl));
  for (let at = 0; at < bytes.length; at += pictureChunkBytes)
    await remote.addToPicture(begun.picture, bytes.slice(at, at + pictureChunkBytes).buffer as ArrayBuffer);
  await remote.endPicture(begun.picture);
}

async function renderPng(scene: Scene): Promise<Uint8Array> {
  const canvas = paintScene(scene, devicePixelRatio);
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) throw new Error('the picture is too large for this window');
  return new Uint8Array(await blob.arrayBuffer());
}

const pngUrl = (image: HTMLCanvasElement): string => image.toDataURL('image/png');
