import type { Wish } from "./Wish";

/**
 * Everything that a face can ask of core.
 */
export type Intent = { "intent": "wish", 
/**
 * Which.
 */
wish: Wish, } | { "intent": "open-window" } | { "intent": "window-closed" } | { "intent": "copy-code", 
/**
 * As typed.
 */
code: string, } | { "intent": "check-now" } | { "intent": "quit" };
