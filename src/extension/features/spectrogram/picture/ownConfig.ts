/**
 * Which config a recording belongs to: of those in the nearest folder above it that has any, the one that the latest
 * run used, else the first by name. `foldersUp` lists paths of configs by folder, the recording's own folder first;
 * `used` are the configs of runs, newest first.
 */
export function ownConfig(foldersUp: readonly (readonly string[])[], used: readonly string[]): string | undefined {
  const nearest = foldersUp.find((configs) => configs.length > 0);
  return used.find((config) => nearest?.includes(config)) ?? [...(nearest ?? [])].sort()[0];
}
