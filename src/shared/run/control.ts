/** What `control.json` may ask of a running engine, which looks at it between steps and removes it when read. */
export type ControlRequest = 'stop' | 'checkpoint' | 'pause' | 'continue' | 'profile';

const requests: readonly string[] = ['stop', 'checkpoint', 'pause', 'continue', 'profile'] satisfies ControlRequest[];

/** Steps that one `profile` request takes. */
export const profiledSteps = 5;

export function renderControl(request: ControlRequest): string {
  return `${JSON.stringify({ request })}\n`;
}

/** The request in the file, or undefined for anything else, so that a half-written file asks for nothing. */
export function parseControl(text: string): ControlRequest | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const request = typeof value === 'object' && value !== null ? (value as { request?: unknown }).request : undefined;
    return typeof request === 'string' && requests.includes(request) ? (request as ControlRequest) : undefined;
  } catch {
    return undefined;
  }
}
