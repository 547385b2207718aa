import { type ProfileFileKind, profileFileKinds } from '../../../src/shared/protocol/profilerProfile.ts';
import { profiledSteps } from '../../../src/shared/run/control.ts';
import type { Profiled } from '../../../src/shared/run/events.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton, createDropdown } from '../../ui/toolkit.ts';
import type { PanelContext, Section, ShownRun } from '../section.ts';
import { createProfileLoader } from './profileLoader.ts';
import { formatMs } from './profileText.ts';
import { createProfileView } from './profileView.ts';
import { type HotSpotStrings, hotSpotStrings } from './strings.ts';

/** Where the time of a step goes, by profiles that the run was asked for. Shows the run in focus. */
export function createHotSpots({ remote }: PanelContext): Section {
  const text = hotSpotStrings(document.documentElement.lang);
  const tools = element('div', { class: 'hotspot-tools' });
  const status = element('p', { class: 'quiet', role: 'status' });
  const view = createProfileView(text);
  const loader = createProfileLoader(remote, view, status, text);
  /** What is on the screen, so that the many updates without news cost nothing. */
  let shown = { directory: '', active: false, latest: '', count: -1 };

  const show = (run: ShownRun): void => {
    const { profiles } = run.model;
    const latest = profiles.at(-1)?.path;
    let path = latest;
    const parts: HTMLElement[] = [];
    if (latest !== undefined) {
      const choose = (next: string) => {
        path = next;
        void loader.load(run.directory, next);
      };
      const open = (kind: ProfileFileKind) =>
        void remote.openProfileFile(run.directory, path ?? latest, kind).catch(() => {});
      parts.push(chooser(profiles, latest, text, choose), ...fileButtons(text, open));
      choose(latest);
    } else loader.clear(run.active ? fill(text.empty, profiledSteps) : text.emptyEnded);
    const profile = () => void remote.runAction(run.directory, 'profile').catch(() => {});
    const title = fill(text.profileSteps, profiledSteps);
    if (run.active) parts.unshift(createButton({ appearance: 'secondary', text: title, onPress: profile }));
    tools.replaceChildren(...parts);
  };
  return {
    id: 'hotspots',
    title: text.title,
    element: element('div', { class: 'section hotspots' }, tools, status, view.element),
    update([run]) {
      if (!run) return;
      const { directory, active, model } = run;
      const next = { directory, active, latest: model.profiles.at(-1)?.path ?? '', count: model.profiles.length };
      const same = (Object.keys(next) as (keyof typeof next)[]).every((key) => next[key] === shown[key]);
      shown = next;
      // A profile that has just been taken is what the user waits for: it is shown.
      if (!same) show(run);
    },
    dispose() {
      loader.clear('');
      view.dispose();
    },
  };
}

function chooser(
  profiles: readonly Profiled[],
  path: string,
  text: HotSpotStrings,
  choose: (path: string) => void,
): HTMLElement {
  const name = (each: Profiled) => each.path.split('/').at(-1)!;
  return createDropdown({
    label: text.profile,
    choices: [...profiles].reverse().map((each) => ({
      value: each.path,
      text: fill(text.profileChoice, name(each), each.steps, formatMs(each.durationMs)),
    })),
    value: path,
    onChange: choose,
  });
}

function fileButtons(text: HotSpotStrings, open: (kind: ProfileFileKind) => void): HTMLElement[] {
  return profileFileKinds.map((kind) =>
    createButton({
      appearance: 'secondary',
      text: text.files[kind],
      title: kind === 'trace' ? text.traceHint : text.files[kind],
      onPress: () => open(kind),
    }),
  );
}
