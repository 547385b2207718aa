import { readFileSync } from 'node:fs';

/** Version of the package this engine is part of; the bundle lies one folder below package.json, the source two. */
export function engineVersion(): string {
  for (const place of ['../package.json', '../../package.json']) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(new URL(place, import.meta.url), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'name' in manifest && 'version' in manifest) {
        if (manifest.name === 'asr-workbench') return String(manifest.version);
      }
    } catch {
      // The other place may have it.
    }
  }
  return 'unknown';
}
