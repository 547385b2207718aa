import type { FileNode, ModelFile } from '../onnx/modelFile.ts';
import type { Activation } from './activationRange.ts';
import { type ByteValues, createByteValues } from './byteValues.ts';
import { addDynamicConv, addDynamicLstm, addDynamicMatMul, addStored } from './dynamicForms.ts';
import { addDynamicGru } from './integerGru.ts';
import { createRewriting, hasBody, type Rewriting } from './rewriting.ts';
import { type Form, findSites, type Links, linksOf, type Site } from './sites.ts';
import { addStaticConv, addStaticMatMul } from './staticForms.ts';

export interface QuantizedModel {
  model: ModelFile;
  /** The site that a node of the new model belongs to, by the node's name. */
  owners: ReadonlyMap<string, string>;
}

/** What quantisation is to do: a form for each site by name (`float` where none is given). */
export interface Plan {
  forms: ReadonlyMap<string, Form>;
  /** Of what static sites read, and of what static convolutions give. */
  activations: ReadonlyMap<string, Activation>;
  /** Width of the pictures of one channel that convolutions read: feature bins. */
  bins?: number;
}

/** A model with its sites in other forms; its constants must be folded. Values keep their names. */
export function quantizeModel(model: ModelFile, plan: Plan): QuantizedModel {
  const rewriting = createRewriting(model);
  const links = linksOf(model.graph);
  const bytes = createByteValues(rewriting, plan.activations);
  const sites = new Map(findSites(model.graph).map((site) => [site.node, site]));
  const formOf = (node: FileNode) => plan.forms.get(sites.get(node)?.name ?? '') ?? 'float';
  const inTail = new Set<FileNode>();
  for (const node of model.graph.nodes) {
    const site = sites.get(node);
    const form = formOf(node);
    if (site && form === 'static') {
      addStatic(rewriting, site, bytes, plan, site.output);
      for (const one of site.tail) inTail.add(one);
      continue;
    }
    const onBytes = bytes.has(node.inputs[0] ?? '');
    if (inTail.has(node) || (onBytes && (node.operator === 'Shape' || movesBytes(node, formOf, links)))) {
      bytes.follow(node, links);
      continue;
    }
    if (hasBody(node)) for (const value of links.producers.keys()) bytes.restore(value);
    for (const input of node.inputs) bytes.restore(input);
    if (site && form !== 'float') addForm(rewriting, site, form, node.outputs[0]!);
    else rewriting.nodes.push(node);
  }
  for (const { name } of model.graph.outputs) bytes.restore(name);
  return { model: rewriting.finish(), owners: rewriting.owners };
}

function addForm(rewriting: Rewriting, site: Site, form: Form, output: string): void {
  if (form === 'stored') addStored(rewriting, site, output);
  else if (site.kind === 'LSTM') addDynamicLstm(rewriting, site, output);
  else if (site.kind === 'Conv') addDynamicConv(rewriting, site, output);
  else if (site.kind === 'GRU') addDynamicGru(rewriting, site, output);
  else addDynamicMatMul(rewriting, site, output);
}

function addStatic(rewriting: Rewriting, site: Site, bytes: ByteValues, plan: Plan, output: string): void {
  if (site.kind !== 'Conv') {
    addStaticMatMul(rewriting, site, bytes, output);
    return;
  }
  const activation = plan.activations.get(site.output);
  if (!activation) throw new Error(`'${site.output}' was not calibrated`);
  addStaticConv(rewriting, site, bytes, { activation, width: plan.bins });
}

/** Whether a node only moves elements, and all that reads them works on bytes. */
function movesBytes(node: FileNode, formOf: (node: FileNode) => Form, links: Links): boolean {
  if (node.domain !== '' || (node.operator !== 'Transpose' && node.operator !== 'Reshape')) return false;
  const [output] = node.outputs as [string];
  if (links.outputs.has(output)) return false;
  return (links.consumers.get(output) ?? []).every(
    (next) => (formOf(next) === 'static' && next.inputs[0] === output) || movesBytes(next, formOf, links),
  );
}

/**
 * Float and quantised forms of every site side by side on the same float inputs, to see what each form alone changes.
 * Gives the model, whose outputs are pairs of values by site.
 */
export function pairForms(
  model: ModelFile,
  plan: Plan,
): { model: ModelFile; pairs: ReadonlyMap<string, { float: string; quantized: string }> } {
  const rewriting = createRewriting(model);
  const links = linksOf(model.graph);
  const pairs = new Map<string, { float: string; quantized: string }>();
  rewriting.nodes.push(...model.graph.nodes);
  for (const site of findSites(model.graph)) {
    const form = plan.forms.get(site.name) ?? 'float';
    if (form === 'float') continue;
    const own = { ...site, name: `${site.name}/pair` };
    const quantized = `${site.name}/pair/result`;
    if (form === 'static') {
      const bytes = createByteValues(rewriting, plan.activations);
      addStatic(rewriting, own, bytes, plan, quantized);
      for (const node of site.tail) bytes.follow(node, links);
      bytes.restore(site.output, quantized);
      pairs.set(site.name, { float: site.output, quantized });
    } else {
      addForm(rewriting, own, form, quantized);
      pairs.set(site.name, { float: site.node.outputs[0]!, quantized });
    }
  }
  const names = new Set([...pairs.values()].flatMap(({ float, quantized }) => [float, quantized]));
  return { model: rewriting.finish([...names]), pairs };
}
