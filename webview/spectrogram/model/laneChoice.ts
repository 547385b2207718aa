/** Rows under the picture that can be shown or not. */
export const laneNames = ['words', 'alignment', 'posteriors', 'speech'] as const;
export type LaneName = (typeof laneNames)[number];
export type LaneChoice = Record<LaneName, boolean>;

export const initialLanes: LaneChoice = { words: true, alignment: false, posteriors: false, speech: false };

/** What was kept, as far as it is still understood. */
export function restoreLanes(kept: unknown): LaneChoice {
  const from = (typeof kept === 'object' && kept !== null ? kept : {}) as Partial<Record<LaneName, unknown>>;
  const entries = laneNames.map((name) => {
    const value = from[name];
    return [name, typeof value === 'boolean' ? value : initialLanes[name]] as const;
  });
  return Object.fromEntries(entries) as LaneChoice;
}
