import { HttpError } from './httpError.ts';
import type { ServedModel } from './servedModel.ts';

/** What programs call that cannot be told another name. */
export const whisperName = 'whisper-1';

/** The model a request names; without a name the only one. Throws HttpError 400 or 404. */
export function findModel(models: readonly ServedModel[], id: string | undefined): ServedModel {
  const known = models.map((model) => model.id).join(', ');
  if (id === undefined) {
    if (models.length === 1) return models[0]!;
    throw new HttpError(400, `"model" is missing; there are ${known}`, { code: 'model_missing', param: 'model' });
  }
  const found = models.find((model) => model.id === id) ?? (id === whisperName ? models[0] : undefined);
  if (found) return found;
  throw new HttpError(404, `there is no such model; there are ${known}`, { code: 'model_not_found', param: 'model' });
}

/** OpenAI's list of models. */
export const listModels = (models: readonly ServedModel[]) => ({ object: 'list', data: models.map(renderModel) });

/** One entry of it. */
export const renderModel = ({ id, createdSec, sampleRateHz }: ServedModel) => ({
  ...{ id, object: 'model', created: createdSec, owned_by: 'asr-workbench', sample_rate: sampleRateHz },
});
