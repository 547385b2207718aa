import type { Experiment } from '../../shared/config/schema.ts';
import { decodingSchema } from '../../shared/config/trainingSchema.ts';
import { UserError } from '../../shared/problem.ts';
import type { ParsedArguments } from '../arguments.ts';
import type { OpenedModel } from './openModel.ts';

export type Decoding = Experiment['decoding'];

const greedy: Decoding = decodingSchema.parse({});

/**
 * How text is read from a model: as the command line says, else as its experiment does, else greedy; a language model or
 * hotwords without a decoder ask for beam. Throws a UserError where the model cannot.
 */
export function chooseDecoding(model: OpenedModel, args: ParsedArguments): Decoding {
  // A checkpoint may be older than these keys.
  const own: Decoding = { ...greedy, ...model.experiment?.decoding };
  const asked = args.text('decoder') as Decoding['type'] | undefined;
  const forBeam = beamOptions.filter((name) => args.flag(name));
  const type = asked ?? (own.type === 'greedy' && forBeam.length > 0 ? 'beam' : own.type);
  if (type !== 'beam' && forBeam.length > 0)
    throw new UserError(`--${forBeam[0]} is for --decoder beam; text is read by ${type} here`);
  const beamWidth = args.number('beam-width', { min: 1, max: 256, integer: true }) ?? own.beamWidth;
  const reason = whyNot(model, type);
  if (reason) throw new UserError(`${model.source}: ${reason}`);
  return { ...own, ...beamKeys(own, args), type, beamWidth };
}

const beamOptions = ['lm', 'lm-weight', 'word-bonus', 'hotword', 'hotword-boost', 'nbest', 'tune-lm'] as const;

function beamKeys(own: Decoding, args: ParsedArguments): Partial<Decoding> {
  const file = args.text('lm');
  const hotwords = args.texts('hotword');
  return {
    languageModel: file === undefined ? own.languageModel : file === 'none' ? null : file,
    lmWeight: args.number('lm-weight', { min: 0, max: 10 }) ?? own.lmWeight,
    wordBonus: args.number('word-bonus', { min: -20, max: 20 }) ?? own.wordBonus,
    hotwords: hotwords.length > 0 ? [...hotwords] : own.hotwords,
    hotwordBoost: args.number('hotword-boost', { min: 0, max: 50 }) ?? own.hotwordBoost,
  };
}

/** How many alternatives of each utterance are wanted. */
export const readNBest = (args: ParsedArguments): number =>
  args.number('nbest', { min: 1, max: 1000, integer: true }) ?? 1;

/** Why a model's CTC output says nothing; undefined where it was trained. */
export const whyNoCtc = ({ experiment }: OpenedModel): string | undefined =>
  experiment?.loss.ctcWeight === 0 ? 'the CTC output of this model was never trained (loss.ctcWeight 0)' : undefined;

function whyNot({ experiment, forDecoder }: OpenedModel, type: Decoding['type']): string | undefined {
  const { ctcWeight = 1 } = experiment?.loss ?? {};
  if (type !== 'attention' && ctcWeight === 0)
    return `its CTC output was never trained (loss.ctcWeight 0), so --decoder ${type} cannot read it; use attention`;
  if (type === 'greedy' || type === 'beam') return undefined;
  if (!experiment) return `an exported model holds CTC alone; give its run or a checkpoint to --decoder ${type}`;
  if (!forDecoder) return `it has no attention decoder (model.attention.enabled), which --decoder ${type} needs`;
  return ctcWeight === 1 ? `its attention decoder was never trained (loss.ctcWeight 1); use greedy` : undefined;
}

/** For messages: `joint, beam 8, CTC 0.3, no language model`. */
export function renderDecoding(decoding: Decoding): string {
  const { type, beamWidth, ctcWeight, hotwords } = decoding;
  const parts = type === 'greedy' ? [type] : type === 'beam' ? [`beam ${beamWidth}`] : [type, `beam ${beamWidth}`];
  if (type === 'joint') parts.push(`CTC ${ctcWeight}`);
  if (type === 'beam' && hotwords.length > 0)
    parts.push(`${hotwords.length} ${hotwords.length === 1 ? 'hotword' : 'hotwords'}`);
  return [...parts, renderLanguageModel(decoding)].join(', ');
}

function renderLanguageModel({ type, languageModel, lmWeight, wordBonus }: Decoding): string {
  const bonus = type === 'beam' && wordBonus !== 0 ? `, word bonus ${wordBonus}` : '';
  if (type !== 'beam' || languageModel === null) return `no language model${bonus}`;
  return `language model ${languageModel}, weight ${lmWeight}${bonus}`;
}
