/**
 * Where in the wizard, from 1.
 */
export type Step = { at: number, of: number, };
