import type { KeptLink, LinkState, SharedTime } from '../../../../shared/protocol/spectrogramLinks.ts';

/** One view, as those see it that share its time. */
export interface LinkMember {
  /** Of the recording, for the others to name. */
  readonly name: string;
  /** Which recording it is. */
  readonly recording: string;
  /** A hidden view is told nothing: it asks when it is shown again. */
  visible(): boolean;
  showTime(time: SharedTime): void;
  showPlay(playSec: number | undefined): void;
  changed(link: LinkState | undefined, tell: boolean): void;
}

/** Which views share their time, and how their recordings lie to each other. */
export interface LinkGroups {
  /** The page of a view is there: tells it its link and the time of its group. */
  open(member: LinkMember, kept: KeptLink | undefined, durationSec: number): void;
  moved(member: LinkMember, time: SharedTime): void;
  /** What is heard in a view, or nothing any more. */
  played(member: LinkMember, playSec: number | undefined): void;
  /** Puts views into one group; the time of the first is the one that counts. */
  link(members: readonly LinkMember[]): void;
  /** Breaks the link of a view or takes it up again; a view without a group is linked with those `beside` it. */
  setLinked(member: LinkMember, linked: boolean, beside: readonly LinkMember[]): void;
  /** Its cursor, at `cursorSec`, and those of the others mean the same moment. */
  align(member: LinkMember, cursorSec: number): void;
  resetOffset(member: LinkMember): void;
  /** The others of its group. */
  partnersOf(member: LinkMember): LinkMember[];
  leave(member: LinkMember): void;
}

interface Place {
  group: string;
  linked: boolean;
  offsetSec: number;
}

interface Known {
  durationSec: number;
  /** Told last, in the member's own seconds. */
  time?: SharedTime;
  place?: Place;
}

/** `newGroup` names a group as no other is named. */
export function createLinkGroups(newGroup: () => string): LinkGroups {
  const register = createRegister();
  const { factsOf, partnersOf, tellAll, share } = register;
  const togetherOf = (member: LinkMember) => [member, ...partnersOf(member)];
  const placeOf = (member: LinkMember) => factsOf(member).place!;
  const join = (members: readonly LinkMember[]) => {
    const group = newGroup();
    const left = new Set(members.map((member) => factsOf(member).place?.group));
    for (const member of members) factsOf(member).place = { group, linked: true, offsetSec: 0 };
    for (const old of left) if (old !== undefined) tellAll(old);
    tellAll(group, members[0]);
  };
  return {
    open(member, kept, durationSec) {
      const facts = factsOf(member);
      facts.durationSec = durationSec;
      if (!facts.place && kept) facts.place = { ...kept };
      if (!facts.place) return member.changed(undefined, false);
      // Others may reach further now; the first one of a group has the time that counts.
      tellAll(facts.place.group, register.hasTime(facts.place.group) ? undefined : member);
      register.showTime(member);
    },
    moved(member, time) {
      const facts = factsOf(member);
      facts.time = time;
      if (facts.place?.linked) share(member, facts.place, time);
    },
    played(member, playSec) {
      const { place } = factsOf(member);
      if (!place?.linked) return;
      for (const other of partnersOf(member)) {
        const { linked, offsetSec } = placeOf(other);
        if (linked && other.visible())
          other.showPlay(playSec === undefined ? undefined : playSec - place.offsetSec + offsetSec);
      }
    },
    link: join,
    setLinked(member, linked, beside) {
      const partners = partnersOf(member);
      if (partners.length > 0) {
        // Where there are two, neither is linked alone; of several, one goes and comes back.
        for (const one of partners.length === 1 ? togetherOf(member) : [member]) placeOf(one).linked = linked;
        tellAll(placeOf(member).group, linked ? member : undefined);
      } else if (linked && beside.length > 0) join([member, ...beside]);
    },
    align(member, cursorSec) {
      const facts = factsOf(member);
      const time = facts.time && { ...facts.time, cursorSec };
      const other = partnersOf(member)
        .map(factsOf)
        .find((facts) => facts.time);
      if (!time || !other?.time) return;
      placeOf(member).offsetSec = time.cursorSec - (other.time.cursorSec - other.place!.offsetSec);
      for (const one of togetherOf(member)) placeOf(one).linked = true;
      tellAll(placeOf(member).group);
      share(member, placeOf(member), time);
    },
    resetOffset(member) {
      const { place, time } = factsOf(member);
      if (!place) return;
      for (const one of togetherOf(member)) placeOf(one).offsetSec = 0;
      tellAll(place.group);
      if (time && place.linked) share(member, place, time);
    },
    partnersOf,
    leave: register.remove,
  };
}

/** What is known of each view, and of each group. */
function createRegister() {
  const known = new Map<LinkMember, Known>();
  /** What linked views of a group show, in its own seconds. */
  const times = new Map<string, SharedTime>();
  const factsOf = (member: LinkMember): Known => {
    const facts = known.get(member) ?? { durationSec: 0 };
    known.set(member, facts);
    return facts;
  };
  const membersOf = (group: string) => [...known].flatMap(([one, { place }]) => (place?.group === group ? [one] : []));
  const partnersOf = (member: LinkMember): LinkMember[] => {
    const group = known.get(member)?.place?.group;
    return group === undefined ? [] : membersOf(group).filter((other) => other !== member);
  };
  const tellAll = (group: string, leader?: LinkMember) => {
    for (const member of membersOf(group))
      if (member.visible())
        member.changed(linkOf(member, factsOf(member), partnersOf(member), factsOf), member === leader);
  };
  const showTime = (member: LinkMember) => {
    const facts = factsOf(member);
    const { place } = facts;
    const time = place?.linked ? times.get(place.group) : undefined;
    if (!time || !place) return;
    facts.time = shift(time, place.offsetSec);
    if (member.visible()) member.showTime(facts.time);
  };
  return {
    factsOf,
    partnersOf,
    tellAll,
    showTime,
    hasTime: (group: string) => times.has(group),
    share(member: LinkMember, place: Place, time: SharedTime) {
      times.set(place.group, shift(time, -place.offsetSec));
      for (const other of partnersOf(member)) showTime(other);
    },
    remove(member: LinkMember) {
      const group = known.get(member)?.place?.group;
      known.delete(member);
      if (group === undefined) return;
      if (membersOf(group).length === 0) times.delete(group);
      else tellAll(group);
    },
  };
}

function linkOf(
  { recording }: LinkMember,
  { place, durationSec }: Known,
  partners: readonly LinkMember[],
  factsOf: (member: LinkMember) => Known,
): LinkState | undefined {
  if (!place) return undefined;
  const reach = { startSec: 0, endSec: durationSec };
  const others = partners.map(factsOf);
  for (const other of others) {
    if (!place.linked || !other.place!.linked) continue;
    const startSec = place.offsetSec - other.place!.offsetSec;
    reach.startSec = Math.min(reach.startSec, startSec);
    reach.endSec = Math.max(reach.endSec, startSec + other.durationSec);
  }
  const [first] = others;
  const shiftSec = first ? place.offsetSec - first.place!.offsetSec : 0;
  return {
    ...place,
    partners: partners.map((other) => (other.recording === recording ? '' : other.name)),
    shiftSec,
    reach,
  };
}

function shift({ startSec, endSec, cursorSec, selection }: SharedTime, bySec: number): SharedTime {
  return {
    startSec: startSec + bySec,
    endSec: endSec + bySec,
    cursorSec: cursorSec + bySec,
    ...(selection ? { selection: { anchorSec: selection.anchorSec + bySec, headSec: selection.headSec + bySec } } : {}),
  };
}
