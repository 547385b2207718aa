/** What is known of a stream when it is asked whether an utterance has ended. All times from its start. */
export interface EndpointState {
  /** How far the text is known. */
  decodedSec: number;
  /** Where the first word of the segment begins; undefined while it has none. */
  firstTokenSec: number | undefined;
  lastTokenEndSec: number;
  /** Where speech ended, by the voice detector; of speech that goes on, how far it was heard. */
  lastSpeechEndSec: number;
}

export interface EndpointRules {
  /** So much silence ends an utterance. */
  silenceSec: number;
  /** After so much speech the next frame without a token ends it, silence or not. */
  longestSec: number;
}

/** Noise that the detector takes for speech must not keep an utterance open: so many times the silence without a token end it too. */
const timesWithoutToken = 4;

/**
 * Whether what was decoded is to become final. Silence counts where both hear none: the voice detector alone would end
 * words said softly, and a run of blanks alone those with long sounds.
 */
export function isEndpoint(state: EndpointState, { silenceSec, longestSec }: EndpointRules): boolean {
  const { decodedSec, firstTokenSec, lastTokenEndSec, lastSpeechEndSec } = state;
  if (firstTokenSec === undefined) return false;
  const withoutToken = decodedSec - lastTokenEndSec;
  if (Math.min(withoutToken, decodedSec - lastSpeechEndSec) >= silenceSec) return true;
  if (withoutToken >= timesWithoutToken * silenceSec) return true;
  return decodedSec - firstTokenSec >= longestSec && withoutToken > 0;
}
