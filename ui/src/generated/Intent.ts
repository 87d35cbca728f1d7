import type { Field } from "./Field";
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
code: string, } | { "intent": "change", 
/**
 * Which.
 */
field: Field, 
/**
 * What it shall be; of a switch "on" or "off".
 */
value: string, } | { "intent": "copy-line", 
/**
 * Which.
 */
field: Field, } | { "intent": "check-now" } | { "intent": "quit" };
