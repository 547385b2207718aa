/** What one session did, as ONNX Runtime's profiler wrote it; times in microseconds since the session was opened. */
export interface OrtTrace {
  nodes: TraceNode[];
  /** Each time a node ran; a node with a body is there beside the nodes of its body. */
  calls: TraceCall[];
  /** Programs that a GPU ran for nodes, by the GPU's own clock. */
  kernels: TraceCall[];
  runs: { startUs: number; durationUs: number }[];
}

export interface TraceNode {
  name: string;
  operator: string;
  provider: string;
  /** Of the first output: `float32 [8, 64]`; empty where it is not told. */
  output: string;
  /** Of all outputs. */
  outputBytes: number;
}

export interface TraceCall {
  /** Index in `nodes`. */
  node: number;
  startUs: number;
  durationUs: number;
}

/** Reads the lines of a profile one by one. What is torn or of no known form is passed over. */
export function createTraceReader(): { line(text: string): void; trace: OrtTrace } {
  const trace: OrtTrace = { nodes: [], calls: [], kernels: [], runs: [] };
  const known = new Map<string, number>();
  const indexOf = (node: Omit<TraceNode, 'output' | 'outputBytes'>) => {
    const key = `${node.name}\n${node.operator}\n${node.provider}`;
    const index = known.get(key) ?? trace.nodes.push({ ...node, output: '', outputBytes: 0 }) - 1;
    known.set(key, index);
    return index;
  };
  return {
    trace,
    line(text) {
      const event = parseEvent(text);
      if (!event) return;
      const { cat, name, ts: startUs, dur: durationUs, args } = event;
      const node = cat === 'Node' ? /^(.*)_kernel_time$/.exec(name)?.[1] : undefined;
      if (node !== undefined) {
        const index = indexOf({ name: node, operator: textOf(args.op_name), provider: textOf(args.provider) });
        trace.calls.push({ node: index, startUs, durationUs });
        keepLargest(trace.nodes[index]!, args);
      } else if (cat === 'Api') {
        // node & operator & program
        const [ofNode = '', operator = ''] = name.split('&');
        if (operator) {
          const index = indexOf({ name: ofNode, operator, provider: webgpuProvider });
          trace.kernels.push({ node: index, startUs, durationUs });
        }
      } else if (cat === 'Session' && name === 'model_run') trace.runs.push({ startUs, durationUs });
    },
  };
}

/** The provider that tells of its programs. */
const webgpuProvider = 'WebGpuExecutionProvider';

interface TraceEvent {
  cat: string;
  name: string;
  ts: number;
  dur: number;
  args: Readonly<Record<string, unknown>>;
}

function parseEvent(text: string): TraceEvent | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/,?\s*$/, ''));
    if (typeof value !== 'object' || value === null) return undefined;
    const { cat, name, ts, dur, args } = value as Partial<TraceEvent>;
    const known = typeof cat === 'string' && typeof name === 'string' && Number.isFinite(ts) && Number.isFinite(dur);
    return known ? { cat, name, ts: ts!, dur: dur!, args: args ?? {} } : undefined;
  } catch {
    return undefined;
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function keepLargest(node: TraceNode, args: TraceEvent['args']): void {
  const bytes = Number(args.output_size);
  if (node.output !== '' && !(bytes > node.outputBytes)) return;
  node.outputBytes = Number.isFinite(bytes) ? bytes : 0;
  node.output = renderTensor(Array.isArray(args.output_type_shape) ? args.output_type_shape[0] : undefined);
}

/** ONNX Runtime's names of types where ONNX has others. */
const typeNames: Readonly<Record<string, string>> = { float: 'float32', double: 'float64' };

/** `{"float":[8,64]}` → `float32 [8, 64]` */
function renderTensor(value: unknown): string {
  const [type, shape] = Object.entries((value as Record<string, unknown> | null | undefined) ?? {})[0] ?? [];
  return type && Array.isArray(shape) ? `${typeNames[type] ?? type} [${shape.join(', ')}]` : '';
}
