import type { Experiment } from '../../shared/config/schema.ts';
import type { drawnKinds, Figure } from '../../shared/protocol/figure.ts';
import { frameRateFigure } from './frameRateFigure.ts';
import { melFigure } from './melFigure.ts';
import { receptiveFigure } from './receptiveFigure.ts';
import { scheduleFigure } from './scheduleFigure.ts';

type DrawnKind = (typeof drawnKinds)[number];

const figures: Record<DrawnKind, (experiment: Experiment, stepsPerEpoch?: number) => Figure> = {
  schedule: scheduleFigure,
  melFilters: melFigure,
  receptiveField: receptiveFigure,
  frameRates: frameRateFigure,
};

/** What an experiment implies, drawn from the code that trains. */
export const drawFigure = (kind: DrawnKind, experiment: Experiment, stepsPerEpoch?: number): Figure =>
  figures[kind](experiment, stepsPerEpoch);
