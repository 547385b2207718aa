import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../shared/random.ts';
import { HttpError } from './httpError.ts';
import { boundaryOf, createMultipartParser } from './multipart.ts';

const boundary = '----x';

interface Part {
  name: string;
  filename?: string;
  content: string;
}

/** Reads a body in pieces of the given lengths. */
async function parse(body: Uint8Array, nextLength: () => number): Promise<Part[]> {
  const parts: Part[] = [];
  const parser = createMultipartParser(boundary, (header) => {
    const bytes: Uint8Array[] = [];
    return {
      write: (piece) => {
        bytes.push(Uint8Array.from(piece));
      },
      end: () => {
        parts.push({ ...header, content: Buffer.concat(bytes).toString('latin1') });
      },
    };
  });
  for (let at = 0; at < body.length; ) {
    const length = Math.max(1, nextLength());
    await parser.write(body.subarray(at, at + length));
    at += length;
  }
  parser.end();
  return parts;
}

/** Node's own parser of forms, for which all must be there at once. */
async function parseByNode(body: Uint8Array): Promise<Part[]> {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const form = await new Response(Buffer.from(body), { headers }).formData();
  const parts: Part[] = [];
  for (const [name, value] of form) {
    if (typeof value === 'string') parts.push({ name, content: Buffer.from(value).toString('latin1') });
    else parts.push({ name, filename: value.name, content: Buffer.from(await value.arrayBuffer()).toString('latin1') });
  }
  return parts;
}

/** Contents that look like boundaries, and end in the midst of one. */
function randomForm(random: Random): { parts: Part[]; body: Buffer } {
  const pieces = ['\r\n', '--', boundary, `\r\n--${boundary.slice(0, -1)}`, 'abc', '\r', '-', '\u0000\u00ff'];
  const parts = Array.from({ length: 1 + random.below(4) }, (_, i): Part => {
    const text = Array.from({ length: random.below(6) }, () => pieces[random.below(pieces.length)]!).join('');
    const content = `\r\n${text}\r\n`.includes(`\r\n--${boundary}`) ? '' : text;
    return i % 2 === 0
      ? { name: `n${i}`, filename: `a ${i}.wav`, content }
      : { name: `n${i}`, content: content.replace(/[^ -~]/g, '') };
  });
  const texts = parts.map(({ name, filename, content }) => {
    const file = filename === undefined ? '' : `; filename="${filename}"`;
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${content}\r\n`;
  });
  return { parts, body: Buffer.from(`${texts.join('')}--${boundary}--\r\n`, 'latin1') };
}

test('reads what was sent, as Node does, however the body is cut', async () => {
  const random = createRandom('multipart');
  let compared = 0;
  for (let n = 0; n < 150; n++) {
    const { body, parts } = randomForm(random);
    for (const length of [() => 1, () => random.below(40), () => body.length])
      expect(await parse(body, length)).toEqual(parts);
    // Node's takes a boundary for one in the midst of a line too.
    if (parts.some(({ content }) => content.includes(boundary))) continue;
    compared++;
    expect(await parseByNode(body)).toEqual(parts);
  }
  expect(compared).toBeGreaterThan(20);
});

test('damaged bodies are refused with 400, never with a bug, and an end that is cut off never passes', async () => {
  const random = createRandom('damage');
  let refused = 0;
  for (let n = 0; n < 1000; n++) {
    const { body } = randomForm(random);
    const kind = random.below(3);
    const at = random.below(body.length);
    if (kind === 0) body[at] = random.below(256);
    const damaged =
      kind === 0
        ? body
        : kind === 1
          ? body.subarray(0, Math.min(at, body.length - 4))
          : Buffer.concat([body.subarray(0, at), Buffer.from('\r\n--'), body.subarray(at)]);
    const error = await parse(damaged, () => 1 + random.below(30)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (kind === 1) expect(error).toBeInstanceOf(HttpError);
    if (error === undefined) continue;
    refused++;
    expect(error).toBeInstanceOf(HttpError);
    expect((error as HttpError).status).toBe(400);
  }
  expect(refused).toBeGreaterThan(350);
});

test('headers and parts without end are refused before they fill the memory', async () => {
  const endless = (start: string, more: string) => Buffer.from(start + more.repeat(3000));
  const part = `\r\n--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n`;
  await expect(parse(endless(`--${boundary}\r\nX: `, 'y'.repeat(99)), () => 1000)).rejects.toThrow('too long');
  await expect(parse(endless(part.slice(2), part), () => 1000)).rejects.toThrow('more than 64 parts');
});

test('the boundary comes from multipart/form-data alone', () => {
  expect(boundaryOf('multipart/form-data; boundary=abc')).toBe('abc');
  expect(boundaryOf('Multipart/Form-Data; charset=utf-8; boundary="a b"')).toBe('a b');
  for (const other of [
    'multipart/mixed; boundary=abc',
    'multipart/form-data',
    'multipart/form-data; boundary=',
    'multipart/form-data; boundary="a\nb"',
    `multipart/form-data; boundary=${'x'.repeat(71)}`,
    'application/json',
  ])
    expect(boundaryOf(other), other).toBeUndefined();
});
