import type { Experiment } from '../../shared/config/schema.ts';
import { decodingSchema } from '../../shared/config/trainingSchema.ts';
import { UserError } from '../../shared/problem.ts';
import type { ParsedArguments } from '../arguments.ts';
import type { OpenedModel } from './openModel.ts';

export type Decoding = Experiment['decoding'];

const greedy: Decoding = decodingSchema.parse({});

/**
 * How text is read from a model: as the command line says, else as its experiment does, else greedy.
 * Throws a UserError where the model cannot.
 */
export function chooseDecoding(model: OpenedModel, args: ParsedArguments): Decoding {
  // A checkpoint may be older than these keys.
  const own: Decoding = { ...greedy, ...model.experiment?.decoding };
  const type = (args.text('decoder') as Decoding['type'] | undefined) ?? own.type;
  const beamWidth = args.number('beam-width', { min: 1, max: 256, integer: true }) ?? own.beamWidth;
  const reason = whyNot(model, type);
  if (reason) throw new UserError(`${model.source}: ${reason}`);
  return { ...own, type, beamWidth };
}

function whyNot({ experiment, forDecoder }: OpenedModel, type: Decoding['type']): string | undefined {
  const { ctcWeight = 1 } = experiment?.loss ?? {};
  if (type !== 'attention' && ctcWeight === 0)
    return `its CTC output was never trained (loss.ctcWeight 0), so --decoder ${type} cannot read it; use attention`;
  if (type === 'greedy') return undefined;
  if (!experiment) return `an exported model holds CTC alone; give its run or a checkpoint to --decoder ${type}`;
  if (!forDecoder) return `it has no attention decoder (model.attention.enabled), which --decoder ${type} needs`;
  return ctcWeight === 1 ? `its attention decoder was never trained (loss.ctcWeight 1); use greedy` : undefined;
}

/** For messages: `joint, beam 8, CTC 0.3`. */
export function renderDecoding({ type, beamWidth, ctcWeight }: Decoding): string {
  if (type === 'greedy') return type;
  return `${type}, beam ${beamWidth}${type === 'joint' ? `, CTC ${ctcWeight}` : ''}`;
}
