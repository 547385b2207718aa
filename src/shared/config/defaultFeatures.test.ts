import { expect, test } from 'vitest';
import { defaultFeatures } from './defaultFeatures.ts';
import { featuresSchema } from './featuresSchema.ts';

test('the default features are those of the schema', () => {
  expect(defaultFeatures).toEqual(featuresSchema.parse({}));
});
