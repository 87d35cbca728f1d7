import type { Field } from "./Field";
import type { Person } from "./Person";
import type { Wish } from "./Wish";

/**
 * Everything that a face can ask of core.
 */
export type Intent = { "intent": "wish", 
/**
 * Which.
 */
wish: Wish, } | { "intent": "called", 
/**
 * Who asks, as the link says.
 */
person: Person, } | { "intent": "change", 
/**
 * Which.
 */
field: Field, 
/**
 * To what: a line, the value of a choice, `on` or `off`.
 */
value: string, } | { "intent": "copy-line", 
/**
 * Which.
 */
field: Field, } | { "intent": "open-window" } | { "intent": "window-closed" } | { "intent": "copy-code", 
/**
 * As typed.
 */
code: string, } | { "intent": "check-now" } | { "intent": "quit" };
