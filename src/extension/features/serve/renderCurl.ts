/** A command line for a POSIX shell that sends a recording to the server; the user puts in its name. */
export function renderCurl(address: string, token: string, file = 'recording.wav'): string {
  const parts = [
    `curl ${quote(`${address}/v1/audio/transcriptions`)}`,
    `-H ${quote(`Authorization: Bearer ${token}`)}`,
    `-F ${quote(`file=@${file}`)}`,
    '-F response_format=text',
  ];
  return parts.join(' ');
}

/** In single quotes nothing means anything to a shell but the quote itself. */
const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
