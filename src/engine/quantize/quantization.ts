import { encodeModel } from '../../graph/onnx/encodeModel.ts';
import type { ModelFile } from '../../graph/onnx/modelFile.ts';
import { readModel } from '../../graph/onnx/readModel.ts';
import { type Activation, activationOf, type Calibration } from '../../graph/quantize/activationRange.ts';
import { type Plan, pairForms, quantizeModel } from '../../graph/quantize/quantizeModel.ts';
import { type Form, findSites, formsOf, type Site, type SiteKind } from '../../graph/quantize/sites.ts';
import { withOutputs } from '../../graph/quantize/withOutputs.ts';
import type { InferenceBatch } from '../ort/protocol.ts';
import type { OrtClient } from '../ortClient.ts';
import { readSiteTimes, type SiteTimes } from './siteTimes.ts';

export interface QuantizationOptions {
  method: 'dynamic' | 'static';
  calibration: Calibration;
  /** Kinds of nodes that are asked to be integer ones; undefined for those that gain by it. */
  ops: readonly SiteKind[] | undefined;
  /** Largest root mean square of a site's error, relative to its output. */
  largestError: number;
  /** Whether forms that are not faster than single precision stay. */
  keepSlower: boolean;
  threads: number;
  batches: readonly InferenceBatch[];
  /** Utterances that times are taken of, and how often. */
  timed: readonly InferenceBatch[];
  passes: number;
  progress(text: string): void;
}

/** What became of one site. */
export interface SiteResult {
  site: Site;
  form: Form;
  /** Of the form it has, alone on float inputs; 0 for `float`. */
  relativeError: number;
  floatMs: number;
  ms: number;
  /** Forms that were tried and given up. */
  rejected: Rejection[];
}

export interface Rejection {
  form: Form;
  reason: 'not-faster' | 'error';
  relativeError: number;
  /** Where it was timed. */
  floatMs?: number;
  ms?: number;
}

export interface Quantization {
  model: ModelFile;
  sites: SiteResult[];
  rest: { floatMs: number; ms: number };
}

/** A form must take less than this share of single precision's time: what gains nothing is not worth its error. */
const leastGain = 0.95;

/**
 * Chooses a form for each site: the one asked for, unless it errs too much or is not faster on this machine than single
 * precision; then the next that is neither. Both are measured anew until nothing changes, since forms share work.
 */
export async function quantize(
  bytes: Uint8Array,
  options: QuantizationOptions,
  client: OrtClient,
): Promise<Quantization> {
  const { threads, batches, timed, passes, progress } = options;
  const folded = await client.call('foldConstants', bytes);
  const model = readModel(folded);
  const sites = findSites(model.graph);
  const forms = new Map(sites.map((site): [string, Form] => [site.name, askedForm(site, options)]));
  progress('calibrating');
  const activations = await calibrate(model, sites, forms, options, client);
  const plan = { forms, activations, bins: batches[0]!.mels };
  const rejected = new Map(sites.map(({ name }): [string, Rejection[]] => [name, []]));
  const errors = await withinError({ model, sites, plan, rejected }, options, client);
  for (let round = 1; ; round++) {
    progress(`timing, round ${round}`);
    const quantized = quantizeModel(model, plan);
    const traces = await client.call('profileModels', [folded, encodeModel(quantized.model)], threads, timed, passes);
    const size = { batches: timed.length, passes };
    const before = readSiteTimes(traces[0]!, size, floatOwners(sites));
    const after = readSiteTimes(traces[1]!, size, new Map([...floatOwners(sites), ...quantized.owners]));
    if (!options.keepSlower && rejectSlower({ sites, forms, before, after, errors, rejected })) {
      const more = await measureErrors(model, plan, batches, threads, client);
      for (const [name, error] of more) errors.set(name, error);
      continue;
    }
    const results = sites.map((site) => ({
      site,
      form: forms.get(site.name)!,
      relativeError: forms.get(site.name) === 'float' ? 0 : (errors.get(site.name) ?? 0),
      floatMs: before.sites.get(site.name) ?? 0,
      ms: after.sites.get(site.name) ?? 0,
      rejected: rejected.get(site.name)!,
    }));
    return { model: quantized.model, sites: results, rest: { floatMs: before.restMs, ms: after.restMs } };
  }
}

