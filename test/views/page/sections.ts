import type { Remote } from '../../../src/shared/protocol/channel.ts';
import type { ProfilerHost } from '../../../src/shared/protocol/profiler.ts';
import type { ProfileSummary } from '../../../src/shared/run/profileSummary.ts';
import { createDevices } from '../../../webview/profiler/devices/devicesSection.ts';
import { createHotSpots } from '../../../webview/profiler/hotspots/hotSpotsSection.ts';
import { createMemory } from '../../../webview/profiler/memory/memorySection.ts';
import type { Section, ShownRun } from '../../../webview/profiler/section.ts';
import { stringsFor } from '../../../webview/profiler/strings.ts';

const makers = { devices: createDevices, memory: createMemory, hotspots: createHotSpots };
let section: Section | undefined;
const calls: unknown[][] = [];

/** Parts of the panel on a page of their own, with answers that a test chooses in place of the extension's. */
const page = {
  calls,
  /** Sets what the workbench sets when the user chooses a theme. */
  dress(bodyClass: string, variables: Record<string, string>) {
    document.body.className = bodyClass;
    document.body.dataset.vscodeThemeKind = bodyClass;
    const style = Object.entries(variables).map(([name, value]) => `--vscode-${name}: ${value}`);
    document.documentElement.setAttribute('style', style.join('; '));
  },
  mount(id: keyof typeof makers, profiles: Record<string, ProfileSummary>) {
    section?.dispose();
    calls.length = 0;
    const answer = (method: string, parameters: unknown[]) => {
      calls.push([method, ...parameters]);
      return method === 'profile' ? (profiles[String(parameters[1])] ?? null) : undefined;
    };
    const remote = new Proxy({} as Remote<ProfilerHost>, {
      get:
        (_, method: string) =>
        async (...parameters: unknown[]) =>
          answer(method, parameters),
    });
    section = makers[id]({ remote, text: stringsFor(document.documentElement.lang) });
    const panel = document.createElement('div');
    panel.className = 'profiler';
    panel.append(section.element);
    document.body.replaceChildren(panel);
  },
  update: (runs: ShownRun[]) => section?.update(runs),
};
Object.assign(window, { sections: page });
