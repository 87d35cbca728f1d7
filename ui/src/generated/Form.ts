import type { Row } from "./Row";
import type { Step } from "./Step";

/**
 * What can be answered or read on a card.
 */
export type Form = { step: Step | null, rows: Array<Row>, };
