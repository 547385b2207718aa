import type { Services } from './services.ts';

/** Placeholder replaced below. */
export async function mapModel(model: string, _services: Services): Promise<string | undefined> {
  return model;
}
