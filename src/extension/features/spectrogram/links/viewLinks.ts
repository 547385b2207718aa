import { randomUUID } from 'node:crypto';
import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Remote } from '../../../../shared/protocol/channel.ts';
import type { DifferenceHost } from '../../../../shared/protocol/spectrogramDifference.ts';
import type { LinksHost, LinksView } from '../../../../shared/protocol/spectrogramLinks.ts';
import type { Recording } from '../recording.ts';
import { createDifferences } from './compareVersions.ts';
import { createLinkGroups, type LinkGroups, type LinkMember } from './linkGroups.ts';

/** Where a view is, and of what. */
export interface PlacedView {
  readonly panel: vscode.WebviewPanel;
  readonly recording: Recording;
}

/** All views of recordings in this window, and which of them share their time. */
export interface ViewLinks {
  readonly groups: LinkGroups;
  /** What a view's page may ask; `remote` tells the page. */
  attach(view: PlacedView, remote: () => Remote<LinksView>): { member: LinkMember; host: LinksHost & DifferenceHost };
}

/** `alone` is asked for another recording where a view has nothing to be linked with. */
export function createViewLinks(alone: (view: PlacedView) => void): ViewLinks {
  const groups = createLinkGroups(randomUUID);
  const differences = createDifferences();
  const places = new Map<LinkMember, PlacedView>();
  const beside = (member: LinkMember) => [...places.keys()].filter((other) => other !== member && other.visible());
  /** An editor group shows two editors at once only where they are the sides of a comparison. */
  const otherSide = (member: LinkMember) => {
    const { panel } = places.get(member)!;
    const group = vscode.window.tabGroups.all.find(({ viewColumn }) => viewColumn === panel.viewColumn);
    // One recording in its own tab: another one that counts as visible is about to be hidden.
    if (group?.activeTab?.input instanceof vscode.TabInputCustom) return undefined;
    return beside(member).find((other) => panel.visible && places.get(other)!.panel.viewColumn === panel.viewColumn);
  };
  return {
    groups,
    attach(view, remote) {
      const { panel, recording } = view;
      // A page that has been hidden answers nothing.
      const tell = (what: Promise<void>) => void what.catch(() => {});
      const member: LinkMember = {
        name: nameOf(recording.uri),
        recording: recording.uri.toString(),
        visible: () => panel.visible,
        showTime: (time) => tell(remote().timeShown(time)),
        showPlay: (playSec) => tell(playSec === undefined ? remote().playShown() : remote().playShown(playSec)),
        changed: (link, lead) => tell(link ? remote().linkChanged(lead, link) : remote().linkChanged(lead)),
      };
      places.set(member, view);
      panel.onDidDispose(() => {
        places.delete(member);
        groups.leave(member);
      });
      const host: LinksHost & DifferenceHost = {
        async difference() {
          const partners = groups.partnersOf(member);
          const other = partners.length === 1 ? places.get(partners[0]!)?.recording : undefined;
          return !other || other.uri.toString() === recording.uri.toString()
            ? undefined
            : differences.between(recording, other);
        },
        openLink(durationSec, kept) {
          groups.open(member, kept, durationSec);
          const other = otherSide(member);
          if (other && !groups.partnersOf(member).includes(other)) groups.link([other, member]);
        },
        timeMoved: (time) => groups.moved(member, time),
        playMoved: (playSec) => groups.played(member, playSec),
        setLinked(linked) {
          const others = beside(member);
          if (linked && groups.partnersOf(member).length === 0 && others.length === 0) alone(view);
          else groups.setLinked(member, linked, others);
        },
        alignCursors: (cursorSec) => groups.align(member, cursorSec),
        resetOffset: () => groups.resetOffset(member),
      };
      return { member, host };
    },
  };
}

/** A version in Source Control is told from the file by where it is from. */
function nameOf({ scheme, path: place, query }: vscode.Uri): string {
  const name = path.posix.basename(place);
  if (scheme === 'file') return name;
  const ref = /"ref":"([^"]*)"/.exec(query)?.[1];
  return `${name} (${scheme === 'git' && ref ? (ref === '~' ? 'index' : ref.slice(0, 12)) : scheme})`;
}
