import type { Wish } from "./Wish";

export type Intent = { "intent": "wish", wish: Wish, } | { "intent": "open-window" } | { "intent": "window-closed" } | { "intent": "copy-code", code: string, } | { "intent": "quit" };
