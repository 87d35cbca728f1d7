// Cards for pictures and tests: `?scene=running&lang=en`. Only in builds with `--mode pictures`.

import type { Bridge } from './bridge';
import type { Intent } from './generated/Intent';
import type { Shown } from './generated/Shown';

declare global {
  interface Window {
    /** Everything that was sent, oldest first. */
    sent: Intent[];
    /** Shows another card, as the helper would. */
    show: (shown: Shown) => void;
  }
}

const cards = import.meta.glob<Shown>('../fixtures/*/*.json', { import: 'default' });
const wanted = new URLSearchParams(location.search);

window.sent = [];

export const bridge: Bridge = {
  async currentView() {
    const name = `../fixtures/${wanted.get('lang') ?? 'ko'}/${wanted.get('scene') ?? 'ready'}.json`;
    const card = cards[name];
    if (!card) throw new Error(`no card ${name}`);
    return card();
  },
  async send(intent) {
    window.sent.push(intent);
    return { answer: 'accepted' };
  },
  async onView(show) {
    window.show = show;
    return () => undefined;
  },
};
