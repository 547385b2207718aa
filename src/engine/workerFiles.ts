/** Entries that run beside the engine: the process of the graph and the threads of the features. */
const sources = {
  ort: './ort/ortProcess.ts',
  feature: '../training/data/featureWorker.ts',
} as const;

/** A worker's file: a bundle beside the engine's bundle, or the source itself during development. */
export function workerFile(name: keyof typeof sources): URL {
  const development = import.meta.url.endsWith('.ts');
  return new URL(development ? sources[name] : `./${name}Worker.js`, import.meta.url);
}
