import type { LinkGroups, LinkMember } from '../../../src/extension/features/spectrogram/links/linkGroups.ts';
import type { Remote } from '../../../src/shared/protocol/channel.ts';
import type { LinksHost, LinksView } from '../../../src/shared/protocol/spectrogramLinks.ts';

/** A view on a page of its own as a member of link groups; what is told before `connectTo` is lost, as in a page not yet there. */
export function linkedAnswers(groups: LinkGroups, name: string) {
  let remote: Remote<LinksView> | undefined;
  const member: LinkMember = {
    name,
    recording: name,
    visible: () => remote !== undefined,
    showTime: (time) => void remote?.timeShown(time).catch(() => {}),
    showPlay: (playSec) =>
      void (playSec === undefined ? remote?.playShown() : remote?.playShown(playSec))?.catch(() => {}),
    changed: (link, tell) => void (link ? remote?.linkChanged(tell, link) : remote?.linkChanged(tell))?.catch(() => {}),
  };
  const answers: LinksHost = {
    openLink: (durationSec, kept) => groups.open(member, kept, durationSec),
    timeMoved: (time) => groups.moved(member, time),
    playMoved: (playSec) => groups.played(member, playSec),
    setLinked: (linked) => groups.setLinked(member, linked, []),
    alignCursors: (cursorSec) => groups.align(member, cursorSec),
    resetOffset: () => groups.resetOffset(member),
  };
  const connectTo = (view: Remote<LinksView>) => {
    remote = view;
  };
  return { member, answers, connectTo };
}
