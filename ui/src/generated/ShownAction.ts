import type { Wish } from "./Wish";

/**
 * A button of the card, ready to be drawn.
 */
export type ShownAction = { 
/**
 * What it does.
 */
wish: Wish, 
/**
 * What is written on it.
 */
label: string, };
