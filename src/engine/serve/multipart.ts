import { HttpError } from './httpError.ts';

/** A part's own headers, as far as a form needs them. */
export interface PartHeader {
  name: string;
  /** As the client calls the file; never used as a path. */
  filename?: string;
}

/** Takes a part's content piece by piece. */
export interface PartSink {
  write(bytes: Uint8Array): void | Promise<void>;
  end(): void | Promise<void>;
}

export interface MultipartParser {
  /** The next bytes of the body; done when every sink has taken what is sure to be its own. */
  write(bytes: Uint8Array): Promise<void>;
  /** The body has ended; throws where its last boundary has not come. */
  end(): void;
}

const maxHeaderBytes = 4096;
const maxParts = 64;
const bad = (message: string) =>
  new HttpError(400, `the multipart body is malformed: ${message}`, { code: 'invalid_multipart' });

/** The boundary of `multipart/form-data; boundary=…` (RFC 2046 §5.1.1), or undefined for any other content type. */
export function boundaryOf(contentType: string): string | undefined {
  const match = /^multipart\/form-data\s*;(?:[^"]*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i;
  const [, quoted, plain] = match.exec(contentType) ?? [];
  const boundary = quoted ?? plain;
  return boundary !== undefined && /^[0-9A-Za-z'()+_,\-./:=? ]*[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary)
    ? boundary
    : undefined;
}

type State = 'content' | 'afterBoundary' | 'header' | 'done';

/**
 * Reads `multipart/form-data` (RFC 7578) as it comes: at most a boundary or a part's headers are held. Stricter than the
 * rules: nothing before the first boundary, nothing but a line's end after the last. `open` gives each part its sink.
 */
export function createMultipartParser(boundary: string, open: (part: PartHeader) => PartSink): MultipartParser {
  const delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1');
  // The first boundary may lack the line's end that belongs to all others.
  let held: Buffer = Buffer.from('\r\n');
  let state: State = 'content';
  let sink: PartSink | undefined;
  let parts = 0;

  async function readContent(): Promise<boolean> {
    const at = held.indexOf(delimiter);
    const sure = at >= 0 ? at : Math.max(0, held.length - delimiter.length + 1);
    if (sure > 0) {
      if (!sink) throw bad('it does not begin with its boundary');
      await sink.write(held.subarray(0, sure));
    }
    held = held.subarray(at >= 0 ? at + delimiter.length : sure);
    if (at < 0) return false;
    await sink?.end();
    sink = undefined;
    state = 'afterBoundary';
    return true;
  }
  function readAfterBoundary(): boolean {
    if (held.length < 2) return false;
    const next = held.toString('latin1', 0, 2);
    if (next !== '\r\n' && next !== '--') throw bad('a boundary is followed by neither a line end nor "--"');
    state = next === '--' ? 'done' : 'header';
    // The line end stays: headers are read up to an empty line, and there may be none.
    if (next === '--') held = held.subarray(2);
    return true;
  }
  function readHeader(): boolean {
    const end = held.indexOf('\r\n\r\n');
    if (end > maxHeaderBytes || (end < 0 && held.length > maxHeaderBytes))
      throw bad('the headers of a part are too long');
    if (end < 0) return false;
    if (++parts > maxParts) throw bad(`it has more than ${maxParts} parts`);
    sink = open(parsePartHeader(held.toString('utf8', 2, Math.max(2, end))));
    held = held.subarray(end + 4);
    state = 'content';
    return true;
  }
  function readEpilogue(): boolean {
    if (held.length > 2 || !'\r\n'.startsWith(held.toString('latin1')))
      throw bad('something follows its last boundary');
    return false;
  }
  const steps = { content: readContent, afterBoundary: readAfterBoundary, header: readHeader, done: readEpilogue };
  return {
    async write(bytes) {
      held =
        held.length === 0 ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length) : Buffer.concat([held, bytes]);
      while (await steps[state]()) {
        // Each step takes what it can of the bytes.
      }
      // What is kept must not hold on to the whole of a network buffer.
      held = Buffer.from(held);
    },
    end() {
      if (state !== 'done') throw bad('it ends before its last boundary');
    },
  };
}

function parsePartHeader(text: string): PartHeader {
  let part: PartHeader | undefined;
  for (const line of text === '' ? [] : text.split('\r\n')) {
    const [, name, value] = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined) throw bad('a part has a header that is none');
    const key = name.toLowerCase();
    if (key === 'content-disposition') {
      if (part) throw bad('a part has two Content-Disposition headers');
      part = parseDisposition(value);
    }
    if (key === 'content-transfer-encoding' && !/^(binary|8bit|7bit)$/i.test(value.trim()))
      throw bad('a part has a Content-Transfer-Encoding; send it as it is');
  }
  if (!part) throw bad('a part has no Content-Disposition');
  return part;
}

function parseDisposition(value: string): PartHeader {
  if (!/^form-data\s*(;|$)/i.test(value)) throw bad('a part is not form-data');
  const parameters = new Map<string, string>();
  const parameter = /;\s*([A-Za-z][A-Za-z0-9*-]*)=(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))\s*/y;
  parameter.lastIndex = /^form-data\s*/i.exec(value)![0].length;
  while (parameter.lastIndex < value.length) {
    const match = parameter.exec(value);
    if (!match) throw bad('a Content-Disposition cannot be read');
    const key = match[1]!.toLowerCase();
    if (parameters.has(key)) throw bad(`a Content-Disposition has two parameters "${key}"`);
    parameters.set(key, match[2]?.replace(/\\(["\\])/g, '$1') ?? match[3]!);
  }
  const name = parameters.get('name');
  if (name === undefined) throw bad('a part has no name');
  const filename = parameters.get('filename') ?? parameters.get('filename*');
  return filename === undefined ? { name } : { name, filename };
}
