import { lstatSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { UserError } from '../shared/problem.ts';
import { withFile } from '../training/data/fileSource.ts';
import { fileError } from '../training/fileError.ts';
import { type OnnxSummary, summarizeOnnx } from './onnxTensors.ts';

/** Protobuf's own limit for one message. */
const largestBytes = 2 ** 31 - 1;

/**
 * The summary of a model that may be given to a runtime. Throws a UserError for one that is damaged, or would make the
 * runtime read another file, allocate what the file does not hold, or load foreign code.
 */
export async function openableOnnx(file: string): Promise<OnnxSummary> {
  const refuse = (reason: string) => new UserError(`${file}: ${reason}`);
  let summary: OnnxSummary;
  try {
    const { size } = statSync(file);
    if (size > largestBytes) throw new UserError(`${(size / 1e9).toFixed(1)} GB; an ONNX file cannot exceed 2 GB`);
    summary = await withFile(file, summarizeOnnx);
  } catch (error) {
    throw error instanceof UserError ? refuse(error.message) : fileError(error, file, 'model');
  }
  const external = summary.externalFiles[0];
  if (external !== undefined)
    throw refuse(`weights lie in another file ("${external}"), ${whyNotExternal(file, external)}`);
  if (summary.faults.length > 0) throw refuse(summary.faults[0]!);
  return summary;
}

/** Such a file could make the runtime read any file of the user's, by its path or by a link. */
function whyNotExternal(model: string, external: string): string {
  const folder = dirname(resolve(model));
  const oneFile = `save it as one file (onnx.save_model(…, save_as_external_data=False))`;
  if (external === '') return `which has no name; ${oneFile}`;
  if (isAbsolute(external) || /^[a-z]:[\\/]/i.test(external)) return 'by an absolute path, which is refused';
  if (isOutside(folder, join(folder, external))) return 'outside its folder, which is refused';
  try {
    const place = join(folder, external);
    if (isOutside(realpathSync(folder), realpathSync(place)))
      return 'through a link to outside its folder, which is refused';
    if (lstatSync(place).isSymbolicLink()) return 'through a symbolic link, which is refused';
    if (lstatSync(place).nlink > 1) return 'which has other names too (a hard link), and is refused';
  } catch {
    return `which is not there; ${oneFile}`;
  }
  return `which is refused; ${oneFile} under the name ${basename(model)}`;
}

function isOutside(folder: string, place: string): boolean {
  const path = relative(folder, place);
  return path.startsWith('..') || isAbsolute(path);
}
