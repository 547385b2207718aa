/** One chunk, block or box of a file's container, as it stands there. */
export interface HeaderChunk {
  /** Its name in the file, with what cannot be printed escaped; `LIST INFO` for lists. */
  id: string;
  /** Where its header begins, in bytes. */
  offset: number;
  /** Bytes of its body as the file claims them. */
  size: number;
  fields: HeaderField[];
  /** What is odd about it. */
  note?: string;
}

/** A value as text; names are those of the format's specification. */
export interface HeaderField {
  name: string;
  value: string;
}
