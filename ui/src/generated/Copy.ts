import type { Field } from "./Field";

/**
 * A line that can be copied for the module's window.
 */
export type Copy = { field: Field, label: string, value: string, copied: boolean, };
