import type { Choice } from "./Choice";
import type { Lamp } from "./Lamp";

/**
 * How a row is answered.
 */
export type Control = { "kind": "choice", 
/**
 * The value that holds.
 */
chosen: string, 
/**
 * All of them.
 */
options: Array<Choice>, } | { "kind": "switch", 
/**
 * Which.
 */
on: boolean, } | { "kind": "line", 
/**
 * What holds.
 */
value: string, 
/**
 * The most characters (code points).
 */
longest: number, } | { "kind": "fact", 
/**
 * What it is.
 */
value: string, 
/**
 * How it is.
 */
lamp: Lamp, };
