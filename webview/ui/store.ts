/** A value that is replaced, never changed, and those who look at it. */
export interface Store<T extends object> {
  readonly state: T;
  /** Merges a change and tells everybody, unless nothing differs. */
  update(change: Partial<T>): void;
  subscribe(listener: (state: T, before: T) => void): void;
}

export function createStore<T extends object>(initial: T): Store<T> {
  let state = initial;
  const listeners: ((state: T, before: T) => void)[] = [];
  return {
    get state() {
      return state;
    },
    update(change) {
      const differs = (Object.keys(change) as (keyof T)[]).some((key) => !Object.is(change[key], state[key]));
      if (!differs) return;
      const before = state;
      state = { ...state, ...change };
      for (const listener of listeners) listener(state, before);
    },
    subscribe(listener) {
      listeners.push(listener);
    },
  };
}
