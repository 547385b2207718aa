import type * as vscode from 'vscode';
import { UserError } from '../../../../shared/problem.ts';
import {
  largestPictureBytes,
  type OutHost,
  type OutView,
  type PictureForm,
} from '../../../../shared/protocol/spectrogramOut.ts';
import type { Scope } from '../../../../shared/scope.ts';
import type { Services } from '../../../services/services.ts';
import { writePieces } from '../../../services/writePieces.ts';
import type { Recording } from '../recording.ts';
import { askForFile, formOfFile, showSaved, writeTo } from './saveFile.ts';
import { saveStretch } from './saveStretch.ts';

/** A picture whose bytes are coming. */
interface ComingPicture {
  target: vscode.Uri;
  pieces: Uint8Array[];
  bytes: number;
}

let nextWork = 1;
/** Numbers pieces of work of a worker that several views may use. */
export const takeWorkNumber = (): number => nextWork++;

/** What the extension answers a view that takes something out of its recording. */
export function answerOut(
  scope: Scope,
  recording: Recording,
  { edge }: Pick<Services, 'edge'>,
  tell: OutView['measured'],
): OutHost {
  const { worker } = recording;
  /** Work of the worker by the view's requests. */
  const measuring = new Map<number, number>();
  const pictures = new Map<number, ComingPicture>();
  let nextPicture = 1;
  scope.add(() => {
    for (const work of measuring.values()) void worker.cancelWork(work).catch(() => {});
  });
  return {
    async measure(request, startSec, endSec) {
      const work = takeWorkNumber();
      measuring.set(request, work);
      const listener = recording.onWorked((progress) => progress.work === work && tell(request, progress.done));
      try {
        return await worker.measureStretch(work, startSec, endSec);
      } finally {
        listener.dispose();
        measuring.delete(request);
      }
    },
    cancelMeasuring(request) {
      const work = measuring.get(request);
      if (work !== undefined) void worker.cancelWork(work).catch(() => {});
    },
    headerChunks: () => worker.headerChunks(),
    saveStretch: (form, startSec, endSec, picture) =>
      edge.guard('Saving', () => saveStretch(recording, { form, startSec, endSec, picture }, takeWorkNumber())),
    beginPicture: (form, startSec, endSec) =>
      edge.guard('Saving', async () => {
        const target = await askForFile(recording.uri, pictureTypes(form), startSec, endSec, `.${form}`);
        if (!target) return undefined;
        pictures.clear();
        pictures.set(nextPicture, { target, pieces: [], bytes: 0 });
        return { picture: nextPicture++, form: formOfFile(target, form) };
      }),
    async addToPicture(picture, bytes) {
      const coming = pictures.get(picture);
      if (!coming) throw new UserError('The picture was given up for another one.');
      coming.bytes += bytes.byteLength;
      if (coming.bytes > largestPictureBytes) {
        pictures.delete(picture);
        throw new UserError('The picture is too large.');
      }
      coming.pieces.push(new Uint8Array(bytes));
    },
    endPicture: (picture) =>
      edge.guard('Saving', async () => {
        const coming = pictures.get(picture);
        pictures.delete(picture);
        if (!coming) throw new UserError('The picture was given up for another one.');
        await writeTo(coming.target, (path) => writePieces(path, coming.pieces));
        showSaved(coming.target);
        return coming.target.path.split('/').at(-1);
      }),
  };
}

function pictureTypes(first: PictureForm): Record<string, string[]> {
  const types = { png: { 'PNG image': ['png'] }, svg: { 'SVG drawing': ['svg'] } };
  return first === 'png' ? { ...types.png, ...types.svg } : { ...types.svg, ...types.png };
}