function askedForm(site: Site, { method, ops }: QuantizationOptions): Form {
  const { kind } = site;
  // With a scale found anew in each run, an integer convolution loses more than it gains.
  const integer = ops ? ops.includes(kind) : method === 'static' || kind !== 'Conv';
  const known = formsOf(site);
  if (!integer) return 'stored';
  return known.includes(method) ? method : known[0]!;
}

async function calibrate(
  model: ModelFile,
  sites: readonly Site[],
  forms: ReadonlyMap<string, Form>,
  { calibration, threads, batches }: QuantizationOptions,
  client: OrtClient,
): Promise<Map<string, Activation>> {
  const fixed = sites.filter(({ name }) => forms.get(name) === 'static');
  const names = new Set(fixed.flatMap(({ kind, input, output }) => (kind === 'Conv' ? [input, output] : [input])));
  if (names.size === 0) return new Map();
  const histograms = await client.call('observeOutputs', encodeModel(withOutputs(model, [...names])), threads, batches);
  return new Map([...names].map((name) => [name, activationOf(histograms[name]!, calibration)]));
}

interface Choice {
  model: ModelFile;
  sites: readonly Site[];
  plan: Plan & { forms: Map<string, Form> };
  rejected: ReadonlyMap<string, Rejection[]>;
}

/** Gives up forms that err too much, until none does; the error of each form that is left. */
async function withinError(
  { model, sites, plan, rejected }: Choice,
  { largestError, threads, batches, progress }: QuantizationOptions,
  client: OrtClient,
): Promise<Map<string, number>> {
  for (;;) {
    progress('measuring errors');
    const errors = await measureErrors(model, plan, batches, threads, client);
    let changed = false;
    for (const site of sites) {
      const { name, kind } = site;
      const relativeError = errors.get(name) ?? 0;
      const form = plan.forms.get(name)!;
      if (form === 'float' || relativeError <= largestError) continue;
      rejected.get(name)!.push({ form, reason: 'error', relativeError });
      const next = formsOf(site).slice(formsOf(site).indexOf(form) + 1);
      plan.forms.set(name, next.find((one) => kind !== 'Conv' || one !== 'dynamic')!);
      changed = true;
    }
    if (!changed) return errors;
  }
}

async function measureErrors(
  model: ModelFile,
  plan: Plan,
  batches: readonly InferenceBatch[],
  threads: number,
  client: OrtClient,
): Promise<Map<string, number>> {
  const { model: paired, pairs } = pairForms(model, plan);
  if (pairs.size === 0) return new Map();
  const sums = await client.call('compareOutputs', encodeModel(paired), threads, batches, [...pairs.values()]);
  return new Map(
    [...pairs.keys()].map((name, i) => {
      const { signal, noise } = sums[i]!;
      return [name, noise === 0 ? 0 : Math.sqrt(noise / signal)];
    }),
  );
}

const isInteger = (form: Form) => form === 'dynamic' || form === 'static';

function rejectSlower(measured: {
  sites: readonly Site[];
  forms: Map<string, Form>;
  before: SiteTimes;
  after: SiteTimes;
  errors: ReadonlyMap<string, number>;
  rejected: ReadonlyMap<string, Rejection[]>;
}): boolean {
  const { sites, forms, before, after, errors, rejected } = measured;
  let changed = false;
  for (const { name } of sites) {
    const form = forms.get(name)!;
    const floatMs = before.sites.get(name) ?? 0;
    const ms = after.sites.get(name) ?? 0;
    if (!isInteger(form) || ms <= floatMs * leastGain) continue;
    rejected.get(name)!.push({ form, reason: 'not-faster', relativeError: errors.get(name) ?? 0, floatMs, ms });
    forms.set(name, 'stored');
    changed = true;
  }
  return changed;
}

/** A site has its own node and its tail. */
const floatOwners = (sites: readonly Site[]): Map<string, string> =>
  new Map(sites.flatMap(({ name, node, tail }) => [node, ...tail].map((one): [string, string] => [one.name, name])));
