import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../shared/problem.ts';
import { profileFiles, runFiles } from '../../shared/run/layout.ts';
import { type ProfileSummary, parseProfileSummary } from '../../shared/run/profileSummary.ts';
import type { ParsedArguments } from '../arguments.ts';
import { renderProfile } from '../profile/renderProfile.ts';
import type { Terminal } from '../terminal.ts';

export async function run(args: ParsedArguments, terminal: Terminal): Promise<number> {
  const given = args.operands[0]!;
  const rows = args.number('rows', { min: 1, integer: true }) ?? 15;
  const directories = profileDirectories(given);
  const profiles = directories.map((directory) => ({ directory, ...readSummary(directory) }));
  const newest = profiles.reduce((a, b) => (b.startedMs >= a.startedMs ? b : a));
  if (profiles.length > 1) terminal.print(`${profiles.length} profiles, the newest of them:`);
  terminal.print(`${newest.directory}\n${renderProfile(newest, rows)}`);
  terminal.result(newest);
  return 0;
}

/** The directory itself, or those that a run has. */
function profileDirectories(given: string): string[] {
  if (existsSync(join(given, profileFiles.summary))) return [given];
  if (!statSync(given, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`${given}: there is no such folder`);
  const inside = join(given, runFiles.profiles);
  const found = existsSync(inside)
    ? readdirSync(inside)
        .map((name) => join(inside, name))
        .filter((directory) => existsSync(join(directory, profileFiles.summary)))
    : [];
  if (found.length === 0)
    throw new UserError(`${given}: it holds no profile; ASR: Profile 5 Steps or --profile-steps makes one`);
  return found;
}

function readSummary(directory: string): ProfileSummary {
  const file = join(directory, profileFiles.summary);
  const summary = parseProfileSummary(readFileSync(file, 'utf8'));
  if (!summary) throw new UserError(`${file}: not a profile that this version reads`);
  return summary;
}
