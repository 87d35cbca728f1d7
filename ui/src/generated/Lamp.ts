/**
 * How a fact stands. Faces draw it by shape.
 */
export type Lamp = "good" | "busy" | "attention" | "bad" | "none";
