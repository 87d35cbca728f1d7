/**
 * A language that the helper speaks.
 */
export type Language = "ko" | "en";
