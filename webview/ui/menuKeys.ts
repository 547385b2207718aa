type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>;

/** The row a key goes to from row `current` (−1 for none); undefined for keys that go nowhere. A letter goes to the next row that begins with it. */
export function itemAfterKey({ key, ctrlKey, metaKey, altKey }: Key, texts: string[], current: number) {
  if (texts.length === 0 || ctrlKey || metaKey || altKey) return undefined;
  const { length } = texts;
  switch (key) {
    case 'ArrowDown':
      return (current + 1) % length;
    case 'ArrowUp':
      return (Math.max(current, 0) - 1 + length) % length;
    case 'Home':
      return 0;
    case 'End':
      return length - 1;
  }
  if ([...key].length !== 1 || key === ' ') return undefined;
  const after = Array.from({ length }, (_, i) => (current + 1 + i) % length);
  return after.find((index) => texts[index]!.toLowerCase().startsWith(key.toLowerCase()));
}
