import { z } from 'zod';

/** What a key means beyond its type; read by hover, completion and docs/config.md. */
export interface KeyNotes {
  description: string;
  unit?: string;
  source?: string;
}

export const note = <T extends z.ZodType>(type: T, description: string, more: Omit<KeyNotes, 'description'> = {}): T =>
  type.meta({ description, ...more }) as T;

export const positiveInt = z.int().positive();
export const fraction = z.number().min(0).lt(1);
export const share = z.number().min(0).max(1);
