/**
 * How a fact is, never by colour alone.
 */
export type Lamp = "good" | "busy" | "attention" | "bad" | "none";
