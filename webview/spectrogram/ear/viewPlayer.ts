import { createPlayer, type Player } from '../../ui/player.ts';
import { clampViewport } from '../hand/viewport.ts';
import { type ViewModel, viewportOf } from '../viewModel.ts';
import { pullAudible } from './pullAudible.ts';

/** Plays what is shown, at the speed that is chosen. */
export function createViewPlayer(model: ViewModel, cannotPlay: (failure: unknown) => void): Player {
  const { state, live, remote, clip } = model;
  const player = createPlayer({
    sampleRateHz: clip.facts.sampleRateHz,
    totalSamples: clip.facts.samples,
    pull: pullAudible(
      () => state.state,
      clip.facts.channels,
      async (channel, start, count) => new Float32Array(await remote.samples(channel, start, count)),
    ),
    blocked: model.text.soundBlocked,
    loop: () => state.state.loop,
    speed: () => state.state.speed,
    changed(playing, failure) {
      live.update({ playing, ...(playing ? {} : { playSec: undefined }) });
      if (failure) cannotPlay(failure);
    },
  });
  state.subscribe((now, before) => {
    if (now.speed !== before.speed) player.restart();
  });
  return player;
}

/** Moves the playhead with the sound, and turns the page when it leaves what is seen. */
export function followPlayback(model: ViewModel, player: Player): () => void {
  const { live, state, limits } = model;
  let frame = 0;
  const step = () => {
    frame = 0;
    const playSec = player.positionSec();
    if (!player.playing) return;
    if (playSec !== undefined) {
      live.update({ playSec });
      const { startSec, endSec } = viewportOf(model);
      const spanSec = endSec - startSec;
      if (playSec > endSec || playSec < startSec) {
        const from = playSec - spanSec * 0.05;
        state.update({ viewport: clampViewport({ startSec: from, endSec: from + spanSec }, limits) });
      }
    }
    frame = requestAnimationFrame(step);
  };
  live.subscribe(({ playing }) => {
    if (playing && !frame) frame = requestAnimationFrame(step);
  });
  return () => cancelAnimationFrame(frame);
}
