import type { Field } from "./Field";

/**
 * A line that can be copied for the module's window.
 */
export type Copy = { 
/**
 * Which.
 */
field: Field, 
/**
 * What it is called.
 */
label: string, 
/**
 * The line.
 */
value: string, 
/**
 * It was the last one that was copied.
 */
copied: boolean, };
