import type { Remote } from '../../../src/shared/protocol/channel.ts';
import type { ProfileHost } from '../../../src/shared/protocol/profilerProfile.ts';
import type { ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import { fill } from '../../ui/fill.ts';
import type { ProfileView } from './profileView.ts';
import type { HotSpotStrings } from './strings.ts';

export interface ProfileLoader {
  load(directory: string, path: string): Promise<void>;
  /** Shows words in place of a profile, and no answer that is still to come. */
  clear(words: string): void;
}

/** Fetches profiles into a view; while there is none, the status line says why. */
export function createProfileLoader(
  remote: Pick<Remote<ProfileHost>, 'profile'>,
  view: ProfileView,
  status: HTMLElement,
  text: HotSpotStrings,
): ProfileLoader {
  let latest = 0;
  const say = (words: string) => {
    status.textContent = words;
    status.hidden = words === '';
    view.element.hidden = words !== '';
  };
  const show = (summary: ProfileSummary | null, path: string) => {
    say(summary ? '' : fill(text.missing, path));
    if (summary) view.show(summary);
  };
  return {
    async load(directory, path) {
      const mine = ++latest;
      say(text.loading);
      try {
        const summary = await remote.profile(directory, path);
        if (mine === latest) show(summary, path);
      } catch (error) {
        if (mine === latest) say(fill(text.failed, error instanceof Error ? error.message : String(error)));
      }
    },
    clear(words) {
      latest++;
      say(words);
    },
  };
}
