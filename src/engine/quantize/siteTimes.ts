import { createTraceReader } from '../profile/ortTrace.ts';

export interface SiteTimes {
  /** Milliseconds by site, one pass over all batches. */
  sites: ReadonlyMap<string, number>;
  /** All nodes that belong to no site. */
  restMs: number;
}

/**
 * Reads the time of each site from ONNX Runtime's profile of `passes` passes over `batches` batches after one that does
 * not count. Of each node and batch the shortest of its times counts: on a busy machine the others measure its
 * neighbours. `owners`: the site of a node by its name; nodes that ONNX Runtime made of it begin with that name.
 */
export function readSiteTimes(
  trace: string,
  { batches, passes }: { batches: number; passes: number },
  owners: ReadonlyMap<string, string>,
): SiteTimes {
  const reader = createTraceReader();
  for (const line of trace.split('\n')) reader.line(line);
  const { nodes, calls, runs } = reader.trace;
  if (runs.length !== (passes + 1) * batches) throw new Error(`the profile has ${runs.length} runs`);
  const ordered = runs.toSorted((a, b) => a.startUs - b.startUs);
  const shortest = nodes.map(() => new Float64Array(batches).fill(Infinity));
  const inRun = nodes.map(() => 0);
  let run = 0;
  const close = () => {
    if (run >= batches)
      for (const [node, us] of inRun.entries())
        if (us > 0) shortest[node]![run % batches] = Math.min(shortest[node]![run % batches]!, us);
    inRun.fill(0);
    run++;
  };
  for (const { node, startUs, durationUs } of calls.toSorted((a, b) => a.startUs - b.startUs)) {
    while (run < ordered.length - 1 && startUs >= ordered[run + 1]!.startUs) close();
    inRun[node]! += durationUs;
  }
  close();
  const sites = new Map<string, number>();
  let restMs = 0;
  for (const [index, { name }] of nodes.entries()) {
    const ms = shortest[index]!.reduce((sum, us) => sum + (Number.isFinite(us) ? us : 0), 0) / 1000;
    const site = ownerOf(name, owners);
    if (site === undefined) restMs += ms;
    else sites.set(site, (sites.get(site) ?? 0) + ms);
  }
  return { sites, restMs };
}

/** By the longest known name that the node's begins with: what ONNX Runtime makes of `x` is called `x_q` or `x/duplicated`. */
function ownerOf(name: string, owners: ReadonlyMap<string, string>): string | undefined {
  for (let length = name.length; length > 0; length--) {
    const owner = owners.get(name.slice(0, length));
    if (owner !== undefined && (length === name.length || '_/'.includes(name[length]!))) return owner;
  }
  return undefined;
}
