import type { Control } from "./Control";
import type { Field } from "./Field";

/**
 * One row of a form.
 */
export type Row = { 
/**
 * Which value.
 */
field: Field, 
/**
 * What is written before it.
 */
label: string, 
/**
 * How it is answered.
 */
control: Control, 
/**
 * Who has set it, when it cannot be changed here.
 */
locked: string | null, 
/**
 * A hint, or what was wrong with the last entry.
 */
note: string | null, 
/**
 * The note is a refusal.
 */
wrong: boolean, };
