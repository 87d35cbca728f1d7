/**
 * One of several answers.
 */
export type Option = { value: string, label: string, };
