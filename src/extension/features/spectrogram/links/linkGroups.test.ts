import { describe, expect, it } from 'vitest';
import type { LinkState, SharedTime } from '../../../../shared/protocol/spectrogramLinks.ts';
import { createLinkGroups, type LinkMember } from './linkGroups.ts';

interface Told extends LinkMember {
  hidden: boolean;
  times: SharedTime[];
  played: (number | undefined)[];
  link: LinkState | undefined;
  led: number;
}

function member(name: string): Told {
  const told: Told = {
    name,
    recording: name,
    hidden: false,
    times: [],
    played: [],
    link: undefined,
    led: 0,
    visible: () => !told.hidden,
    showTime: (time) => told.times.push(time),
    showPlay: (playSec) => told.played.push(playSec),
    changed(link, tell) {
      told.link = link;
      if (tell) told.led++;
    },
  };
  return told;
}

function pair() {
  let groups = 0;
  const links = createLinkGroups(() => `group ${groups++}`);
  const [a, b] = [member('a.wav'), member('b.wav')];
  links.open(a, undefined, 10);
  links.open(b, undefined, 4);
  return { links, a, b };
}

const time = (startSec: number, cursorSec = startSec): SharedTime => ({ startSec, endSec: startSec + 2, cursorSec });

describe('link groups', () => {
  it('relays what one view shows to the others and never back', () => {
    const { links, a, b } = pair();
    links.moved(a, time(1));
    expect(b.times).toEqual([]);
    links.link([a, b]);
    expect([a.led, b.led]).toEqual([1, 0]);
    expect(a.link).toMatchObject({ linked: true, partners: ['b.wav'], reach: { startSec: 0, endSec: 10 } });
    expect(b.link!.reach).toEqual({ startSec: 0, endSec: 10 });
    const more = { selection: { anchorSec: 3, headSec: 4 } };
    links.moved(a, { ...time(3), ...more });
    expect(b.times).toEqual([{ ...time(3), ...more }]);
    expect(a.times).toEqual([]);
  });

  it('keeps the shift that aligned cursors make, without drift', () => {
    const { links, a, b } = pair();
    links.link([a, b]);
    links.moved(a, time(0));
    links.setLinked(a, false, []);
    links.moved(a, time(5, 6));
    links.moved(b, time(1, 1.5));
    expect(b.times).toHaveLength(1);
    links.align(a, 6);
    expect(a.link).toMatchObject({ linked: true, shiftSec: 4.5, reach: { startSec: 0, endSec: 10 } });
    expect(b.link).toMatchObject({ shiftSec: -4.5, reach: { startSec: -4.5, endSec: 5.5 } });
    expect(b.times.at(-1)).toEqual(time(0.5, 1.5));
    links.played(a, 7);
    links.played(a, undefined);
    expect([a.played, b.played]).toEqual([[], [2.5, undefined]]);
    for (let i = 0; i < 1000; i++) links.moved(i % 2 ? a : b, i % 2 ? time(5, 6) : time(0.5, 1.5));
    expect(a.times.at(-1)).toEqual(time(5, 6));
    links.resetOffset(b);
    expect(a.link!.shiftSec).toBe(0);
    expect(a.times.at(-1)).toEqual(time(0.5, 1.5));
  });

  it('tells a hidden view nothing until its page is there again', () => {
    const { links, a, b } = pair();
    links.link([a, b]);
    b.hidden = true;
    links.moved(a, time(2));
    expect(b.times).toEqual([]);
    b.hidden = false;
    links.open(b, undefined, 4);
    expect(b.times).toEqual([time(2)]);
  });

  it('finds the others again by what each view kept', () => {
    const { links, a, b } = pair();
    links.link([a, b]);
    const kept = [a, b].map(({ link }) => ({ group: link!.group, linked: true, offsetSec: link!.offsetSec + 0.25 }));
    const later = createLinkGroups(() => 'new');
    const [first, second] = [member('a.wav'), member('b.wav')];
    later.open(first, kept[0], 10);
    expect(first.link!.partners).toEqual([]);
    later.open(second, kept[1], 4);
    expect(first.link!.partners).toEqual(['b.wav']);
    later.moved(first, time(1));
    expect(second.times).toEqual([time(1)]);
  });

  it('does not name a recording to itself', () => {
    const { links, a } = pair();
    const twin = { ...member('a.wav') };
    links.open(twin, undefined, 10);
    links.link([a, twin]);
    expect(a.link!.partners).toEqual(['']);
  });

  it('leaves one view with a link to nobody when the other is closed', () => {
    const { links, a, b } = pair();
    links.link([a, b]);
    links.leave(b);
    expect(a.link!.partners).toEqual([]);
    expect(a.link!.reach).toEqual({ startSec: 0, endSec: 10 });
    links.setLinked(a, true, [member('c.wav')]);
    expect(a.link!.partners).toEqual(['c.wav']);
  });
});
