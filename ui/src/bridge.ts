// The ONLY file that knows how the window talks to the helper.

import { invoke, isTauri } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Answer } from './generated/Answer';
import type { Intent } from './generated/Intent';
import type { Shown } from './generated/Shown';

export interface Bridge {
  currentView(): Promise<Shown>;
  send(intent: Intent): Promise<Answer>;
  onView(show: (shown: Shown) => void): Promise<() => void>;
}

const helper: Bridge = {
  currentView: () => invoke<Shown>('current_view'),
  send: (intent) => invoke<Answer>('send', { intent }),
  onView: (show) => listen<Shown>('view', (event) => show(event.payload)),
};

// Outside the helper there is nobody to talk to; pictures and tests bring cards of their own. The product is built without.
const bridge: Promise<Bridge> =
  import.meta.env.MODE === 'pictures' && !isTauri()
    ? import('./mock').then((mock) => mock.bridge)
    : Promise.resolve(helper);

/** Tells the helper what the person wishes. */
export async function send(intent: Intent): Promise<Answer> {
  return (await bridge).send(intent);
}

/** Shows every view from now on, the present one first. Listens before it asks, so that none is lost in between. */
export async function follow(show: (shown: Shown) => void): Promise<() => void> {
  const { onView, currentView } = await bridge;
  let heard = false;
  const stop = await onView((shown) => {
    heard = true;
    show(shown);
  });
  const present = await currentView();
  // What was heard meanwhile is newer than what was asked for.
  if (!heard) show(present);
  return stop;
}
