/**
 * One of several answers.
 */
export type Choice = { 
/**
 * Its value.
 */
value: string, 
/**
 * What is written on it.
 */
label: string, };
