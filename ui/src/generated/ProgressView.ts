/**
 * How far fetching is.
 */
export type ProgressView = { 
/**
 * 0 to 100; `None` while the end is not known.
 */
percent: number | null, 
/**
 * Bytes that are here.
 */
done: number, 
/**
 * Bytes in all.
 */
total: number, 
/**
 * Bytes a second; 0 when not known.
 */
rate: number, 
/**
 * Seconds to go at this rate; `None` when it would be a guess.
 */
remaining: number | null, };
