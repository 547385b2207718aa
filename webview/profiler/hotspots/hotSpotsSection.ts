import { type ProfileFileKind, profileFileKinds } from '../../../src/shared/protocol/profilerProfile.ts';
import { profiledSteps } from '../../../src/shared/run/control.ts';
import type { Profiled } from '../../../src/shared/run/events.ts';
import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton, createDropdown } from '../../ui/toolkit.ts';
import { tell } from '../panelParts.ts';
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
  let path = '';

  const choose = (run: ShownRun, next: string) => {
    path = next;
    void loader.load(run.directory, next);
  };
  const buildTools = (run: ShownRun): void => {
    const profile = () => tell(remote.runAction(run.directory, 'profile'));
    const open = (kind: ProfileFileKind) => tell(remote.openProfileFile(run.directory, path, kind));
    const parts: HTMLElement[] = [];
    const title = fill(text.profileSteps, profiledSteps);
    if (run.active) parts.push(createButton({ appearance: 'secondary', text: title, onPress: profile }));
    const { profiles } = run.model;
    if (profiles.length > 0)
      parts.push(
        chooser(profiles, path, text, (next) => choose(run, next)),
        ...fileButtons(text, open),
      );
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
      const differs = (...keys: (keyof typeof next)[]) => keys.some((key) => next[key] !== shown[key]);
      // A profile that has just been taken is what the user waits for; the one that is looked at stays when a run ends.
      const fresh = differs('directory', 'latest');
      const changed = fresh || differs('active', 'count');
      shown = next;
      if (next.latest === '' && changed) loader.clear(active ? fill(text.empty, profiledSteps) : text.emptyEnded);
      else if (fresh) choose(run, next.latest);
      if (changed) buildTools(run);
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
