/**
 * One part of a diagnosis, ready to be shown and to be written.
 */
export type Document = { 
/**
 * Its file name.
 */
name: string, 
/**
 * All that is in it.
 */
text: string, };
