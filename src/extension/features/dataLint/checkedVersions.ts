/** Which version of each open document the problems that are shown were found in. */
export interface CheckedVersions {
  /** A check begins with these versions; they count from `settle` on. */
  begin(target: string, versions: ReadonlyMap<string, number>): void;
  settle(target: string): void;
  /** The documents of a target are known when its check ends; until then any may be one. */
  end(target: string, files: readonly string[]): void;
  drop(target: string): void;
  /** Targets other than itself whose documents a file is one of. */
  targetsOf(file: string): string[];
  isCurrent(file: string, version: number): boolean;
}

export function createCheckedVersions(): CheckedVersions {
  const shown = new Map<string, ReadonlyMap<string, number>>();
  const coming = new Map<string, ReadonlyMap<string, number>>();
  const documents = new Map<string, readonly string[]>();
  return {
    begin: (target, versions) => coming.set(target, versions),
    settle(target) {
      const versions = coming.get(target);
      if (versions) shown.set(target, versions);
      coming.delete(target);
    },
    end: (target, files) => documents.set(target, files),
    drop(target) {
      for (const map of [shown, coming, documents]) map.delete(target);
    },
    targetsOf: (file) =>
      [...documents].filter(([target, files]) => target !== file && files.includes(file)).map(([target]) => target),
    isCurrent: (file, version) =>
      [...shown].every(([target, versions]) => {
        const concerned = target === file || (documents.get(target)?.includes(file) ?? true);
        return !concerned || (versions.get(file) ?? version) === version;
      }),
  };
}
