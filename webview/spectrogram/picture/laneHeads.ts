import { element } from '../../ui/elements.ts';
import { fill } from '../../ui/fill.ts';
import { createButton } from '../../ui/toolkit.ts';
import { audibleChannels } from '../audibleChannels.ts';
import { channelName } from '../clipText.ts';
import type { Layout } from '../layout.ts';
import type { ViewModel } from '../viewModel.ts';
import { pictureStringsFor } from './pictureStrings.ts';

/** Names of the lanes, and which of them are heard. */
export function createLaneHeads(layout: Layout, model: ViewModel): { show(): void } {
  const { pictures, clip, state, text } = model;
  const words = pictureStringsFor(document.documentElement.lang);
  const { channels } = clip.facts;
  if (pictures.length < 2) return { show: () => {} };
  const toggle = (list: 'solo' | 'muted', channel: number) => {
    const now = state.state[list];
    state.update({ [list]: now.includes(channel) ? now.filter((one) => one !== channel) : [...now, channel] });
  };
  const heads = pictures.map(({ channel }, index) => {
    const name = channelName(channel, channels, text);
    const button = (list: 'solo' | 'muted', label: string, letter: string) =>
      createButton({
        ...{ text: letter, label: fill(label, name), class: `lane-${list}` },
        onPress: () => toggle(list, channel),
      });
    const solo = button('solo', words.solo, words.soloLetter);
    const mute = button('muted', words.mute, words.muteLetter);
    const { head } = layout.lanes[index]!;
    head.setAttribute('aria-label', name);
    head.append(element('span', { class: 'lane-name', text: name }), solo, mute);
    return { channel, head, solo, mute, lane: layout.lanes[index]! };
  });
  const press = (button: HTMLElement, pressed: boolean) => {
    button.setAttribute('aria-pressed', String(pressed));
    button.classList.toggle('pressed', pressed);
  };
  return {
    show() {
      const heard = audibleChannels(state.state, channels);
      for (const { channel, head, solo, mute, lane } of heads) {
        press(solo, state.state.solo.includes(channel));
        press(mute, state.state.muted.includes(channel));
        const silent = !heard.includes(channel);
        head.classList.toggle('silent', silent);
        lane.waveform.classList.toggle('silent', silent);
      }
    },
  };
}
