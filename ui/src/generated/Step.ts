/**
 * Which step of how many, counted from 1.
 */
export type Step = { 
/**
 * This one.
 */
at: number, 
/**
 * Of so many.
 */
of: number, };
