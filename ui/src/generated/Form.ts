import type { Row } from "./Row";
import type { Step } from "./Step";

/**
 * What can be answered or read on a card.
 */
export type Form = { 
/**
 * Where in the first run.
 */
step: Step | null, 
/**
 * The values, in order.
 */
rows: Array<Row>, };
