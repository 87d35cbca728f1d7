/**
 * One file of the diagnostics, exactly as the zip will contain it.
 */
export type Document = { name: string, text: string, };
