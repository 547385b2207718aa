/** The part of the package that the demo uses; it ships no types. */
declare module '@echogarden/espeak-ng-emscripten' {
  export interface Synthesizer {
    readonly samplerate: number;
    /** A language and a variant: `en-us+f2`. */
    set_voice(name: string): unknown;
    /** Words per minute. */
    set_rate(rate: number): unknown;
    /** 0 to 100. */
    set_pitch(pitch: number): unknown;
    /** How much the pitch moves, 0 to 100. */
    set_range(range: number): unknown;
    /** Calls back with 16-bit samples; a true answer ends it. */
    synthesize(text: string, chunk: (audio: ArrayBuffer) => unknown): unknown;
  }
  export default function createEspeak(): Promise<{ eSpeakNGWorker: new () => Synthesizer }>;
}
