/** Anything that can be given back: an object with `dispose`, or a function. */
export type Disposable = { dispose(): unknown } | (() => unknown);

/** Owns what was acquired and gives it back in reverse order. Every acquired thing has an owner from its first line on. */
export interface Scope {
  /** Takes ownership. Adding to a scope that has ended disposes at once, so a late arrival cannot leak. */
  add<T extends Disposable>(item: T): T;
  /** A scope that ends no later than this one, and may end sooner. */
  child(): Scope;
  dispose(): void;
  readonly disposed: boolean;
}

/** `report` gets what a disposer throws; the others still run. */
export function createScope(report: (error: unknown) => void = () => {}): Scope {
  const items = new Set<Disposable>();
  let disposed = false;
  const release = (item: Disposable): void => {
    try {
      if (typeof item === 'function') item();
      else item.dispose();
    } catch (error) {
      report(error);
    }
  };
  return {
    get disposed() {
      return disposed;
    },
    add(item) {
      if (disposed) release(item);
      else items.add(item);
      return item;
    },
    child() {
      const inner = createScope(report);
      const forget = () => items.delete(inner);
      if (disposed) inner.dispose();
      else {
        items.add(inner);
        inner.add(forget);
      }
      return inner;
    },
    dispose() {
      if (disposed) return;
      disposed = true;
      const owned = [...items].reverse();
      items.clear();
      for (const item of owned) release(item);
    },
  };
}
