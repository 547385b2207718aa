import type { CorpusFormat } from '../corpora/corpus.ts';

/** An archive that anybody may fetch. */
export interface PublicCorpus {
  url: string;
  /** What the server had when this table was written: for the space that is needed, no check. */
  sizeBytes: number;
  /** As published with the corpus or its best-known loaders; without one only the archive's own checks remain. */
  checksum?: { algorithm: 'md5' | 'sha256'; hex: string };
  format: CorpusFormat;
  /** Inside `--dir`, where the archive unpacks to. */
  folder: string;
  split?: string;
  licence: string;
}

// MD5 sums: https://www.openslr.org/resources/12/md5sum.txt
const librispeech = (split: string, sizeBytes: number, md5: string): PublicCorpus => ({
  url: `https://www.openslr.org/resources/12/${split}.tar.gz`,
  sizeBytes,
  checksum: { algorithm: 'md5', hex: md5 },
  format: 'librispeech',
  folder: 'LibriSpeech',
  split,
  licence: 'CC BY 4.0',
});

export const publicCorpora: Readonly<Record<string, PublicCorpus>> = {
  'librispeech-dev-clean': librispeech('dev-clean', 337_926_286, '42e2234ba48799c1f50f24a7926300a1'),
  'librispeech-dev-other': librispeech('dev-other', 314_305_928, 'c8d0bcc9cca99d4f8b62fcc847357931'),
  'librispeech-test-clean': librispeech('test-clean', 346_663_984, '32fa31d27d2e1cad72775fee3f4849a9'),
  'librispeech-test-other': librispeech('test-other', 328_757_843, 'fb5a50374b501bb3bac4815ee91d3135'),
  'librispeech-train-clean-100': librispeech('train-clean-100', 6_387_309_499, '2a93770f6d5c6c964bc36631d331a522'),
  'librispeech-train-clean-360': librispeech('train-clean-360', 23_049_477_885, 'c0e676e450a7ff2f54aeade5171606fa'),
  'librispeech-train-other-500': librispeech('train-other-500', 30_593_501_606, 'd1a0fd59409feb2c614ce4d30c387708'),
  // The sum that torchaudio checks.
  ljspeech: {
    url: 'https://data.keithito.com/data/speech/LJSpeech-1.1.tar.bz2',
    sizeBytes: 2_748_572_632,
    checksum: { algorithm: 'sha256', hex: 'be1a30453f28eb8dd26af4101ae40cbf2c50413b1bb21936cbcdc6fae3de8aa5' },
    format: 'ljspeech',
    folder: 'LJSpeech-1.1',
    licence: 'public domain',
  },
  // CMU publishes no sum.
  an4: {
    url: 'http://www.speech.cs.cmu.edu/databases/an4/an4_raw.littleendian.tar.gz',
    sizeBytes: 64_000_000,
    format: 'an4',
    folder: 'an4',
    licence: 'free for any use, as CMU says',
  },
};
