import fc from 'fast-check';

/** The same cases on every machine; `ASR_PROPERTY_SEED=n` looks at others. */
fc.configureGlobal({ seed: Number(process.env.ASR_PROPERTY_SEED ?? 1) });
