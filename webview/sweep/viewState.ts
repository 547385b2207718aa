import { arrayOf, isBoolean, isInteger, isString, object } from '../../src/shared/protocol/check.ts';
import type { Column, SortOrder } from './sortTrials.ts';

/** How the user has arranged the table; kept while it is hidden and over a reload. */
export interface ViewState {
  /** Of the sweep, by which the tab is opened again. */
  directory: string;
  order: SortOrder;
  /** Numbers of the trials to compare. */
  chosen: number[];
}

export const initialState: ViewState = { directory: '', order: { column: 'wer', descending: false }, chosen: [] };

const isColumn = (value: unknown): value is Column =>
  typeof value === 'string' && /^(number|wer|cer|epochs|time|state|key\d{1,3})$/.test(value);
const isState = object<ViewState>({
  directory: isString,
  order: object<SortOrder>({ column: isColumn, descending: isBoolean }),
  chosen: arrayOf(isInteger, 6),
});

/** What a page has kept; the beginning when it is of another version. */
export const restoreState = (kept: unknown): ViewState => (isState(kept) ? kept : initialState);
